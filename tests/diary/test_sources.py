"""What the registers know stands in the diary by itself, for whoever may read the register."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.assets.models import Asset, AssetLoan
from app.catalogue.models import CriticalDate
from app.contracts.register import Contract
from app.diary.terms import terms_between
from app.documents.models import Document
from app.licences.models import Licence
from app.payments.models import Payment
from app.visits.models import Visit
from tests.diary.test_api import DIARY, NOW, items
from tests.ledger import Ledger

SPAN = "from=2026-09-14&to=2027-08-31"


@pytest.fixture(autouse=True)
def _autumn(at: Any) -> None:
    at(NOW)


def put(app: Any, ledger: Ledger, *rows: Any, slug: str = "st-marys") -> None:
    """Rows of the registers, straight into them."""
    from tenants import acting_in, db

    ((school_id,),) = ledger.rows(f"SELECT id FROM schools WHERE slug = '{slug}'")
    with app.app_context(), acting_in(school_id):
        for row in rows:
            if hasattr(row, "created_by"):
                row.created_by = "Sam Spoc"
            db.session.add(row)
            db.session.flush()
        db.session.commit()


def contract(number: int = 1, **more: Any) -> Contract:
    usual = {
        "name": "Broadband",
        "kind": "subscription",
        "state": "active",
        "start": date(2020, 8, 1),
        "initial_months": 36,
        "renewal": "tacit",
        "renewal_months": 12,
        "notice_months": 3,
    }
    return Contract(number=number, **{**usual, **more})


def licence(number: int = 1, **more: Any) -> Licence:
    usual = {
        "product": "Office",
        "metric": "device",
        "quantity": 10,
        "start": date(2025, 1, 1),
        "end": date(2026, 12, 31),
    }
    return Licence(number=number, **{**usual, **more})


def asset(tag: str, **more: Any) -> Asset:
    return Asset(tag=tag, **{"type": "laptop", "own_fields": {}, **more})


def payment(number: int = 1, **more: Any) -> Payment:
    usual = {
        "description": "Broadband",
        "amount": Decimal("100.00"),
        "vat": Decimal("20.00"),
        "due_on": date(2026, 10, 1),
        "planned_by_person": 1,
    }
    return Payment(number=number, **{**usual, **more})


def visit(number: int = 1, **more: Any) -> Visit:
    usual = {
        "starts_at": datetime(2026, 10, 6, 8, tzinfo=UTC),
        "ends_at": datetime(2026, 10, 6, 10, tzinfo=UTC),
        "visitor_name": "Tariq Firstline",
        "booked_by": "Sam Spoc",
    }
    return Visit(number=number, **{**usual, **more})


def critical(number: int = 1, **more: Any) -> CriticalDate:
    usual = {
        "title": "Year 6 tests",
        "kind": "tests",
        "first_day": date(2027, 5, 10),
        "last_day": date(2027, 5, 13),
    }
    return CriticalDate(number=number, **{**usual, **more})


def document(number: int = 1, **more: Any) -> Document:
    usual = {"kind": "strategy", "title": "Support strategy", "review_on": date(2027, 1, 15)}
    return Document(number=number, checklist={}, **{**usual, **more})


def everything(app: Any, ledger: Ledger) -> None:
    laptops = [asset(f"LAP-{number:03}", warranty_end=date(2027, 3, 1)) for number in range(30)]
    server = asset("SRV-1", type="server", model="PowerEdge", warranty_end=date(2027, 2, 1))
    put(app, ledger, contract(), licence(auto_renew=True, notice_days=90), *laptops, server)
    put(app, ledger, payment(), visit(), document(), critical())
    loan = AssetLoan(
        asset_id=server.id,
        borrower="Mrs Brown",
        lent_at=datetime(2026, 9, 1, tzinfo=UTC),
        lent_by="Sam Spoc",
        due_on=date(2026, 9, 30),
    )
    put(app, ledger, loan)


def test_every_register_says_what_it_knows(app, api, cast, ledger):
    everything(app, ledger)
    found = [
        (one["on"], one["source"], one["key"], one["title"])
        for one in items(api, cast.sam, f"{SPAN}&limit=100")
    ]
    assert found == [
        ("2026-09-30", "loan_due", "SRV-1", "Loan due back: SRV-1"),
        ("2026-10-01", "payment", "1", "Payment due: Broadband"),
        ("2026-10-02", "licence_notice", "1", "Last day to stop the renewal: Office"),
        ("2026-10-06", "visit", "1", "Support visit"),
        ("2026-12-31", "licence_end", "1", "Licence renews: Office"),
        ("2027-01-15", "document_review", "1", "Review the strategy: Support strategy"),
        ("2027-02-01", "warranty_end", "SRV-1", "Warranty ends: SRV-1"),
        ("2027-03-01", "warranty_end", "laptop", "Warranty ends: Laptop (30)"),
        ("2027-04-30", "contract_notice", "1", "Last day to give notice: Broadband"),
        ("2027-05-10", "critical_date", "1", "Year 6 tests"),
        ("2027-07-31", "contract_end", "1", "Contract term ends: Broadband"),
    ]
    about = {one["source"]: one["about"] for one in items(api, cast.sam, f"{SPAN}&limit=100")}
    assert about["payment"] == "£120.00" and about["visit"] == "Tariq Firstline"
    assert api(cast.olga).get(f"/schools/oakfield/diary?{SPAN}").json["items"] == []


def test_only_what_one_may_read_in_its_register(app, api, cast, ledger):
    """A technician sees no contracts, payments and critical dates there, so none here."""
    everything(app, ledger)
    seen = {one["source"] for one in items(api, cast.theo, f"{SPAN}&limit=100")}
    assert not seen & {"contract_notice", "contract_end", "payment", "critical_date"}
    assert {"licence_end", "warranty_end", "visit", "document_review", "loan_due"} <= seen
    mark = {"source": "contract_notice", "key": "1", "on": "2027-04-30", "status": "done"}
    assert api(cast.theo).put(f"{DIARY}/marks", mark).status_code == 422
    assert api(cast.sam).put(f"{DIARY}/marks", mark).status_code == 200


def test_a_day_of_a_register_is_done_here_and_stays_so(app, api, cast, ledger):
    put(app, ledger, contract())
    mark = {"source": "contract_notice", "key": "1", "on": "2027-04-30", "status": "done"}
    said = api(cast.sam).put(f"{DIARY}/marks", {**mark, "note": "We keep it"})
    assert said.json["status"] == "done" and said.json["marked_by"] == "Sam Spoc"
    notice, end = items(api, cast.sam, SPAN)
    assert (notice["status"], notice["note"], end["status"]) == ("done", "We keep it", "planned")
    assert ledger.rows(
        "SELECT kind, subject_kind, to_value, note FROM events WHERE kind LIKE 'diary.%%'"
    ) == [
        (
            "diary.done",
            "diary_day",
            "Last day to give notice: Broadband, 30 April 2027",
            "We keep it",
        )
    ]
    assert ledger.rows("SELECT what, status FROM diary_marks") == [("contract_notice:1", "done")]


# fmt: off
LEFT_OUT = [
    contract(state="draft"), contract(state="superseded"),
    licence(state="retired", retired_on=date(2026, 1, 1)),
    asset("A", warranty_end=date(2027, 1, 1), status="disposed", disposed_on=date(2026, 1, 1),
          disposal_method="WEEE", wipe_evidence="none"),
    asset("B"), document(is_retired=True), critical(is_cancelled=True),
]
# fmt: on


@pytest.mark.parametrize("row", LEFT_OUT, ids=lambda row: type(row).__name__)
def test_what_is_over_or_not_in_force_is_left_out(app, api, cast, ledger, row):
    from sqlalchemy.orm import make_transient

    put(app, ledger, row)
    make_transient(row)
    row.id = None
    assert items(api, cast.sam, SPAN) == []


def test_what_has_a_state_of_its_own_shows_it(app, api, cast, ledger):
    put(
        app,
        ledger,
        payment(1, status="paid"),
        payment(2, status="cancelled"),
        payment(3, due_on=date(2026, 9, 1)),
        visit(1, state="done"),
        visit(2, state="aborted"),
    )
    found = items(api, cast.sam, "from=2026-08-01&to=2027-01-01")
    assert [(one["source"], one["key"], one["status"], one["overdue"]) for one in found] == [
        ("payment", "3", "planned", True),
        ("payment", "1", "done", False),
        ("payment", "2", "cancelled", False),
        ("visit", "1", "done", False),
        ("visit", "2", "cancelled", False),
    ]


def test_a_critical_date_reaches_into_the_span(app, api, cast, ledger):
    put(app, ledger, critical())
    (one,) = items(api, cast.sam, "from=2027-05-12&to=2027-05-31")
    assert (one["on"], one["until"]) == ("2027-05-10", "2027-05-13")
    assert items(api, cast.sam, "from=2027-05-14&to=2027-05-31") == []


# fmt: off
TERMS = [  # what differs, [(end, last notice day)] within September 2026 to August 2028
    ({},                      [("2027-07-31", "2027-04-30"), ("2028-07-31", "2028-04-30")]),
    ({"notice_months": None}, [("2027-07-31", None), ("2028-07-31", None)]),
    ({"notice_months": None, "notice_days": 30},
     [("2027-07-31", "2027-07-01"), ("2028-07-31", "2028-07-01")]),
    ({"renewal": "none", "start": date(2024, 8, 1)}, [("2027-07-31", "2027-04-30")]),
    ({"renewal": "none"},              []),
    ({"renewal": "express", "renewed_until": date(2027, 12, 31)},
                                       [("2027-12-31", "2027-09-30")]),
    ({"state": "terminated", "ended_on": date(2026, 12, 31)}, [("2026-12-31", None)]),
    # The next term's notice day lies in the span, its end does not.
    ({"start": date(2021, 1, 1), "initial_months": 12, "notice_months": 6},
     [("2026-12-31", "2026-06-30"), ("2027-12-31", "2027-06-30"), ("2028-12-31", "2028-06-30")]),
]
# fmt: on


@pytest.mark.parametrize(("differs", "expected"), TERMS)
def test_terms_of_a_contract(differs: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = terms_between(contract(**differs), date(2026, 9, 1), date(2028, 8, 31))
    assert [
        (str(one.term_end), one.last_notice_day and str(one.last_notice_day)) for one in found
    ] == expected


def test_all_registers_cost_as_many_statements_full_as_empty(app, api, cast, ledger, statements):
    items(api, cast.sam, SPAN)
    statements.clear()
    items(api, cast.sam, SPAN)
    few = len(statements)
    everything(app, ledger)
    statements.clear()
    assert len(items(api, cast.sam, SPAN)) == 11
    assert len(statements) == few
