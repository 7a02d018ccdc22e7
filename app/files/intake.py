"""From what somebody brought to a row: looked into, scanned, kept by content, then written down.

A file without a row is swept away; a row without a file cannot come about, for the content is
there to stay before its row is written. `keep_waiting` and `save_now` commit outside the door:
a page that answers with a refusal keeps the files that came with it, so that nobody has to find
them again, and the text that came with a file which could not be kept.

Nothing is stored before every file was looked into, and what a refused form leaves behind has
rows, so that nobody fills the store with more than FILES_WAITING files.

The transaction of the request stays open meanwhile, for the key that makes a repeated form one
form is taken in it (app/answers.py). PostgreSQL ends one that is silent for ten seconds: all
looking together has eight, and there is a sign of life before and after.
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

from sqlalchemy import func, insert, select

from app import clock
from app.errors import DeskError, wrong
from app.files import scanner
from app.files.found import Unfit
from app.files.looking import Busy, Looked, look_into
from app.files.models import Attachment
from app.files.rules import (
    FILES_A_FORM,
    FILES_WAITING,
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
# Of the locks that PostgreSQL keeps by number: this one is ours.
_LOCK = 0x66696C65


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


def take(
    uploads: Sequence[Upload], *, by: Me, waiting: Sequence[UUID] = (), is_page: bool = False
) -> Brought:
    """Look into each, then keep their content. Raises CannotKeep; what is wrong with a file is
    said in `sentences`. A page keeps the others all the same, for it shows them; for a program
    it is all of them or none."""
    brought = Brought(waiting=list(waiting))
    if refusal := _too_many(uploads, brought, by):
        brought.sentences.append(SENTENCES[refusal])
        return brought
    if not uploads:
        return brought
    store, until = the_store(), time.monotonic() + SECONDS
    try:
        with store.workplace() as place:
            looked = _look_into_all(uploads, place, until, brought.sentences)
            if is_page or not brought.sentences:
                brought.fresh = [_keep(store, one, upload, by) for upload, one in looked]
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


def let_wait(fresh: list[dict[str, Any]], *, by: Me) -> None:
    """Rows without an incident. Raises Wrong when this person has too many of them."""
    # One at a time: forms that came together must not each count without the others.
    lock = func.pg_advisory_xact_lock(_LOCK, by.person_id % 2**31)
    db.session.execute(select(lock))
    if fresh and _waiting_of(by) + len(fresh) > FILES_WAITING:
        raise wrong(FIELD, SENTENCES[Refusal.WAITING])
    write_down(fresh)


def keep_waiting(brought: Brought, *, by: Me) -> None:
    """After a refusal: the files stay, unlinked, for the same form sent once more."""
    db.session.rollback()
    fresh, brought.fresh = brought.fresh, []
    try:
        let_wait(fresh, by=by)
        brought.waiting += [row["id"] for row in fresh]
    finally:
        db.session.commit()


def save_now() -> None:
    """What was done is to stay although the answer says that a file could not be kept."""
    db.session.commit()


def _too_many(uploads: Sequence[Upload], brought: Brought, by: Me) -> Refusal | None:
    if len(uploads) + len(brought.waiting) > FILES_A_FORM:
        return Refusal.TOO_MANY
    if uploads and _waiting_of(by) + len(uploads) > FILES_WAITING:
        return Refusal.WAITING
    return None


def _waiting_of(by: Me) -> int:
    """Of this person in this school, also those they let go: their content goes in the night."""
    wanted = select(func.count()).where(
        Attachment.school_id == current_school_id(),
        Attachment.person_id == by.person_id,
        Attachment.is_waiting(),
    )
    return db.session.scalar(wanted) or 0


def _look_into_all(
    uploads: Sequence[Upload], place: Path, until: float, sentences: list[str]
) -> list[tuple[Upload, Looked]]:
    found = []
    for number, upload in enumerate(uploads):
        _sign_of_life()
        mine = place / str(number)
        mine.mkdir(mode=0o700)
        try:
            found.append((upload, _look_into(upload, mine, until)))
        except Unfit as refused:
            sentences.append(_said(refused.refusal, upload, len(uploads)))
    return found


def _look_into(upload: Upload, place: Path, until: float) -> Looked:
    source = place / "brought"
    _copy(upload.stream, source)
    if scanner.has_virus(source, until):
        raise Unfit(Refusal.VIRUS)
    return look_into(source, place, until)


def _sign_of_life() -> None:
    db.session.execute(select(1))


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
    _sign_of_life()
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
