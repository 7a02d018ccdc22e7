"""What a process keeps of agreements is never behind a row that it has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Thread

from app.contracts import kept
from app.contracts.queries import agreement_in_force, agreement_of
from app.contracts.rules import Kind
from tenants import acting_in, db
from tests.api.desk import SCHOOL, done

TUESDAY = date(2026, 1, 13)
_NEXT = """
    INSERT INTO la_agreement_versions (agreement_id, number, valid_from, terms)
    SELECT agreement_id, 2, '2026-01-13', terms FROM la_agreement_versions v
      JOIN la_agreements a ON a.id = v.agreement_id WHERE a.key = 'la-standard'
    RETURNING id"""


@dataclass
class AClock:
    la_agreement_version_id: int | None
    agreement_version_id: int | None = None


def test_a_version_made_by_another_process_meanwhile_is_found(app, cast, ledger):
    school_id = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0][0]
    with app.app_context(), acting_in(school_id):
        first = agreement_in_force(Kind.SLA, TUESDAY)
        assert agreement_of(AClock(first.la_version_id)) == first
        (number,) = ledger.rows(_NEXT)[0]
        assert agreement_of(AClock(number)).la_version_id == number


def test_threads_forget_and_keep_at_once(app, cast, ledger):
    school_ids = [number for (number,) in ledger.rows("SELECT id FROM schools ORDER BY id")]
    failed: list[BaseException] = []

    def read() -> None:
        try:
            with app.app_context():
                for number in school_ids * 10:
                    with acting_in(number):
                        agreement_in_force(Kind.OLA, TUESDAY)
                        db.session.rollback()
                    kept.forget()
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=read) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []


def test_where_no_terms_are_known_term_time_is_all_year(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    ledger.rows("DELETE FROM la_terms")
    packs = done(app, "mo", "get", "/service_levels/la-standard").json
    body = {part: packs[part] for part in ("kind", "targets", "calendar")}
    body |= {"name": "In term", "calendar": {**body["calendar"], "term_time_only": True}}
    key = done(app, "mo", "post", "/service_levels", body).json["key"]
    asked = {"priority": "P2", "agreement": key, "started_at": "2026-08-12T09:00:00+01:00"}
    found = done(app, "sam", "post", f"{SCHOOL}/deadlines/preview", {**asked, "pauses": []}).json
    assert found["clocks"][-1]["due_at"] == "2026-08-12T16:00:00Z"
