"""Load the demo authority: 248 real Essex schools, three of them at work, invented people.

Each step looks for what is there, so a run that was broken off is finished by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import select, update

from app.demo import shown
from app.demo.packing.owner import as_owner
from app.demo.packing.unpack import CannotUnpack, unpack
from app.demo.people import SCHOOLS, load_people
from app.demo.registers import load_registers
from app.demo.stories import load_stories
from app.locations.actions import add_presets
from app.performance import folding, rollup
from app.performance.depth import counting
from app.schools import actions, importing
from app.schools.rules import State
from config import Settings
from tenants import School, SchoolIdentifier, acting_in, administering, db
from tenants.models import LocalAuthority

NAME, LA_CODE = "Essex (demo)", 881
FILE = Path(__file__).parent / "data" / "essex_schools.csv"
# Made by `make replay` with REPLAY_PACK.
YEARS = Path(__file__).parent / "data" / "years.tar.xz"
WHY = "Demo"
_SAID_EVERY, _AT_ONCE = 20, 2


def load_demo() -> str:
    """Returns one line about what is there now."""
    total = load_schools()
    schools = [_at_work(one.urn, one.pupils) for one in SCHOOLS]
    people = load_people(schools)
    assets = sum(load_registers(school) for school in schools[:2])
    incidents = sum(load_stories(school) for school in schools[:2])
    return f"{total} schools, {people} people, {assets} assets, {incidents} incidents"


def load_years(settings: Settings, say: Callable[[str], None], file: Path | None = None) -> str:
    """Two years of sixty schools more, once; then their figures are counted. Returns one line."""
    file = file or YEARS
    if not file.exists():
        return "none came with it"
    try:
        with as_owner(settings) as cursor:
            ids = unpack(cursor, file, say)
    except CannotUnpack as why:
        return f"not loaded. {why}"
    count_figures(ids, say)
    told = f"{len(ids)} schools" if ids else "they are there"
    return told + _let_in(settings)


def count_figures(ids: list[int], say: Callable[[str], None]) -> None:
    """Two schools side by side: while one waits for the database the other reckons."""
    count = partial(_count, cast(Any, current_app)._get_current_object())
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for place, _ in enumerate(pool.map(count, ids), start=1):
            if place % _SAID_EVERY == 0:
                say(f"figures of {place} schools")
    folding.fold_all(db.session.commit)


def _count(app: Flask, school_id: int) -> None:
    with app.app_context(), acting_in(school_id):
        # A part at a time, each committed.
        while rollup.count_marked():
            db.session.commit()
        counting.rebuild()
        db.session.commit()


def _let_in(settings: Settings) -> str:
    """From one of them people sign in."""
    with as_owner(settings) as cursor:
        school_id = shown.school_that_shows_most(cursor)
        people = [] if school_id is None else shown.people_of(cursor, school_id)
    if school_id is None:
        return ""
    return f"; people of {shown.let_in(school_id, people)} sign in"


def is_demo() -> bool:
    with administering("whether this is the demo"):
        return bool(db.session.scalar(select(LocalAuthority.is_demo)))


def load_schools() -> int:
    """All of them, as the register has them."""
    with administering("the demo's schools"):
        db.session.execute(update(LocalAuthority).values(name=NAME, la_code=LA_CODE, is_demo=True))
        have = list(db.session.scalars(select(School.id)))
        if not have:
            with FILE.open("rb") as opened:
                kept = importing.stage(
                    FILE.name, opened, la_code=LA_CODE, with_closed=False, by=None
                )
            importing.apply(kept, by=None)
        db.session.commit()
        return len(have) or len(list(db.session.scalars(select(School.id))))


def _at_work(urn: int, pupils: int) -> School:
    with administering("the demo's schools at work"):
        school = db.session.scalars(
            select(School)
            .join(SchoolIdentifier, SchoolIdentifier.school_id == School.id)
            .where(SchoolIdentifier.urn == urn)
        ).one()
        for state in (State.ONBOARDING, State.ACTIVE):
            if school.status in ("invited", "onboarding") and school.status != state:
                actions.move_to(school, state, by=None, reason=WHY)
        school.number_of_pupils, school.pupils_invented = pupils, True
        db.session.commit()
        found = school
    with acting_in(found.id):
        add_presets()
        db.session.commit()
    return found
