"""Taking in a list of schools through the pages: staged, looked at, applied, and again."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from app.history.models import Event, LaEvent
from app.schools.models import SchoolImport
from tenants import School, SchoolIdentifier, across_schools, administering, db
from tests.schools.registers import ESSEX, SAMPLE, extract_row, link_row, simple_row, written

NEW = "/authority/imports/new"


@pytest.fixture
def upload(sign_in, cast):
    """Ada hands in a file; answers (browser, address of the comparison, its page)."""

    def handed_in(data: bytes, name: str = "list.csv", **fields: str):
        ada = sign_in(cast.ada)
        ada.get(NEW)
        answer = ada.post(
            NEW,
            {"file": (io.BytesIO(data), name), "la_code": "881", **fields},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)
        address = answer.headers["Location"]
        return ada, address, ada.get(address).get_data(as_text=True)

    return handed_in


def apply(ada, address, page):
    seen = re.search(r'name="seen" value="(\w+)"', page)
    answer = ada.post(f"{address}/application", {"seen": seen.group(1) if seen else ""})
    return answer, ada.get(address).get_data(as_text=True)


def schools(app) -> dict[int, Any]:
    """By every URN they have or had."""
    with app.app_context(), administering("looking, in a test"):
        rows = db.session.execute(
            select(SchoolIdentifier.urn, School.__table__)
            .join(School, School.id == SchoolIdentifier.school_id)
            .order_by(SchoolIdentifier.urn)
        )
        return {row.urn: row for row in rows}


def count(page: str, words: str) -> int:
    found = re.search(rf"{words}</th><td[^>]*>([\d,]+)</td>", page)
    assert found, page
    return int(found.group(1).replace(",", ""))


def test_essex_is_staged_applied_and_the_same_file_changes_nothing(upload, app):
    ada, address, page = upload(ESSEX, "essex_schools.csv")
    assert (count(page, "Added"), count(page, "Successor known")) == (248, 42)
    assert count(page, "Needs a decision") == 3
    assert "Show all 248 added" in page
    assert len(schools(app)) == 2, "looking must not change anything"

    answer, page = apply(ada, address, page)
    assert answer.status_code == 303
    assert "Nothing would change" in page
    found = schools(app)
    assert len(found) == 2 + 248 + 42
    assert len({school.code for school in found.values()}) == 250
    hamilton = found[114706]
    assert (hamilton.slug, hamilton.code) == ("hamilton-primary-school", "HAM")
    assert (hamilton.status, hamilton.phase) == ("invited", "Primary")
    assert found[114730].id == found[151529].id
    assert found[151529].name == "Langham Primary Academy"

    _, _, page = upload(ESSEX, "essex_schools.csv")
    assert "Nothing would change" in page
    assert (count(page, "Added"), count(page, "Unchanged")) == (0, 248)


def test_applying_twice_is_harmless(upload, app):
    ada, address, page = upload(written([simple_row(114723, "Hill School")]))
    apply(ada, address, page)
    answer, page = apply(ada, address, page)
    assert answer.status_code == 303
    assert "There was nothing to change." in page
    with app.app_context(), across_schools("history, in a test"):
        added = select(func.count()).select_from(Event).where(Event.kind == "school.added")
        assert db.session.scalar(added) == 1


def test_each_school_gets_one_event_and_the_la_one_for_the_list(upload, app):
    rows = [simple_row(114723, "Hill School"), simple_row(114724, "Dale School")]
    apply(*upload(written(rows), "two.csv"))
    with app.app_context(), across_schools("history, in a test"):
        events = db.session.execute(
            select(Event.kind, Event.actor, Event.school_id).where(Event.subject_kind == "school")
        ).all()
    assert [(event.kind, event.actor) for event in events] == [("school.added", "Ada Admin")] * 2
    assert events[0].school_id != events[1].school_id
    with app.app_context(), administering("history, in a test"):
        event = db.session.execute(
            select(LaEvent.subject, LaEvent.note).where(LaEvent.kind == "schools.imported")
        ).one()
    assert tuple(event) == ("two.csv", "2 added")


def test_a_conversion_keeps_the_school_and_its_code(upload, app):
    apply(*upload(written([extract_row(urn=114723, la=881, name="Hill School")])))
    before = schools(app)[114723]
    apply(*upload(written([link_row(114723, 149966, on="31-08-2023")])))
    apply(*upload(written([extract_row(urn=149966, la=881, name="Hill Academy", pupils=99)])))
    after = schools(app)
    assert after[114723].id == after[149966].id == before.id
    assert (after[149966].slug, after[149966].code) == (before.slug, before.code)
    assert (after[149966].name, after[149966].number_of_pupils) == ("Hill Academy", 99)
    with app.app_context(), administering("looking, in a test"):
        spans = db.session.execute(
            select(SchoolIdentifier.urn, SchoolIdentifier.valid_from, SchoolIdentifier.valid_to)
            .where(SchoolIdentifier.school_id == before.id)
            .order_by(SchoolIdentifier.urn)
        ).all()
    assert str(spans[0].valid_from) == "1900-01-01"
    assert str(spans[0].valid_to) == str(spans[1].valid_from) == "2023-08-31"
    assert spans[1].valid_to is None


def test_a_closed_school_keeps_its_state_until_the_administrator_moves_it(upload, app):
    apply(*upload(written([extract_row(urn=114723, la=881, name="Hill School")])))
    closed = extract_row(urn=114723, la=881, name="Hill School", status="Closed",
                         closed="31-08-2025", reason="Closure")  # fmt: skip
    ada, address, page = upload(written([closed]))
    assert count(page, "Closed") == 1
    assert "from 31 August 2025" in page
    apply(ada, address, page)
    assert schools(app)[114723].status == "invited"
    page = ada.get("/authority/schools?q=Hill").get_data(as_text=True)
    assert "closed in the register" in page


def test_closed_schools_come_in_only_when_asked(upload, app):
    closed = extract_row(urn=114723, la=881, name="Hill School", status="Closed",
                         closed="31-08-2025", reason="Closure")  # fmt: skip
    _, _, page = upload(written([closed]))
    assert (count(page, "Added"), count(page, "Not open, left out")) == (0, 1)
    apply(*upload(written([closed]), with_closed="true"))
    found = schools(app)[114723]
    assert (found.status, str(found.left_on)) == ("left", "2025-08-31")


def test_an_invented_number_of_pupils_gives_way_to_the_registers(upload, app):
    apply(*upload(written([simple_row(114723, "Hill School")])))
    with app.app_context(), administering("inventing, in a test"):
        school = db.session.scalars(select(School).where(School.name == "Hill School")).one()
        school.number_of_pupils, school.pupils_invented = 210, True
        db.session.commit()
    apply(*upload(written([extract_row(urn=114723, la=881, name="Hill School", pupils=210)])))
    found = schools(app)[114723]
    assert (found.number_of_pupils, found.pupils_invented) == (210, False)


def test_bad_rows_are_named_and_the_good_ones_come_in(upload, app):
    rows = [simple_row("12AB", "Hill School"), simple_row(114723, "Dale School")]
    ada, address, page = upload(written(rows))
    assert count(page, "Bad rows") == 1
    assert "“12AB” is not a URN: a URN has six digits." in page
    apply(ada, address, page)
    assert schools(app)[114723].name == "Dale School"


def test_the_schools_of_others_are_explained(upload):
    _, _, page = upload(SAMPLE)
    assert "The file has no school of LA 881" in page
    assert "LA 201 (1)" in page


def test_nobody_applies_what_they_have_not_seen(upload):
    ada, address, page = upload(written([simple_row(114723, "Hill School")]))
    apply(*upload(written([simple_row(114723, "Hill Primary School")])))
    answer, _ = apply(ada, address, page)
    assert answer.status_code == 409
    assert "The schools have changed since" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01\x02" * 999, "This is not a list of schools in CSV"),
        (b"PK\x03\x04....", "This is a zip archive or an Excel workbook"),
    ],
)
def test_an_unreadable_file_is_refused_on_the_page(sign_in, cast, app, data, sentence):
    ada = sign_in(cast.ada)
    ada.get(NEW)
    form = {"file": (io.BytesIO(data), "x.csv"), "la_code": "881"}
    answer = ada.post(NEW, form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context(), administering("looking, in a test"):
        assert db.session.scalar(select(func.count()).select_from(SchoolImport)) == 0


def test_a_file_must_be_chosen(sign_in, cast):
    ada = sign_in(cast.ada)
    ada.get(NEW)
    answer = ada.post(NEW, {"la_code": "881"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'href="#file"' in answer.get_data(as_text=True)


def test_a_file_name_cannot_break_the_page(upload):
    _, _, page = upload(written([simple_row(114723, "Hill School")]), '<b>"x.csv')
    assert "<b>&#34;x" not in page
    assert '<b>"x' not in page


def test_a_register_of_20_mb_fits_through_the_page(sign_in, cast):
    row = ",".join(["100492", "201"] + ["x" * 40] * 10)
    data = b"urn,la_code,establishment_name,a,b,c,d,e,f,g,h,i\n" + (row + "\n").encode() * 45_000
    assert len(data) > 18_000_000
    ada = sign_in(cast.ada)
    token = re.search(r'csrf_token" value="([^"]+)"', ada.get(NEW).get_data(as_text=True)).group(1)
    # Encoded here, because the test client leaves a temporary file open for a large body.
    file = FileStorage(io.BytesIO(data), "register.csv")
    body, _, boundary = stream_encode_multipart(
        {"csrf_token": token, "la_code": "881", "file": file}, threshold=100_000_000
    )
    answer = ada.client.post(
        NEW, data=body.read(), content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = ada.get(answer.headers["Location"]).get_data(as_text=True)
    assert "LA 201 (45,000)" in page


def test_more_than_64_mb_is_too_big(sign_in, cast):
    ada = sign_in(cast.ada)
    ada.get(NEW)
    length = {"CONTENT_LENGTH": str(70 * 1024 * 1024)}
    answer = ada.post(NEW, {"la_code": "881"}, environ_overrides=length)
    assert answer.status_code == 413


@pytest.mark.parametrize("player", ["rita", "sam", "olga", "tariq", "mo"])
def test_for_everybody_else_these_pages_are_not_there(sign_in, cast, upload, player):
    _, address, _ = upload(written([simple_row(114723, "Hill School")]))
    browser = sign_in(getattr(cast, player))
    for path in ("/authority/imports", NEW, address, "/authority/schools",
                 "/authority/schools/st-marys", "/authority/urns/100001"):  # fmt: skip
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"{address}/application", {"seen": ""}).status_code == 404
