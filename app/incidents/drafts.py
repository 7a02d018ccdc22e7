"""A sheet somebody has begun and not handed in: one for each person, school and form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.errors import wrong
from app.incidents.models import Draft
from app.people.identity import Me
from app.shapes import check_characters
from tenants import current_school_id, db

REPORT = "report"
# Beside the answers: the keys of the files that wait for them.
FILES = "kept_files"
LONGEST = 100_000


def save(form: str, values: dict[str, Any], *, by: Me) -> None:
    """As typed, mistakes and all. It takes no number and starts no clock."""
    lists = [one for value in values.values() if isinstance(value, list) for one in value]
    text = "\n".join(one for one in (*values.values(), *lists) if isinstance(one, str))
    if len(text) > LONGEST:
        raise wrong("", "This is too long to keep as a draft. Shorten it.")
    try:
        check_characters(text)
    except ValidationError as error:
        raise wrong("", str(error.messages[0])) from None
    row = {"values": values, "updated_at": clock.now()}
    db.session.execute(
        insert(Draft)
        .values(school_id=current_school_id(), person_id=by.person_id, form=form, **row)
        .on_conflict_do_update(index_elements=["school_id", "person_id", "form"], set_=row)
    )


def find(form: str, *, by: Me) -> Draft | None:
    return db.session.scalar(select(Draft).where(*_one(form, by)))


def forget(form: str, *, by: Me) -> None:
    db.session.execute(delete(Draft).where(*_one(form, by)))


def files_of_drafts() -> set[UUID]:
    """Of every draft of the school acted in: the sweep leaves them alone."""
    wanted = select(Draft.values[FILES]).where(
        Draft.school_id == current_school_id(), Draft.values.has_key(FILES)
    )
    return {UUID(key) for keys in db.session.scalars(wanted) for key in keys}


def _one(form: str, by: Me) -> tuple[Any, ...]:
    return (
        Draft.school_id == current_school_id(),
        Draft.person_id == by.person_id,
        Draft.form == form,
    )
