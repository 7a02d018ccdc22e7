"""A report as PDF: what was written stays text, whatever it looks like."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from app.reports.paper import printing
from tests.api.desk import done, send
from tests.reports.issued.conftest import REPORTS, changed, drafted

PDF = f"{REPORTS}/1/pdf"
HOSTILE = (
    '#import "@preview/cetz:0.2.2": *',
    '#read("/etc/passwd") and #image("report.typ")',
    "$x^2$ @ref <label> ] [ } { \\ ` * _ = + / ~",
    "#panic() // gone /* gone */ https://example.org",
)


def read(answer) -> str:
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u00a0", " ").split())


def test_a_draft_says_that_it_is_one_and_an_issued_one_by_whom(app, january):
    drafted(app)
    text = read(done(app, "sam", "get", PDF))
    assert "DRAFT" in text and "Draft, counted on 3 February 2026" in text
    assert "two incidents were reported. One was resolved." in text
    assert "Projector, board or screen" in text
    done(app, "dora", "put", f"{REPORTS}/1/issue")
    text = read(done(app, "mo", "get", PDF))
    assert "DRAFT" not in text
    assert "Issued by Dora Owner on 3 February 2026" in text
    assert "Page 1 of" in text


def test_hostile_words_stay_words(app, january):
    drafted(app)
    changed(app, counts="\n".join(HOSTILE), kept="- " + HOSTILE[0])
    text = read(done(app, "sam", "get", PDF))
    for line in HOSTILE:
        assert line in text


def test_it_can_be_read_by_a_screen_reader(app, january):
    drafted(app)
    root = PdfReader(io.BytesIO(done(app, "sam", "get", PDF).data)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"


@pytest.mark.parametrize("limit", ["LARGEST", "WALL_SECONDS"])
def test_what_is_too_big_or_too_slow_is_said_and_is_no_bug(app, january, monkeypatch, limit):
    drafted(app)
    monkeypatch.setattr(printing, limit, 0.01)
    answer = send(app, "sam", "get", PDF)
    assert answer.status_code == 503
    assert "print the page instead" in answer.json["detail"]


def test_what_cannot_be_set_is_said_too():
    with pytest.raises(printing.NotPrinted):
        printing.as_pdf({"title": "No sections"})
