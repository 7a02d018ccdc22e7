"""Where content lies: a folder and a bucket behave the same; nothing is ever half there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.files.store import BucketStore, FolderStore, StoreAway, key_of, store_at
from config import BadSetting

KEY = key_of(7, b"\xab" * 32)
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def empty_store() -> None:
    """These tests have stores of their own, and no application."""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A stand-in that speaks S3 over HTTP."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> BucketStore:
    import urllib.request

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = urllib.request.Request(f"{s3}/desk-files", method="PUT")
    urllib.request.urlopen(made, timeout=10).close()
    store = store_at(f"s3://desk-files/live?endpoint={s3}&region=us-east-1")
    assert isinstance(store, BucketStore)
    return store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "bucket":
        return request.getfixturevalue("bucket")
    return FolderStore(tmp_path / "files")


def put(store: Any, content: bytes, key: str = KEY) -> None:
    with store.workplace() as place:
        (place / "new").write_bytes(content)
        store.put(key, place / "new")


def test_what_is_put_is_there_until_it_is_deleted(store):
    content = os.urandom(600_000)
    put(store, content)
    found = store.open(KEY)
    assert (found.size, b"".join(found.chunks)) == (len(content), content)
    assert [key for key, _ in store.keys(7)] == [KEY] and list(store.keys(70)) == []
    assert store.delete_older(KEY, LATER)
    assert store.open(KEY) is None and list(store.keys(7)) == []
    assert store.delete_older(KEY, LATER)


def test_what_was_put_again_is_young_again(store):
    """The sweep looked at it, somebody brings the same content: it stays."""
    put(store, b"the same")
    (before,) = [at for _, at in store.keys(7)]
    assert not store.delete_older(KEY, before)
    assert b"".join(store.open(KEY).chunks) == b"the same"


def test_only_keys_lead_anywhere(store):
    for odd in ("../../etc/passwd", "7/ab/../../x", "", "7", f"{KEY}/", "0/ab/" + "a" * 64):
        with pytest.raises(ValueError):
            store.open(odd)


def test_a_folder_and_its_files_are_for_us_alone(tmp_path):
    store = FolderStore(tmp_path / "files")
    put(store, b"x")
    for path in (store.folder, *store.folder.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    assert list((store.folder / "unfinished").iterdir()) == []


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """fsync of the content, then the rename, then fsync of the folder."""
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: (done.append("sync"), fsync(number))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("name"), replace(*names))[1])
    put(FolderStore(tmp_path / "files"), b"x")
    assert done[0] == "sync" and done[-2:] == ["name", "sync"]


def test_a_store_that_is_away_says_so(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreAway):
        put(FolderStore(tmp_path / "file"), b"x")
    nobody = store_at("s3://desk-files/x?endpoint=http://127.0.0.1:9&region=us-east-1")
    with pytest.raises(StoreAway):
        put(nobody, b"x")
    with pytest.raises(StoreAway):
        nobody.open(KEY)


def test_what_a_killed_process_left_is_swept(tmp_path):
    store = FolderStore(tmp_path / "files")
    with store.workplace() as place:
        (place / "half").write_bytes(b"x")
        store.sweep_unfinished(datetime.now(UTC) - timedelta(hours=1))
        assert place.exists()
        store.sweep_unfinished(LATER)
        assert not place.exists()


@pytest.mark.parametrize("url", ["", "files", "ftp://x/y", "s3:///x", "file://host/x", "file:x"])
def test_an_address_that_cannot_be_is_refused_at_start(url):
    with pytest.raises(BadSetting):
        store_at(url)
