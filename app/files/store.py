"""Where content lies: a folder, or a bucket that speaks S3 (FILES_URL). One small interface.

A key is `<school>/<aa>/<sha256>`: by content, so that the same photo twice is kept once, but never
shared between schools. A file is written whole under another name, synced, and then renamed; no
web server serves the folder.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from app.files.rules import MEBIBYTE
from config import BadSetting

if TYPE_CHECKING:
    from obstore.store import S3Config

CHUNK = MEBIBYTE // 4
_KEY = re.compile(r"[1-9][0-9]*/[0-9a-f]{2}/[0-9a-f]{64}")
# One request, and for how long a failed one is begun again: less than ten together, after which
# PostgreSQL would end the silent transaction of whoever waits for it (intake.py).
_S3_SECONDS = 5
_S3_AGAIN_SECONDS = 3


class StoreAway(Exception):
    """Full, or not to be reached now."""


class Content(NamedTuple):
    size: int
    chunks: Iterator[bytes]
    close: Callable[[], None]


class Store(Protocol):
    def workplace(self) -> Any:
        """A context manager: a folder for unfinished files, gone afterwards."""

    def put(self, key: str, path: Path) -> None:
        """Take a finished file. When it returns, the content is there to stay."""

    def open(self, key: str) -> Content | None: ...

    def delete_older(self, key: str, before: datetime) -> bool:
        """Delete it unless it was put there (again) since; returns whether it is gone."""

    def keys(self, school_id: int) -> Iterator[tuple[str, datetime]]:
        """Everything of one school, with when it was put there last."""


def key_of(school_id: int, sha256: bytes) -> str:
    name = sha256.hex()
    return f"{int(school_id)}/{name[:2]}/{name}"


def content_of_key(key: str) -> bytes:
    return bytes.fromhex(key.rpartition("/")[2])


class FolderStore:
    _UNFINISHED = "unfinished"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """On the same file system, so that a rename is enough."""
        try:
            place = self.folder / self._UNFINISHED
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chmod(self.folder, 0o700)
            mine = Path(tempfile.mkdtemp(dir=place))
        except OSError as error:
            raise StoreAway from error
        try:
            yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)

    def put(self, key: str, path: Path) -> None:
        target = self._path(key)
        try:
            with path.open("rb+") as file:
                os.fchmod(file.fileno(), 0o600)
                # It may lie where it lay before: its age begins again (sweeping.py).
                os.utime(file.fileno())
                os.fsync(file.fileno())
            for folder in (target.parent.parent, target.parent):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
                    _sync(folder.parent)
            os.replace(path, target)
            _sync(target.parent)
        except OSError as error:
            raise StoreAway from error

    def open(self, key: str) -> Content | None:
        path = self._path(key)
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreAway from error
        chunks = _read(path)
        return Content(size, chunks, chunks.close)

    def delete_older(self, key: str, before: datetime) -> bool:
        """Moved away first: somebody may bring the same content at this very moment."""
        path = self._path(key)
        try:
            with self.workplace() as place:
                aside = place / path.name
                path.rename(aside)
                if _put_at(aside) < before:
                    return True
                aside.rename(path)
        except FileNotFoundError:
            return True
        return False

    def keys(self, school_id: int) -> Iterator[tuple[str, datetime]]:
        for path in (self.folder / str(int(school_id))).glob("??/*"):
            with suppress(FileNotFoundError):
                yield str(path.relative_to(self.folder)), _put_at(path)

    def sweep_unfinished(self, before: datetime) -> None:
        """What a process that was killed left behind."""
        for path in (self.folder / self._UNFINISHED).glob("*"):
            with suppress(FileNotFoundError):
                if _put_at(path) < before:
                    shutil.rmtree(path, ignore_errors=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key")
        return self.folder / key


def _read(path: Path) -> Generator[bytes]:
    """Open only while somebody reads it."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _put_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


class BucketStore:
    """`s3://bucket/prefix?endpoint=…&region=…`; who we are there stands in AWS_… variables."""

    def __init__(self, bucket: str, prefix: str, options: dict[str, str]) -> None:
        from obstore.store import S3Store

        endpoint = options.get("endpoint")
        about: S3Config = {"region": options.get("region", "us-east-1")}
        if endpoint:
            about["endpoint"] = endpoint
        self._s3 = S3Store(
            bucket,
            prefix=prefix or None,
            config=about,
            client_options={
                "timeout": timedelta(seconds=_S3_SECONDS),
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=_S3_AGAIN_SECONDS)},
        )

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="deskbell-") as folder:
            yield Path(folder)

    def put(self, key: str, path: Path) -> None:
        with _reaching():
            self._s3.put(_checked(key), path)

    def open(self, key: str) -> Content | None:
        try:
            with _reaching():
                found = self._s3.get(_checked(key))
        except FileNotFoundError:
            return None
        chunks = (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))
        return Content(found.meta["size"], chunks, chunks.close)

    def delete_older(self, key: str, before: datetime) -> bool:
        """Its age is asked last: whoever brings content puts it before they write its row. S3
        has no way to delete only what is unchanged: docs/files.md says what remains."""
        with suppress(FileNotFoundError), _reaching():
            if self._s3.head(_checked(key))["last_modified"] >= before:
                return False
            self._s3.delete(key)
        return True

    def keys(self, school_id: int) -> Iterator[tuple[str, datetime]]:
        with _reaching():
            for page in self._s3.list(prefix=f"{int(school_id)}/"):
                for one in page:
                    yield one["path"], one["last_modified"]

    def sweep_unfinished(self, before: datetime) -> None:
        """Nothing unfinished is ever in the bucket."""


@contextmanager
def _reaching() -> Iterator[None]:
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError from error
    except (BaseError, OSError) as error:
        raise StoreAway from error


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("not a key")
    return key


def store_at(url: str) -> FolderStore | BucketStore:
    """Raises BadSetting with one sentence."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return BucketStore(parts.netloc, parts.path.strip("/"), options)
    raise BadSetting("FILES_URL must be file:///folder or s3://bucket/prefix?endpoint=…&region=….")


class _Used:
    store: FolderStore | BucketStore | None = None


def use_store(url: str) -> None:
    """From now on content lies there; called once at start."""
    _Used.store = store_at(url)


def the_store() -> FolderStore | BucketStore:
    assert _Used.store is not None, "use_store() is called at start"
    return _Used.store
