"""Some of the demo's schools put to work and played, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date

from sqlalchemy import select

from app.contracts.models import BankHoliday, LaTerm
from app.demo.years.doings import SUPPLIER
from app.demo.years.people import cast_of
from app.demo.years.play import Play, Played, Span, Tasks
from app.demo.years.scene import Cast
from app.locations.actions import add_presets
from app.people.group_actions import add_group
from app.people.groups import school_groups
from app.people.identity import SchoolName
from app.schools import actions
from app.schools.desk_settings import settings_here
from app.schools.rules import State
from app.schools.settings_actions import change_settings, saved
from tenants import School, acting_in, administering, db

WHY = "Played by the demo"


def span_of(first: date, last: date, per_week: float) -> Span:
    """With the LA's terms and bank holidays."""
    with administering("the calendar of the play"):
        terms = [(one.first_day, one.last_day) for one in db.session.scalars(select(LaTerm))]
        holidays = frozenset(db.session.scalars(select(BankHoliday.on)))
    return Span(first, last, per_week, tuple(sorted(terms)), holidays)


def schools_at_work(how_many: int, part: slice) -> list[SchoolName]:
    """The first of them, and of these a part; whoever was only invited begins to work."""
    with administering("the schools of the play"):
        wanted = select(School).where(School.status.in_(("invited", "onboarding", "active")))
        found = []
        for school in db.session.scalars(wanted.order_by(School.id).limit(how_many)).all()[part]:
            for state in (State.ONBOARDING, State.ACTIVE):
                if school.status in ("invited", "onboarding") and school.status != state:
                    actions.move_to(school, state, by=None, reason=WHY)
            found.append(
                SchoolName(school.id, school.slug, school.code, school.name, school.status)
            )
        db.session.commit()
    for here in found:
        with acting_in(here.id):
            add_presets()
            db.session.commit()
    return found


def get_ready(cast: Cast) -> None:
    """A supplier at the third line, and Tech Advisors for what they can help with. May run twice."""
    if not any(one.name == SUPPLIER for one in school_groups()):
        add_group(
            by=cast.spoc, kind="supplier", name=SUPPLIER, line=3, email="lamps@played.example"
        )
    kept = asdict(settings_here())
    if not kept["has_advisors"]:
        advised = {"has_advisors": True, "advisor_categories": ("print", "display", "software")}
        row = saved()[1]
        version = row.version if row else 0
        change_settings(kept | advised, version=version, by=cast.spoc)
    db.session.commit()


def play(
    schools: Iterable[SchoolName],
    span: Span,
    seed: int,
    tasks: Tasks,
    say: Callable[[str], None],
) -> Iterator[Played]:
    for here in schools:
        cast = cast_of(here)
        with acting_in(here.id):
            get_ready(cast)
            played = Play(cast, span, seed + here.id, tasks).run()
        say(f"{here.code}: {played.logged} reports, {played.steps.total()} steps")
        yield played
