"""One incident of Rita's in every state, made once for each process."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask

from app.contracts.rules import OLA_STANDARD
from tests.api.desk import ADVISORS_ON, ARTICLE, OUTAGE, SCHOOL, TO_DO, WAYS, bring, done, program
from tests.cast import CAST, Player
from tests.conftest import Browser, _forget_what_processes_keep
from tests.ledger import Ledger
from tests.servers import Snapshot

_SUPPLIER = (
    "INSERT INTO la_support_groups (key, name, kind, line, version)"
    " VALUES ('lamps', 'Lamps Ltd', 'supplier', 3, 1)"
)
# All of it, so that its turns still tile.
_A_MINUTE_AGO = (
    "WITH moved AS (UPDATE incidents SET reported_at = reported_at - interval '1 minute',"
    " logged_at = logged_at - interval '1 minute', closed_at = closed_at - interval '1 minute'"
    " WHERE number = %s AND school_id = (SELECT id FROM schools WHERE slug = 'st-marys')"
    " RETURNING school_id, id) UPDATE turns SET began_at = began_at - interval '1 minute',"
    " ended_at = ended_at - interval '1 minute' FROM moved"
    " WHERE (turns.school_id, turns.incident_id) = (moved.school_id, moved.id)"
)
_BY_A_PUPIL = (
    "UPDATE advice SET is_pupil = %s WHERE incident_id ="
    " (SELECT id FROM incidents WHERE number = %s ORDER BY school_id LIMIT 1)"
)

REPORT = {"kind": "incident", "from": "2025-01-06", "to": "2025-02-01"}
SCHEDULE = {"kind": "service", "rhythm": "month", "roles": ["spoc"]}


class Prepared:
    """A database that is put back to its prepared state for each test."""

    def __init__(self, app: Flask, ledger: Ledger, database_name: str) -> None:
        self.app = app
        self.ledger = ledger
        ledger.rows(_SUPPLIER)
        self.path = {state: bring(app, state) for state in WAYS}
        # Long enough ago that nobody can undo it any more, however quickly the tests get there.
        ledger.rows(_A_MINUTE_AGO, self.number("closed"))
        self.path["at_supplier"] = bring(app, "second")
        to_lamps = {"to": "supplier", "note": "A lamp", "group": "lamps"}
        done(app, "sasha", "post", f"{self.path['at_supplier']}/escalation", to_lamps)
        self.path["hidden"] = bring(app, "queued", sensitive=True)
        self.path["hidden_forwarded"] = bring(app, "forwarded", sensitive=True)
        self._with_advisors()
        room = done(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Attic"})
        self.path["attic"] = f"{SCHOOL}/locations/{room.json['key']}"
        bulbs = {"name": "Bulbs Ltd", "email": "help@bulbs.example"}
        supplier = done(app, "sam", "post", f"{SCHOOL}/suppliers", bulbs)
        self.path["supplier"] = f"{SCHOOL}/suppliers/{supplier.json['key']}"
        self._assets()
        self._catalogue_and_progress()
        self._licences_and_payments()
        self._contracts()
        desk = {**OLA_STANDARD, "name": "Our desk", "valid_from": "2099-01-05"}
        agreement = done(app, "sam", "post", f"{SCHOOL}/agreements", desk)
        self.path["agreement"] = f"{SCHOOL}/agreements/{agreement.json['key']}"
        self.path["pack"] = "/service_levels/la-standard"
        self.path["visit"] = self._visit()
        self._registers()
        self._browsers = {player: Browser(app.test_client()) for player in CAST.everybody}
        for player, browser in self._browsers.items():
            browser.sign_in(player)
        self._snapshot = Snapshot(database_name)
        self._now = ledger.now()

    def _with_advisors(self) -> None:
        """One waits for an advisor, one has advice, and one has a pupil's."""
        self.ledger.rows(ADVISORS_ON)
        for state in ("advice", "advised", "advised_by_pupil"):
            self.path[state] = bring(self.app, "new", category="display", advice=True)
            if state != "advice":
                done(self.app, "pip", "put", f"{self.path[state]}/advice", {"tried": "Off and on"})
        is_it = (True, self.number("advised_by_pupil"))
        self.ledger.rows(_BY_A_PUPIL, *is_it)
        self.ledger.rows("DELETE FROM desk_settings")

    def _visit(self) -> str:
        """Of a supplier's engineer, at the next time when everybody can be there."""
        visits = f"{SCHOOL}/visits"
        slot = done(self.app, "sam", "get", f"{visits}/slots?engineer=Fred").json["items"][0]
        visit = done(self.app, "sam", "post", visits, {**slot, "engineer": "Fred"})
        return f"{visits}/{visit.json['number']}"

    def _assets(self) -> None:
        """One in use, one on loan, one that waits for the ICT owner, and a field of our own."""
        for name, tag in (("asset", "pc-1"), ("asset_lent", "pc-2"), ("asset_asked", "pc-3")):
            pc = {"tag": tag, "type": "desktop", "location": "reception"}
            done(self.app, "sam", "post", f"{SCHOOL}/assets", pc)
            self.path[name] = f"{SCHOOL}/assets/{tag}"
        loan = {"borrower": "Class 4B"}
        done(self.app, "sam", "post", f"{self.path['asset_lent']}/loan", loan)
        old = {"status": "retired", "reason": "Old"}
        done(self.app, "sam", "put", f"{self.path['asset_asked']}/status", old)
        field = {"type": "desktop", "label": "Case"}
        done(self.app, "sam", "post", f"{SCHOOL}/asset_fields", field)
        self.path["asset_field"] = f"{SCHOOL}/asset_fields/case"

    def _catalogue_and_progress(self) -> None:
        """One of each: a service, a critical date, a procedure that waits for a decision, a change
        that is a draft, an implementation with a milestone."""
        sats = {"kind": "tests", "title": "SATs"}
        for name, body in (
            ("services", {"name": "Wi-Fi", "purpose": "Laptops", "used_by": "Everybody"}),
            ("critical_dates", {**sats, "first_day": "2099-05-11", "last_day": "2099-05-14"}),
            ("documents", {"title": "The internet is down", "text": "Ring the desk"}),
            ("changes", {"title": "A server", "description": "The old one is full"}),
            ("implementations", {"title": "Wi-Fi", "owner": "Sam", "milestones": [{"name": "Up"}]}),
        ):
            made = done(self.app, "sam", "post", f"{SCHOOL}/{name}", body)
            self.path[name] = made.headers["Location"].removeprefix("/api/v1")

    def _licences_and_payments(self) -> None:
        """A licence with a key that somebody uses; a payment, and two of a schedule."""
        licence = {"product": "Paint", "metric": "device", "quantity": 3, "start": "2026-01-01"}
        used = {"licence_key": "KEY", "allocations": [{"person": "Rita Reporter"}]}
        made = done(self.app, "sam", "post", f"{SCHOOL}/licences", {**licence, **used})
        self.path["licence"] = f"{SCHOOL}/licences/{made.json['number']}"
        schedule = {"rhythm": "monthly", "first_on": "2099-01-05", "times": 2}
        for when in ({"due_on": "2099-01-05"}, {"schedule": schedule}):
            payment = {"description": "Broadband", "amount": "100.00", **when}
            made = done(self.app, "sam", "post", f"{SCHOOL}/payments", payment)
        self.path["payment"] = f"{SCHOOL}/payments/1"

    def _contracts(self) -> None:
        """Contract 1 is a draft, 2 is in force with a visit drawn; and what the LA offers."""
        terms = {"kind": "sla", "start": "2024-04-01", "initial_months": 36, "visits_per_year": 9}
        for number, name in ((1, "Alarm"), (2, "Broadband")):
            done(self.app, "sam", "post", f"{SCHOOL}/contracts", {**terms, "name": name})
            self.path[f"contract_{number}"] = f"{SCHOOL}/contracts/{number}"
        signed = self.path["contract_2"]
        done(self.app, "ike", "put", f"{signed}/signature")
        done(self.app, "sam", "post", f"{signed}/uses", {"on": "2026-01-05", "visits": 1})
        offer = {**terms, "name": "LA support", "summary": "By telephone", "charges": {}}
        made = done(self.app, "mo", "post", "/contract_offers", offer)
        self.path["offer"] = f"/contract_offers/{made.json['key']}"

    def _registers(self) -> None:
        """The first of every register that counts by itself, so that what is done with number 1 of
        it is walked too."""
        away = {"who": "Sam Spoc", "first_day": "2099-01-05", "last_day": "2099-01-05"}
        for who, path, body in (
            ("sam", f"{SCHOOL}/problems", {"title": "Wi-Fi", "description": "Drops"}),
            ("sam", f"{SCHOOL}/articles", ARTICLE),
            ("sam", f"{SCHOOL}/announcements", OUTAGE),
            ("sam", f"{SCHOOL}/blank_sheets", {"count": 1}),
            ("sam", f"{SCHOOL}/diary", TO_DO),
            ("sam", f"{SCHOOL}/reachability/absences", away),
            ("sam", f"{SCHOOL}/labels", {"locations": ["library"]}),
            ("sam", f"{SCHOOL}/stock_takes", {"location": "library"}),
            ("sam", f"{SCHOOL}/reports", REPORT),
            ("sam", f"{SCHOOL}/reports/schedules", SCHEDULE),
            ("mo", "/articles", ARTICLE),
            ("mo", "/announcements", OUTAGE),
        ):
            done(self.app, who, "post", path, body)
        self.path["diary_entry"] = f"{SCHOOL}/diary/1"
        self.path["report"] = f"{SCHOOL}/reports/1"
        feed = done(self.app, "sam", "post", f"{SCHOOL}/diary/feeds", {"label": "My phone"})
        self.path["feed"] = f"{SCHOOL}/diary/feeds/{feed.json['key']}"
        sheet = {"register": "suppliers", "file": (io.BytesIO(b"Company\nLamps\n"), "list.csv")}
        assert program(self.app, CAST.sam).post(f"{SCHOOL}/imports", data=sheet).status_code == 201
        article = f"{SCHOOL}/articles/1"
        done(self.app, "sam", "patch", article, {"state": "published"}, If_Match='"1"')
        done(self.app, "dora", "put", f"{article}/offer")

    def browser(self, player: Player) -> Browser:
        """Theirs, signed in, whatever else was done as them since."""
        return self._browsers[player].copy()

    def number(self, state: str) -> int:
        return int(self.path[state].rpartition("/")[2])

    def etag(self, state: str) -> str:
        table = {
            "attic": "locations WHERE key = 'attic'",
            "visit": "visits",
            "diary_entry": "diary_entries",
            "supplier": "suppliers",
            "asset": "assets WHERE tag = 'pc-1'",
            "asset_lent": "assets WHERE tag = 'pc-2'",
            "asset_asked": "assets WHERE tag = 'pc-3'",
            "asset_field": "asset_fields",
            "services": "services",
            "critical_dates": "critical_dates",
            "documents": "documents",
            "changes": "changes",
            "implementations": "implementations",
            "licence": "licences",
            "contract_1": "contracts WHERE number = 1",
            "contract_2": "contracts WHERE number = 2",
            "offer": "la_contract_offers",
            "payment": "payments WHERE number = 1",
            "report": "issued_reports",
        }.get(state)
        if table is None:
            table = f"incidents WHERE number = {self.number(state)}"
        return f'"{self.ledger.rows(f"SELECT version FROM {table}")[0][0]}"'

    def is_changed(self) -> bool:
        return self.ledger.now() != self._now

    def put_back(self) -> None:
        # To look first whether anything has changed would take longer.
        self._snapshot.restore()


@pytest.fixture(scope="session")
def _prepared(_app: Flask, _snapshot: Snapshot, _ledger: Ledger, database_name: str) -> Prepared:
    _snapshot.restore()
    _forget_what_processes_keep(_app)
    return Prepared(_app, _ledger, database_name)


@pytest.fixture
def prepared(_app: Flask, _prepared: Prepared) -> Iterator[Prepared]:
    # Tests that begin with an empty desk may have run in between.
    _prepared.put_back()
    _forget_what_processes_keep(_app)
    yield _prepared
    with _app.app_context():
        from tenants import db

        db.session.remove()
