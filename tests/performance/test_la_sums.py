"""The sums of all schools together are those of the schools added up, whatever happens and whenever
somebody looks."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import dialect

from app.history.models import LaEvent
from app.performance import checking, folding, la_checking, rollup, summed
from app.performance.counters import COUNTERS
from app.performance.models import FigureDay
from app.performance.summed import CHANGES, DAYS, LA
from app.reports.la_overview_week import forget_what_is_kept
from tenants import across_schools, acting_in, administering, db
from tests.api.desk import BROKEN, bring, done, program
from tests.performance.sums import add, keep
from tests.performance.test_commands import run
from tests.performance.test_rollup import MONDAY, THURSDAY, TUESDAY, school_id
from workers.housekeeping import do_once

JANUARY = date(2026, 1, 1)
NIGHT = datetime(2026, 1, 13, 3, 0, tzinfo=UTC)
Sums = dict[Any, int]


def added(*tables: Any) -> Sums:
    """Row by row, not as the product does it."""
    found: Sums = defaultdict(int)
    for table in tables:
        for row in db.session.execute(select(table)).mappings():
            own = row["school_id"] if table is not LA and row["own_version_id"] else 0
            whose = row["own_school_id"] if table is LA else own
            of = (row["span"], row["on"], whose, *(row[name] for name in rollup.OF))
            for name in COUNTERS:
                found[*of, name] += row[name] or 0
    return {key: value for key, value in found.items() if value}


def sums_now(app: Flask) -> Sums:
    """The LA's, which must be those of the schools."""
    with app.app_context(), across_schools("a test"):
        of_all = added(LA, CHANGES)
        assert of_all == added(DAYS)
    return of_all


def how_many_wait(app: Flask) -> int:
    with app.app_context(), across_schools("a test"):
        return len(db.session.execute(select(CHANGES.c.id)).all())


def fold(app: Flask) -> None:
    with app.app_context():
        folding.fold_all(db.session.commit)


def count(app: Flask, slug: str = "st-marys") -> None:
    with app.app_context(), acting_in(school_id(app, slug)):
        rollup.count_marked()
        db.session.commit()


def rebuild(app: Flask, slug: str = "st-marys") -> None:
    with app.app_context(), acting_in(school_id(app, slug)):
        rollup.rebuild()
        db.session.commit()


def test_whatever_happens_they_follow_the_schools(app, at):
    at(MONDAY)
    path = bring(app, "resolved")
    bring(app, "at_desk", sensitive=True)
    bring(app, "cancelled")
    done(app, "otto", "post", "/schools/oakfield/incidents", BROKEN)
    count(app)
    count(app, "oakfield")
    before = sums_now(app)
    assert any(value for (*_, name), value in before.items() if name == "resolved")
    fold(app)
    assert sums_now(app) == before and how_many_wait(app) == 0
    at(TUESDAY)
    done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"})
    count(app)
    reopened = sums_now(app)
    assert reopened != before and how_many_wait(app) > 0
    rebuild(app)
    assert sums_now(app) == reopened
    fold(app)
    rebuild(app, "oakfield")
    assert sums_now(app) == reopened
    fold(app)
    assert sums_now(app) == reopened and how_many_wait(app) == 0


def test_what_is_counted_anew_without_a_change_leaves_no_rows_behind(app, at):
    at(MONDAY)
    bring(app, "resolved")
    count(app)
    fold(app)
    with app.app_context(), across_schools("a test"):
        rows = db.session.execute(select(LA)).all()
    rebuild(app)
    fold(app)
    with app.app_context(), across_schools("a test"):
        assert sorted(db.session.execute(select(LA)).all(), key=str) == sorted(rows, key=str)


def test_a_version_of_the_la_is_one_and_a_school_s_own_stays_its_own(app):
    for slug in ("st-marys", "oakfield"):
        for own, la in ((0, 5), (7, 0)):
            plant(app, slug, own, la)
    found = sums_now(app)
    fold(app)
    assert sums_now(app) == found
    month = {
        key[2]: value for key, value in found.items() if key[0] == "m" and key[-1] == "reported"
    }
    assert month == {0: 6, school_id(app): 3, school_id(app, "oakfield"): 3}


def plant(app: Flask, slug: str, own: int, la: int) -> None:
    of = {"agreement_kind": "sla", "la_version_id": la, "own_version_id": own, "provider": "",
          "priority": 2, "type": "incident", "is_hidden": False}  # fmt: skip
    with app.app_context(), acting_in(school_id(app, slug)):
        keep(FigureDay(span="m", on=JANUARY, reported=3, **of))
        db.session.commit()


def test_the_upgrade_fills_them_from_the_schools(app, ledger):
    step = import_module("migrations.versions.0021_figures_of_all_schools")
    for slug in ("st-marys", "oakfield"):
        for own, la in ((0, 5), (7, 0)):
            plant(app, slug, own, la)
    before = sums_now(app)
    filling = step._filling(LA, list(COUNTERS)).compile(
        dialect=dialect(), compile_kwargs={"literal_binds": True}
    )
    ledger.rows("DELETE FROM figure_changes")
    ledger.rows(str(filling))
    assert sums_now(app) == before


def test_two_folds_at_once_fold_once_and_readers_see_all_of_it(app):
    for slug in ("st-marys", "oakfield"):
        add(app, slug, resolution_decided=9, resolution_met=8)
    before = sums_now(app)
    with app.app_context(), administering("a test"):
        assert folding.fold() == 4
        assert sums_now(app) == before, "nobody sees half of it"
        with app.app_context(), administering("the other worker"):
            assert folding.fold() == 0
        db.session.commit()
    assert sums_now(app) == before and how_many_wait(app) == 0


def test_a_lot_is_folded_bit_by_bit(app, monkeypatch):
    add(app, "st-marys", reported=2)
    add(app, "oakfield", reported=3)
    before = sums_now(app)
    monkeypatch.setattr(folding, "CHANGES_AT_ONCE", 3)
    with app.app_context(), administering("a test"):
        assert folding.fold() == 3
        db.session.commit()
    assert sums_now(app) == before and how_many_wait(app) == 1
    with app.app_context():
        assert do_once("fold_figures", NIGHT)
    assert sums_now(app) == before and how_many_wait(app) == 0


def test_counting_a_school_never_waits_for_all_schools(app, at):
    at(MONDAY)
    bring(app, "resolved")
    with app.app_context(), administering("a worker that folds"):
        folding.keep_sums_still()
        count(app)
    assert how_many_wait(app) > 0 and sums_now(app)


ASKED = "from=2025-11-01&to=2026-01-14"


@pytest.mark.parametrize(
    "path",
    [
        *(f"/performance?{ASKED}&by={by}" for by in ("contract", "supplier", "priority", "school")),
        f"/performance?{ASKED}&by=priority&agreement_kind=sla&priority=P2&type=incident",
        f"/performance?{ASKED}&by=contract&supplier=la",
        "/overview",
    ],
)
def test_a_page_says_the_same_from_either_with_as_many_statements(
    app, at, path, statements, monkeypatch
):
    at(THURSDAY)
    for slug in ("st-marys", "oakfield"):
        add(app, slug, date(2025, 12, 4), resolution_decided=9, resolution_met=8, resolved=9)
        add(app, slug, date(2026, 1, 8), kind="", priority=3, reported=9, resolved=5, opened=9)
        add(app, slug, date(2026, 1, 9), priority=0, resolution_decided=4, resolved=4)
    fold(app)
    add(app, "oakfield", date(2026, 1, 12), resolution_decided=7, resolution_met=3, resolved=7)
    answers = []
    for is_across in (True, False):
        forget_what_is_kept()
        with monkeypatch.context() as patch:
            if not is_across:
                patch.setattr(summed, "reads_every_school", lambda: False)
            program(app, "mo").get(path)
            forget_what_is_kept()
            statements.clear()
            said = json.dumps(program(app, "mo").get(path).json, sort_keys=True)
            reads = sum("la_figures" in one for one in statements)
            answers.append((said, len(statements), reads))
    (of_all, many, reads), (of_each, as_many, none) = answers
    assert of_all == of_each and many == as_many
    assert none == 0 and (reads > 0) == ("by=school" not in path)


def tamper(app: Flask, table: Any, **values: int) -> None:
    """As the owner could: nobody else may."""
    with app.app_context(), administering("a test"):
        db.session.execute(update(table).where(table.c.span == "d").values(**values))
        db.session.commit()


def drifted(app: Flask) -> list[tuple[str, str]]:
    with app.app_context(), administering("a test"):
        wanted = select(LaEvent.subject, LaEvent.note).where(LaEvent.kind == checking.DRIFTED)
        return [tuple(row) for row in db.session.execute(wanted)]


def check_tonight(app: Flask) -> None:
    with app.app_context(), administering("the nightly check"):
        checking.check_a_sample(NIGHT)
        db.session.commit()


def test_the_nightly_check_mends_them_and_tells_a_manager(app, at, api, cast):
    at("2026-01-13T09:00+00:00")
    bring(app, "resolved")
    count(app)
    fold(app)
    before = sums_now(app)
    check_tonight(app)
    assert drifted(app) == []
    tamper(app, LA, resolved=7)
    assert run(app, "check").exit_code == 1
    check_tonight(app)
    assert sums_now(app) == before
    ((subject, note),) = drifted(app)
    assert subject == checking.ALL_SCHOOLS
    assert note.endswith("sums of all schools of January 2026 wrong; made anew")
    needs = api(cast.mo).get("/overview").json["needs"]
    assert [one["school"] for one in needs if one["kind"] == "drifted"] == [None]
    check_tonight(app)
    assert len(drifted(app)) == 1


def test_what_was_counted_since_is_kept_when_they_are_made_anew(app, at):
    at(MONDAY)
    bring(app, "resolved")
    count(app)
    fold(app)
    bring(app, "closed")
    count(app)
    before = sums_now(app)
    tamper(app, LA, resolved=7)
    with app.app_context(), administering("a test"):
        assert la_checking.mend(JANUARY) > 0
        db.session.commit()
    assert sums_now(app) == before and how_many_wait(app) > 0
    fold(app)
    assert sums_now(app) == before


def test_a_wrong_sum_of_a_school_does_not_stay_in_those_of_all(app, at):
    """What is taken off when the school is made anew was never added to them."""
    at(MONDAY)
    bring(app, "resolved")
    count(app)
    before = sums_now(app)
    with app.app_context(), acting_in(school_id(app)):
        db.session.execute(update(DAYS).where(DAYS.c.resolved > 0).values(resolved=7))
        db.session.commit()
    check_tonight(app)
    assert sums_now(app) == before
    assert [subject for subject, _ in drifted(app)] == ["st-marys"]


def test_an_old_month_comes_into_the_sample(app):
    for month in (date(2025, 3, 1), date(2025, 6, 1), JANUARY):
        add(app, "st-marys", month, reported=1)
    from random import Random

    with app.app_context():
        found = {tuple(la_checking.sample(NIGHT.date(), Random(seed))) for seed in range(9)}
    assert {months[:2] for months in found} == {(date(2025, 12, 1), JANUARY)}
    older = {months[2] for months in found}
    assert len(older) > 1 and older <= {date(2025, month, 1) for month in range(3, 12)}


def test_the_commands_find_it_and_make_all_anew(app, at):
    at(MONDAY)
    bring(app, "resolved")
    count(app)
    fold(app)
    before = sums_now(app)
    tamper(app, LA, resolved=7)
    found = run(app, "check")
    assert found.exit_code == 1 and "of January 2026 are wrong" in found.output
    assert run(app, "check", "--school", "st-marys").exit_code == 0
    assert run(app, "rebuild").exit_code == 0
    assert run(app, "check").exit_code == 0
    assert sums_now(app) == before and how_many_wait(app) == 0


def test_a_school_adds_and_neither_reads_nor_takes_away(app):
    from sqlalchemy.exc import ProgrammingError

    add(app, "st-marys", reported=1)
    for statement in (select(CHANGES), delete(CHANGES), select(LA), delete(LA)):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with app.app_context(), acting_in(school_id(app)), refused:
            db.session.execute(statement)
