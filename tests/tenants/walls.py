"""Two schools that must never meet, and a bare application that can touch their rooms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.locations.models import Location
from config import Settings, sqlalchemy_url
from tenants import School, acting_in, administering, db


@dataclass(frozen=True)
class TwoSchools:
    """Each has rooms whose names begin with its own word."""

    north: int
    south: int


def school_with_rooms(slug: str, code: str, word: str) -> int:
    with administering("the tests of the wall"):
        school_id = db.session.scalar(select(School.id).where(School.slug == slug))
        if school_id is None:
            school = School(slug=slug, code=code, name=f"{word} Wall School", status="active")
            db.session.add(school)
            db.session.commit()
            school_id = school.id
    with acting_in(school_id):
        if not db.session.scalar(select(Location.id).limit(1)):
            names = [f"{word} hall", f"{word} library", f"{word} server room"]
            db.session.add_all(
                Location(key=name.lower().replace(" ", "-"), name=name, kind="room")
                for name in names
            )
            db.session.commit()
    return school_id


def bare_app(settings: Settings, database_url: str) -> Flask:
    """The database handle and nothing else: what holds here holds whatever the pages do."""
    app = Flask("bare")
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(database_url),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 2, "max_overflow": 0, "pool_timeout": 5},
    )
    db.init_app(app)
    return app


def words(*, raw: bool = False) -> set[str]:
    """The first words of all rooms that can be seen: of which schools they are."""
    statement: Any = text("SELECT name FROM locations") if raw else select(Location.name)
    return {name.split()[0] for name in db.session.scalars(statement)}


def run_all(calls: list[tuple[Callable[..., None], int, str]]) -> None:
    """Each in a thread; what one of them raises is raised here."""
    with ThreadPoolExecutor(len(calls)) as threads:
        for future in [threads.submit(*call) for call in calls]:
            future.result(60)


def location(school_id: int) -> int:
    found = db.session.scalar(select(func.min(Location.id)).where(Location.school_id == school_id))
    assert found is not None
    return found


def break_it(*, quietly: bool = True) -> None:
    """A transaction that PostgreSQL has given up."""
    try:
        db.session.execute(text("SELECT 1/0"))
    except DBAPIError:
        if not quietly:
            raise
        db.session.rollback()
