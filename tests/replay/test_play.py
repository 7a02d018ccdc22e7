"""Some weeks of two schools, played: no surprise on the way, and every incident adds up after; also
when they have been packed, and unpacked into another database."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.demo import accounts, load, shown
from app.demo.packing import owner, pack, unpack
from app.demo.years import town
from app.demo.years.moves import MOVES
from app.demo.years.play import Played
from tenants import School, SchoolIdentifier, administering, db
from tests.conftest import Browser
from tests.incidents.invariants import check_incident, check_numbers
from tests.ledger import Ledger
from tests.replay import clocks
from tests.replay.verdict import EVENTS, unexplained
from tests.servers import Snapshot
from workers.jobs import TASKS

FIRST, LAST = date(2026, 2, 23), date(2026, 3, 13)
SCHOOLS = (("fern-hill", "FER", 199001), ("long-acre", "LON", 199002))
# In a few weeks some of them do not happen; `make replay` asks for all.
MOST_MISSING = 15
# What a school has that was played, without the ids that another database gives.
TOLD = """
    SELECT s.slug, i.number, i.title, i.status, i.priority, i.owner_name, i.logged_at,
           i.resolved_at, o.name, a.tag, g.name, m.name, p.email
      FROM incidents i JOIN schools s ON s.id = i.school_id
      JOIN memberships o ON (o.school_id, o.id) = (i.school_id, i.reporter_id)
      LEFT JOIN assets a ON (a.school_id, a.id) = (i.school_id, i.asset_id)
      LEFT JOIN support_groups g ON (g.school_id, g.id) = (i.school_id, i.school_group_id)
      LEFT JOIN la_memberships m ON m.id = i.la_assignee_id
      LEFT JOIN people p ON p.id = m.person_id ORDER BY 1, 2"""
COUNTED = ("incidents", "turns", "clocks", "events", "assets", "contracts", "worklogs", "visits")
# What the head teacher finds there: page, words.
LOOKED_AT = (
    ("performance?period=custom&from=2026-02-01&to=2026-04-01", "Support by Brightboards Ltd"),
    ("performance/in-depth/availability", "Management information system (MIS)"),
    ("performance/in-depth/licences", "February 2026"),
    ("reports", "IT support review"),
    ("contracts", "Boards and projectors"),
    ("payments", "Copiers and printers"),
)
WAITING = """
    SELECT task, payload::text FROM outbox WHERE done_at IS NULL AND task ~ '^(decide|close)'"""


def test_some_weeks_add_up_and_travel(
    app: Flask,
    _snapshot: Snapshot,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = _play(app)
    steps = sum((one.steps for one in played), Counter[str]())
    assert not sum((one.refused for one in played), Counter[str]())
    missing = {one.do.__name__ for ways in MOVES.values() for one in ways} - set(steps)
    assert len(missing) <= MOST_MISSING, missing
    assert "resolve_outage" in steps
    logged = sum(one.logged for one in played)
    assert logged > 20
    _check(ledger, logged)
    told = _told(ledger)

    file = tmp_path / "years.tar.xz"
    with owner.as_owner(app.config["SETTINGS"]) as cursor:
        pack.pack(cursor, file, lambda _: None)
    _snapshot.restore()
    with app.app_context():
        _add_schools()
    with owner.as_owner(app.config["SETTINGS"]) as cursor:
        assert len(unpack.unpack(cursor, file, lambda _: None)) == 2
    _check(ledger, logged)
    assert _told(ledger) == told
    # Nobody played can sign in, none of their mail goes out, and a second time nothing comes twice.
    assert not ledger.rows(
        "SELECT 1 FROM people WHERE id >= %s AND password_hash IS NOT NULL", owner.FIRST_ID
    )
    assert not ledger.rows("SELECT 1 FROM outbox WHERE task LIKE 'tell%%' OR task LIKE 'send%%'")
    _head_teacher_looks(app, ledger, file, monkeypatch)
    # What comes next gets an id that nobody has.
    (after,) = ledger.rows("SELECT nextval(pg_get_serial_sequence('incidents', 'id'))")
    (last,) = ledger.rows("SELECT max(id) FROM incidents")
    assert after > last


def _head_teacher_looks(
    app: Flask, ledger: Ledger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the school that shows most; each time Deskbell starts it is the same, by its password."""
    kept = file.with_name("accounts.json")
    for name in ("read_accounts", "write_accounts"):
        monkeypatch.setattr(shown, name, partial(getattr(accounts, name), file=kept))
    with app.app_context():
        ids = [row[0] for row in ledger.rows("SELECT id FROM schools WHERE code IN ('FER', 'LON')")]
        load.count_figures(ids, lambda _: None)
        said = load.load_years(app.config["SETTINGS"], lambda _: None, file)
        assert said == "they are there; people of Long-Acre sign in"
        found = accounts.read_accounts(kept)
        assert load.load_years(app.config["SETTINGS"], lambda _: None, file) == said
    assert accounts.read_accounts(kept) == found
    head, spoc = found
    assert (head["role"], head["school"], spoc["role"]) == ("ict_owner", "long-acre", "spoc")
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    signed_in = {"email": head["email"], "password": head["password"]}
    assert browser.post("/sign-in", signed_in).status_code == 303
    for page, words in LOOKED_AT:
        answer = browser.get(f"/long-acre/{page}")
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (200, True), page


def _play(app: Flask) -> list[Played]:
    with owner.as_owner(app.config["SETTINGS"]) as cursor:
        owner.begin_far_up(cursor)
    with app.app_context():
        _add_schools()
        # The second and the third have the stories; the first is left as it is.
        places = town.schools_at_work(2, slice(None), FIRST)
        places = [one._replace(number=one.number + 1) for one in places]
        span = town.span_of(FIRST, LAST, 9)
        return list(town.play(places, span, 7, TASKS, lambda _: None))


def _add_schools() -> None:
    for slug, code, urn in SCHOOLS:
        with administering("schools of a play"):
            school = School(slug=slug, code=code, name=slug.title(), phase="Primary")
            db.session.add(school)
            db.session.flush()
            known = SchoolIdentifier(school_id=school.id, urn=urn, valid_from=date(2020, 9, 1))
            db.session.add(known)
            db.session.commit()


def _check(ledger: Ledger, logged: int) -> None:
    numbers = ledger.rows(
        "SELECT s.slug, i.number FROM incidents i JOIN schools s ON s.id = i.school_id"
    )
    assert len(numbers) == logged
    for slug, number in numbers:
        check_incident(ledger, number, slug)
    check_numbers(ledger)
    assert unexplained(ledger.rows(EVENTS)) == 0
    assert clocks.wrong(ledger.rows) == []


def _told(ledger: Ledger) -> dict[str, Any]:
    found: dict[str, Any] = {"incidents in words": ledger.rows(TOLD)}
    for name in COUNTED:
        found[name] = ledger.rows(
            f"SELECT count(*) FROM {name} t JOIN schools s ON s.id = t.school_id"
            " WHERE s.slug IN ('fern-hill', 'long-acre')"
        )
    found["waiting"] = sorted(ledger.rows(WAITING))
    return found
