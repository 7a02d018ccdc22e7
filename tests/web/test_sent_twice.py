"""The same form twice is saved once: in a school, LA-wide, with files, and at the same moment."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.incidents.pages import BROKEN, HERE, forwarded, text_of
from tests.schools.registers import simple_row, written

KEY = "form-7d9c0b52"
IMPORT = "/authority/imports/new"


def count(ledger: Any, table: str) -> int:
    return int(ledger.rows(f"SELECT count(*) FROM {table}")[0][0])


def bulk(browser: Any, *picks: str, key: str = KEY, step: str = "take", **more: Any) -> Any:
    return browser.post(
        "/queue/bulk", {"step": step, "pick": list(picks), "submission_id": key, **more}
    )


# --- a school's own forms ---


def test_a_double_click_reports_once_and_both_land_on_the_incident(sign_in, cast, ledger):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    sheet = {**BROKEN, "submission_id": KEY}
    with ThreadPoolExecutor(2) as pool:
        clicks = list(pool.map(lambda _: rita.post(f"{HERE}/new", sheet), range(2)))
    assert [(one.status_code, one.location) for one in clicks] == [(303, f"{HERE}/1")] * 2
    assert count(ledger, "incidents") == 1


def test_sixteen_clicks_over_and_over(sign_in, cast, ledger):
    """F8: however often and at whatever moment it is repeated, it is one incident."""
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    for number in range(1, 5):
        sheet = {**BROKEN, "submission_id": f"{KEY}-{number}"}
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _, one=sheet: rita.post(f"{HERE}/new", one), range(16)))
        assert {one.status_code for one in answers} == {303}
        assert {one.location for one in answers} == {f"{HERE}/{number}"}
        assert count(ledger, "incidents") == number


def test_other_words_under_the_same_key_are_not_lost(sign_in, cast, ledger):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    rita.post(f"{HERE}/new", {**BROKEN, "submission_id": KEY})
    answer = rita.post(f"{HERE}/new", {**BROKEN, "happened": "All dark", "submission_id": KEY})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "You have already sent this form" in page
    assert f'href="{HERE}/1"' in page
    assert "All dark" in page
    assert count(ledger, "incidents") == 1


def test_fields_that_run_into_each_other_are_another_body(sign_in, cast, ledger):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    first = {**BROKEN, "expected": "x\nhappened=y", "happened": "z", "submission_id": KEY}
    second = {**BROKEN, "expected": "x", "happened": "y\nhappened=z", "submission_id": KEY}
    assert rita.post(f"{HERE}/new", first).status_code == 303
    assert rita.post(f"{HERE}/new", second).status_code == 409


def test_a_refused_form_leaves_its_key_free(sign_in, cast, ledger):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    mistaken = rita.post(f"{HERE}/new", {**BROKEN, "title": "", "submission_id": KEY})
    assert mistaken.status_code == 422
    # The same key goes back on the page with the mistakes.
    assert f'name="submission_id" value="{KEY}"' in mistaken.text
    assert rita.post(f"{HERE}/new", {**BROKEN, "submission_id": KEY}).status_code == 303


@pytest.mark.parametrize("key", ["", "caf\xe9", "a\tb"])
def test_a_key_that_is_none_keeps_nobody_from_sending(sign_in, cast, ledger, key):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    for _ in range(2):
        assert rita.post(f"{HERE}/new", {**BROKEN, "submission_id": key}).status_code == 303
    assert count(ledger, "incidents") == 2


# --- forms of no school ---


def test_a_bulk_step_sent_twice_is_taken_and_recorded_once(api, cast, sign_in, ledger):
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    first = bulk(tariq, "st-marys/1")
    events = count(ledger, "events")
    second = bulk(tariq, "st-marys/1")
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    assert count(ledger, "events") == events


def test_two_bulk_steps_at_once_are_one(api, cast, sign_in, ledger):
    """The second waits for the first one's key, whatever it would have done."""
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    tariq.get("/queue")
    before = count(ledger, "events")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bulk(tariq, "st-marys/1"), range(8)))
    assert {(one.status_code, one.location) for one in answers} == {(303, "/queue")}
    assert count(ledger, "events") == before + 1
    assert count(ledger, "door_answers") == 1


def test_a_bulk_step_done_in_part_is_repeated_as_the_list(api, cast, sign_in, ledger):
    """Its answer was a page with a form of its own; that page is not kept."""
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    first = bulk(tariq, "st-marys/1", "st-marys/99")
    assert first.status_code == 200
    events = count(ledger, "events")
    second = bulk(tariq, "st-marys/1", "st-marys/99")
    assert (second.status_code, second.location) == (303, "/queue/bulk")
    assert "You had sent that form already." in text_of(tariq.get("/queue"))
    assert count(ledger, "events") == events
    kept = ledger.rows("SELECT body FROM door_answers")
    assert kept == [(None,)]


def test_another_bulk_step_under_the_same_key_is_not_done(api, cast, sign_in, ledger):
    forwarded(api, cast)
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    assert bulk(tariq, "st-marys/1").status_code == 303
    answer = bulk(tariq, "st-marys/2")
    assert answer.status_code == 409
    assert "You have already sent this form" in text_of(answer)
    assert ledger.rows("SELECT la_assignee_id FROM incidents WHERE number = 2") == [(None,)]


def test_a_bulk_step_that_did_nothing_leaves_its_key_free(api, cast, sign_in):
    forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    assert bulk(tariq, "st-marys/99").status_code == 409
    assert bulk(tariq, "st-marys/1").status_code == 303


def test_another_persons_key_is_another_key(api, cast, sign_in, ledger):
    forwarded(api, cast)
    forwarded(api, cast)
    assert bulk(sign_in(cast.tariq), "st-marys/1").status_code == 303
    assert bulk(sign_in(cast.mo), "st-marys/2").status_code == 303
    assert ledger.rows("SELECT count(*) FROM incidents WHERE la_assignee_id IS NULL") == [(0,)]


# --- with files ---


def hand_in(browser: Any, data: bytes, name: str = "list.csv", **more: str) -> Any:
    form = {"file": (io.BytesIO(data), name), "la_code": "881", "submission_id": KEY, **more}
    return browser.post(IMPORT, form, content_type="multipart/form-data")


def hand_in_large(browser: Any, data: bytes) -> Any:
    """As raw bytes: werkzeug's own client would leave a temporary file open."""
    form = {"csrf_token": browser._token, "la_code": "881", "submission_id": KEY}
    file = FileStorage(io.BytesIO(data), "list.csv", content_type="text/csv")
    body, _, boundary = stream_encode_multipart({**form, "file": file})
    with body:
        return browser.client.post(
            IMPORT, data=body.read(), content_type=f"multipart/form-data; boundary={boundary}"
        )


@pytest.fixture
def ada(sign_in, cast):
    browser = sign_in(cast.ada)
    browser.get(IMPORT)
    return browser


HILL = written([simple_row(114723, "Hill School")])
DALE = written([simple_row(114723, "Dale School")])


def test_the_same_file_twice_is_one_import(ada, ledger):
    first, second = hand_in(ada, HILL), hand_in(ada, HILL)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert count(ledger, "school_imports") == 1
    # What was hashed can still be read: the file arrived whole.
    assert "Hill School" in ada.get(first.location).text


@pytest.mark.parametrize(
    "other", [{"data": DALE}, {"data": HILL, "name": "other.csv"}, {"data": HILL, "la_code": "880"}]
)
def test_another_file_or_name_under_the_same_key_is_not_taken(ada, ledger, other):
    hand_in(ada, HILL)
    assert len(HILL) == len(DALE)
    assert hand_in(ada, **other).status_code == 409
    assert count(ledger, "school_imports") == 1


def test_a_large_file_is_read_from_its_temporary_file_and_left_as_it_was(ada, ledger):
    rows = [simple_row(100_000 + number, f"School {number}") for number in range(20_000)]
    large = written(rows)
    assert len(large) > 600_000, "it must be too large to be kept in memory"
    first, second = hand_in_large(ada, large), hand_in_large(ada, large)
    assert first.status_code == 303
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert hand_in_large(ada, large + b"\n").status_code == 409


def test_applying_an_import_twice_changes_once(ada, ledger):
    address = hand_in(ada, HILL).location
    page = ada.get(address).text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    sent = {"seen": seen, "submission_id": f"{KEY}-apply"}
    first = ada.post(f"{address}/application", sent)
    events = count(ledger, "la_events"), count(ledger, "schools")
    second = ada.post(f"{address}/application", sent)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert (count(ledger, "la_events"), count(ledger, "schools")) == events
