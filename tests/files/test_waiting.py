"""What a form that is refused leaves behind: bounded, counted, and nothing for a program."""

from __future__ import annotations

import pytest

from tests.files import samples
from tests.files.desk import API, HERE, contents, kept_keys, post, report, rows, send
from tests.incidents.pages import BROKEN, logged, text_of

TOO_MANY = "You have too many files waiting. Send the forms they belong to, or try again tomorrow"


def texts(batch: int, count: int = 5) -> list[tuple[str, bytes]]:
    return [(f"{batch}-{one}.txt", f"words {batch} {one}".encode()) for one in range(count)]


def test_twenty_files_wait_and_no_more(sign_in, app, cast):
    rita, ravi = sign_in(cast.rita), sign_in(cast.ravi)
    pages = [report(rita, texts(batch), title="") for batch in range(4)]
    assert [page.status_code for page in pages] == [422] * 4
    assert len(rows(app)) == len(contents(app)) == 20
    refused = report(rita, texts(4, 1), title="", happened="Typed before")
    assert refused.status_code == 422 and TOO_MANY in text_of(refused)
    assert "Typed before" in text_of(refused)
    draft = post(rita, f"{HERE}/draft", texts(5, 1), title="Half done")
    assert draft.status_code == 422 and TOO_MANY in text_of(draft)
    assert len(rows(app)) == len(contents(app)) == 20
    assert len(kept_keys(report(ravi, texts(6, 1), title=""))) == 1
    # The form is sent: its files wait no longer.
    keys = kept_keys(pages[0])
    assert report(rita, [], kept_file=keys).status_code == 303
    assert len(kept_keys(report(rita, texts(7), title=""))) == 5


def test_forms_that_come_together_count_each_other(sign_in, app, cast, monkeypatch):
    """Each looked before the other had written anything down."""
    from app.files import intake

    rita = sign_in(cast.rita)
    for batch in range(3):
        report(rita, texts(batch), title="")
    report(rita, texts(3, 3), title="")
    with monkeypatch.context() as patch:
        patch.setattr(intake, "_too_many", lambda *_: None)
        page = report(rita, texts(4, 3), title="")
    assert page.status_code == 422 and TOO_MANY in text_of(page) and not kept_keys(page)
    assert len(rows(app)) == 18


def test_a_program_s_files_are_kept_all_or_none(api, app, cast):
    number = logged(api, cast)
    rita = api(cast.rita)
    mixed = [("a.png", samples.png()), ("x.svg", samples.SVG)]
    assert send(rita, number, mixed).status_code == 422
    assert contents(app) == [] and rows(app) == []


def test_what_would_be_refused_anyway_is_not_stored(api, app, cast):
    number = logged(api, cast)
    rita, photo = api(cast.rita), [("a.png", samples.png())]
    assert send(rita, number, photo, {"If-Match": '"99"'}).status_code == 412
    assert send(rita, number, photo, visibility="internal").status_code == 403
    gone = rita.put(f"{API}/{number}/cancellation", {"reason": "By mistake"})
    assert gone.status_code < 300, gone.json
    assert send(rita, number, photo).status_code == 409
    assert contents(app) == [] and rows(app) == []


@pytest.mark.parametrize("page", ["notes", "sheet", "checks"])
def test_an_incident_that_is_not_there_takes_no_files(page, sign_in, app, cast):
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/new")
    sent = post(sam, f"{HERE}/99/{page}", [("a.png", samples.png())], text="x", check="x", **BROKEN)
    assert sent.status_code == 404
    assert contents(app) == [] and rows(app) == []


def test_an_incident_out_of_sight_takes_no_files(sign_in, api, app, cast):
    number = logged(api, cast)
    ravi = sign_in(cast.ravi)
    ravi.get(f"{HERE}/new")
    for page in ("notes", "sheet"):
        sent = post(ravi, f"{HERE}/{number}/{page}", [("a.png", samples.png())], text="x", **BROKEN)
        assert sent.status_code == 404
    assert contents(app) == [] and rows(app) == []


def test_files_of_a_refused_note_are_counted(sign_in, api, app, cast):
    """A reporter may not write internal notes; what came with one is not left without a row."""
    number = logged(api, cast)
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/{number}/notes")
    words = {"text": "x", "visibility": "internal"}
    sent = post(rita, f"{HERE}/{number}/notes", [("a.txt", b"words")], **words)
    assert sent.status_code == 403
    assert len(rows(app)) == len(contents(app)) == 1
    assert rows(app)[0]["incident_id"] is None


def test_a_note_out_of_reach_keeps_its_text_and_no_file(sign_in, api, app, cast):
    number = logged(api, cast)
    api(cast.sam).put(f"{API}/{number}/check", {"impact": 2, "urgency": 1, "category": "display"})
    tariq = sign_in(cast.tariq)  # at the LA, and it is not with them
    tariq.get("/account")
    photo = [("a.png", samples.png())]
    sent = post(tariq, f"{HERE}/{number}/notes", photo, text="Typed before")
    assert sent.status_code == 403 and "Typed before" in text_of(sent)
    assert contents(app) == [] and rows(app) == []
