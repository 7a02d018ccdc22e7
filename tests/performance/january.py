"""The worked example of domain.md 4.2, played through the API with the clock set: twelve incidents
of two schools in January 2026, under "LA standard" on Monday to Friday, 08:00 to 17:00.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Flask

from tests.api.desk import BROKEN, FORWARD, MINE, RESOLUTION, SECOND, done

LEVELS = {1: (1, 1), 2: (2, 1), 3: (3, 1), 4: (3, 2)}
A, B = "st-marys", "oakfield"
REPORTER, SPOC = {A: "rita", B: "otto"}, {A: "sam", B: "olga"}


class One(NamedTuple):
    """A row of the example: instants as "dd hh:mm" of January."""

    school: str
    priority: int
    reported: str
    forwarded: str | None
    response: str | None
    resolved: str | None
    line: int
    labour: int
    parts: str | None = None
    csat: int | None = None
    pause: tuple[str, str] | None = None
    reopened: tuple[str, str] | None = None  # resolved first, reopened


# fmt: off
TABLE = (
    One(A, 1, "06 08:50", "06 09:10", "06 09:35", "06 13:00", 2, 150, csat=5),
    One(A, 2, "07 10:00", "07 10:20", "07 11:25", "08 09:00", 1, 60, csat=4),
    One(A, 3, "08 11:00", None, None, "08 11:20", 0, 20, csat=5),
    One(A, 3, "12 09:00", "12 09:00", "12 10:00", "14 14:00", 1, 90, csat=3,
        pause=("12 10:00", "12 12:00"), reopened=("13 09:00", "14 09:00")),
    One(A, 4, "13 15:00", "13 15:30", "14 09:15", "20 10:00", 2, 45, "38.50"),
    One(A, 3, "29 14:00", "29 14:30", "29 15:00", None, 1, 30),
    # In the example a supplier had it at the end; which line of the LA's makes no difference here.
    One(B, 2, "15 09:00", "15 09:05", "15 09:45", "16 15:00", 2, 120, "210.00", csat=4,
        pause=("15 11:00", "16 11:00")),
    One(B, 1, "16 16:20", "16 16:30", "19 08:20", "19 10:00", 2, 100, csat=2),
    One(B, 4, "19 12:00", None, None, "19 12:10", 0, 10),
    One(B, 3, "20 13:00", "20 13:00", "20 13:30", "21 16:30", 1, 75, csat=5),
    One(B, 2, "26 09:00", "26 09:00", "26 09:20", None, 2, 60),
    One(B, 3, "30 15:30", "30 16:30", None, None, 1, 0),
)
# fmt: on


class Player:
    """Does one step after the other, each at its instant."""

    def __init__(self, app: Flask, at: Callable[[str], Any]) -> None:
        self._app, self._at = app, at
        self._now = datetime(2026, 1, 1, tzinfo=UTC)

    def clock(self, said: str) -> None:
        """In January London time is UTC. Two steps of one minute are seconds apart."""
        day, time = said.split()
        wanted = datetime.fromisoformat(f"2026-01-{day}T{time}:00+00:00")
        self._now = wanted if wanted > self._now else self._now + timedelta(milliseconds=1)
        self._at(self._now.isoformat())

    def play(self, one: One) -> str:
        """Returns its path. What one incident needs does not touch the others."""
        self._now = datetime(2026, 1, 1, tzinfo=UTC)
        self.clock(one.reported)
        spoc = SPOC[one.school]
        sheet = done(self._app, REPORTER[one.school], "post", self._path(one), BROKEN).json
        path = f"{self._path(one)}/{sheet['number']}"
        impact, urgency = LEVELS[one.priority]
        check = {"impact": impact, "urgency": urgency, "category": "display"}
        self._do(spoc, "put", f"{path}/check", check)
        if one.forwarded is None:
            self._do(spoc, "put", f"{path}/assignment", MINE)
        else:
            self._forwarded(one, path)
        if one.labour:
            worker = spoc if one.forwarded is None else "tariq"
            work = {"minutes": one.labour, "parts_cost": one.parts}
            self._do(worker, "post", f"{path}/worklog", work)
        self._ended(one, path)
        return path

    def _forwarded(self, one: One, path: str) -> None:
        self.clock(str(one.forwarded))
        self._do(SPOC[one.school], "post", f"{path}/escalation", FORWARD)
        if one.response:
            self.clock(one.response)
            self._do("tariq", "put", f"{path}/assignment", MINE)
        if one.pause:
            self.clock(one.pause[0])
            hold = {"reason": "awaiting_user", "follow_up_on": "2026-03-02"}
            self._do("tariq", "put", f"{path}/hold", hold)
            self.clock(one.pause[1])
            self._do("tariq", "delete", f"{path}/hold")

    def _ended(self, one: One, path: str) -> None:
        worker = "tariq" if one.forwarded else SPOC[one.school]
        if one.reopened:
            self.clock(one.reopened[0])
            self._do(worker, "put", f"{path}/resolution", RESOLUTION)
            self.clock(one.reopened[1])
            self._do(REPORTER[one.school], "post", f"{path}/reopening", {"reason": "Again"})
        if one.line == 2:
            self._do("tariq", "post", f"{path}/escalation", SECOND)
            self._do("sasha", "put", f"{path}/assignment", MINE)
            worker = "sasha"
        if one.resolved:
            self.clock(one.resolved)
            self._do(worker, "put", f"{path}/resolution", RESOLUTION)
        if one.csat:
            self._do(REPORTER[one.school], "put", f"{path}/satisfaction", {"score": one.csat})

    def _do(self, who: str, method: str, path: str, body: Any = None) -> None:
        self.clock("01 00:00")
        done(self._app, who, method, path, body)

    @staticmethod
    def _path(one: One) -> str:
        return f"/schools/{one.school}/incidents"


def play(app: Flask, at: Callable[[str], Any]) -> list[str]:
    """All twelve, and midnight of 1 February, when the worker has decided what was exceeded."""
    player = Player(app, at)
    paths = [player.play(one) for one in TABLE]
    at("2026-02-01T00:00:00+00:00")
    decide(app)
    return paths


def decide(app: Flask) -> None:
    from app.relay import relay_engine
    from workers.drain import drain

    with app.app_context():
        while drain(relay_engine(app.config["SETTINGS"])):
            pass


def price(app: Flask) -> None:
    """Pupils and yearly charges of the two schools."""
    from app.contracts.register import Contract
    from tenants import School, acting_in, administering, db

    with app.app_context():
        for slug, pupils, charge in ((A, 210, "2750.00"), (B, 1180, "8850.00")):
            with administering("the example of domain.md 4.2"):
                school = db.session.query(School).filter_by(slug=slug).one()
                school.number_of_pupils = pupils
                db.session.commit()
                school_id = school.id
            with acting_in(school_id):
                db.session.add(_contract(Decimal(charge)))
                db.session.commit()
    assert Contract is not None


def _contract(charge: Decimal) -> Any:
    from datetime import date

    from app.contracts.register import Contract

    return Contract(
        number=1,
        name="ICT support",
        kind="sla",
        state="active",
        start=date(2025, 4, 1),
        initial_months=12,
        renewal="tacit",
        renewal_months=12,
        annual_charge=charge,
        charging_year="financial",
        created_by="Dora",
    )
