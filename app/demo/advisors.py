"""Tech Advisors of the demo: where they help, it is with what pupils can."""

from __future__ import annotations

from dataclasses import asdict

from app.people.identity import Me
from app.schools.desk_settings import settings_here
from app.schools.settings_actions import change_settings, saved

_WITH = ("print", "display", "software")


def let_help(by: Me) -> None:
    kept = asdict(settings_here())
    if kept["has_advisors"]:
        return
    row = saved()[1]
    change_settings(
        kept | {"has_advisors": True, "advisor_categories": _WITH},
        version=row.version if row else 0,
        by=by,
    )
