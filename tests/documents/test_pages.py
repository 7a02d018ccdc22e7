"""Documents as pages."""

from __future__ import annotations

from tests.api.desk import done
from tests.documents.test_documents import DOCUMENTS, OUTAGE, STRATEGY, YES, written
from tests.incidents.pages import text_of, version_on

LIST = "/st-marys/documents"


def test_a_text_is_written_authorised_and_printed(app, sign_in, cast):
    sam, dora = sign_in(cast.sam), sign_in(cast.dora)
    assert "Nothing is written yet" in text_of(sam.get(LIST))
    text = "# First\n- Ring <b>the</b> desk"
    assert sam.post(f"{LIST}/new", {**OUTAGE, "text": text}).status_code == 303
    assert sam.get(f"{LIST}/1/print").status_code == 404
    page = dora.get(f"{LIST}/1")
    assert "<li>Ring &lt;b&gt;the&lt;/b&gt; desk</li>" in page.text
    said = {"of": "1", "decision": "authorised", "version": version_on(page)}
    assert dora.post(f"{LIST}/1/decision", said).status_code == 303
    assert "authorised by Dora Owner" in text_of(sam.get(f"{LIST}/1/print"))


def test_a_new_version_shows_what_it_would_change(app, sign_in, cast):
    written(app)
    done(app, "dora", "put", f"{DOCUMENTS}/1/versions/1", YES)
    theo = sign_in(cast.theo)
    page = theo.get(f"{LIST}/1/versions")
    assert OUTAGE["text"].splitlines()[1] in text_of(page)
    said = {"text": "# First\n- Ring the LA", "version": version_on(page)}
    assert theo.post(f"{LIST}/1/versions", {**said, "version": "9"}).status_code == 412
    assert theo.post(f"{LIST}/1/versions", said).status_code == 303
    page = sign_in(cast.ike).get(f"{LIST}/1?of=2").text
    assert "<del>" in page
    assert "<ins>" in page
    refused = {
        "of": "2",
        "decision": "declined",
        "version": version_on(theo.get(f"{LIST}/1/versions")),
    }
    assert theo.post(f"{LIST}/1/decision", refused).status_code == 403
    ike = sign_in(cast.ike)
    answer = ike.post(f"{LIST}/1/decision", refused)
    assert answer.status_code == 422
    assert "Say why it is declined" in text_of(answer)


def test_the_strategy_ticks_its_checklist(app, sign_in, cast):
    written(app, **STRATEGY)
    sam = sign_in(cast.sam)
    page = sam.get(f"{LIST}/1/change")
    said = {"title": "Ours", "covers": ["roles"], "version": version_on(page)}
    assert sam.post(f"{LIST}/1/change", said).status_code == 303
    page = text_of(sam.get(f"{LIST}/1"))
    assert page.count("In the text") == 1
    assert "In the registers: 4 people with a role of the desk" in page
    # Nothing ticked is an answer too.
    said = {"title": "Ours", "version": version_on(sam.get(f"{LIST}/1/change"))}
    assert sam.post(f"{LIST}/1/change", said).status_code == 303
    assert "In the text" not in text_of(sam.get(f"{LIST}/1"))


def test_lists_as_files(app, sign_in, cast):
    written(app)
    sam = sign_in(cast.sam)
    assert "The internet is down" in sam.get(f"{LIST}.csv?kind=procedure").text
    assert "The internet is down" not in sam.get(f"{LIST}.csv?kind=strategy").text
    assert sam.get(f"{LIST}.xlsx").data[:2] == b"PK"
    assert sam.get(f"{LIST}.csv?kind=poem").status_code == 422
