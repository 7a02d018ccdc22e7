"""From what somebody brought to a row: looked into, scanned, kept by content, then written down.

A file without a row is swept away; a row without a file cannot come about, for the content is
there to stay before its row is written. `keep_waiting` and `save_now` commit outside the door:
a page that answers with a refusal keeps the files that came with it, so that nobody has to find
them again, and the text that came with a file which could not be kept.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from app import clock
from app.errors import DeskError
from app.files import scanner
from app.files.found import Unfit
from app.files.looking import Busy, Looked, look_into
from app.files.models import Attachment
from app.files.rules import (
    FILES_A_FORM,
    KINDS,
    LARGEST_FILE,
    NOT_CHECKED,
    NOT_SAVED,
    SENTENCES,
    Refusal,
    cleaned_name,
    shown_name,
    text_kind,
)
from app.files.store import Store, StoreAway, key_of, the_store
from app.later import uuid7
from app.people.identity import Me
from tenants import current_school_id, db

FIELD = "files"
# All files of one request together; whoever waits at the other end would not wait much longer.
SECONDS = 8.0
_CHUNK = 1 << 18


class CannotKeep(DeskError):
    """The disk is full, the bucket or the virus scanner away: not the person's fault."""

    status = 503


class Upload(NamedTuple):
    """As it came: a claimed name, and the content."""

    name: str | None
    stream: IO[bytes]


@dataclass
class Brought:
    """What came with one form: new files, kept and about to be written down; files that an
    earlier try left waiting; and what is wrong with the others."""

    fresh: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[UUID] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.fresh) + len(self.waiting)


def take(uploads: Sequence[Upload], *, by: Me, waiting: Sequence[UUID] = ()) -> Brought:
    """Look into each and keep its content. Raises CannotKeep; what is wrong with a file is said
    in `sentences`, and the others are kept all the same."""
    brought = Brought(waiting=list(waiting))
    if len(uploads) + len(brought.waiting) > FILES_A_FORM:
        brought.sentences.append(SENTENCES[Refusal.TOO_MANY])
        return brought
    until = time.monotonic() + SECONDS
    store = the_store()
    for upload in uploads:
        # A sign of life: PostgreSQL ends a transaction that is silent for ten seconds.
        db.session.execute(select(1))
        try:
            brought.fresh.append(_take(store, upload, by, until - time.monotonic()))
        except Unfit as refused:
            brought.sentences.append(_said(refused.refusal, upload, len(uploads)))
        except scanner.ScannerAway as away:
            raise CannotKeep(NOT_CHECKED) from away
        except (StoreAway, Busy, OSError) as away:
            raise CannotKeep(NOT_SAVED) from away
    return brought


def write_down(fresh: list[dict[str, Any]], **belonging: Any) -> None:
    """The rows. `belonging` says to what; without it they wait for their form."""
    rows = [{**row, **belonging} for row in fresh]
    if rows:
        db.session.execute(insert(Attachment), rows)


def keep_waiting(brought: Brought) -> None:
    """After a refusal: the files stay, unlinked, for the same form sent once more."""
    db.session.rollback()
    write_down(brought.fresh)
    db.session.commit()
    brought.waiting += [row["id"] for row in brought.fresh]
    brought.fresh = []


def save_now() -> None:
    """What was done is to stay although the answer says that a file could not be kept."""
    db.session.commit()


def _take(store: Store, upload: Upload, by: Me, seconds: float) -> dict[str, Any]:
    with store.workplace() as place:
        source = place / "brought"
        _copy(upload.stream, source)
        if scanner.has_virus(source):
            raise Unfit(Refusal.VIRUS)
        looked = look_into(source, place, max(0.1, seconds))
        return _keep(store, looked, upload, by)


def _copy(stream: IO[bytes], target: Path) -> None:
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
        if out.tell() > LARGEST_FILE:
            raise Unfit(Refusal.TOO_BIG)
        if out.tell() == 0:
            raise Unfit(Refusal.EMPTY)


def _keep(store: Store, looked: Looked, upload: Upload, by: Me) -> dict[str, Any]:
    found = looked.found
    kind = text_kind(upload.name) if found.kind == "text" else found.kind
    size = looked.content.stat().st_size
    return {
        "school_id": current_school_id(),
        "id": uuid7(),
        "part": "sheet",
        "visibility": "public",
        "name": shown_name(upload.name, kind),
        "media_type": KINDS[kind].media_type,
        "size": size,
        "width": found.width,
        "height": found.height,
        "thumbnail_sha256": _put(store, looked.thumbnail) if looked.thumbnail else None,
        "sha256": _put(store, looked.content),
        "person_id": by.person_id,
        "uploaded_by": by.name,
        "created_at": clock.now(),
    }


def _put(store: Store, path: Path) -> bytes:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").digest()
    store.put(key_of(current_school_id(), sha256), path)
    return sha256


def _said(refusal: Refusal, upload: Upload, of: int) -> str:
    """With several files, which of them is meant."""
    sentence = SENTENCES[refusal]
    if of == 1:
        return sentence
    return f"{cleaned_name(upload.name)}: {sentence}"
