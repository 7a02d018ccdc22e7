"""Text that strangers send (reliability.md A01, A04–A06, A36, A38, A39): kept as it is where a
person could have meant it, refused with a sentence where not, and never an error of ours."""

from __future__ import annotations

import logging

import pytest

from tests.api.desk import (
    BROKEN,
    INCIDENTS,
    SCHOOL,
    bring,
    check_refused,
    done,
    log,
    report,
    send,
)

INVISIBLE = {
    "nothing": "",
    "blanks": "   ",
    "a no-break space": "\u00a0",
    "zero width": "\u200b\u200c\u200d\ufeff",
    "a word joiner": "\u2060",
    "breaks": "\n\n\t\r\n",
    "a soft hyphen": "\u00ad",
    "marks of direction": "\u200e\u200f",
    "wide blanks": "\u3000\u2003\u202f",
    "a Mongolian one": "\u180e",
    "Hangul fillers": "\u3164\u115f\u1160\uffa0",
    "an empty Braille cell": "\u2800",
    "an accent alone": "\u0301",
    "a joiner": "\u034f",
    "variations": "\ufe0f\ufe0e",
    "tags": "\U000e0041\U000e007f",
    "line separators": "\u2028\u2029",
}


BROKEN_TEXT = {
    "NUL": "a\x00b",
    "bell": "a\x07b",
    "backspace": "a\x08b",
    "escape": "\x1b[31mred",
    "form feed": "a\x0cb",
    "delete": "a\x7fb",
    "next line": "a\x85b",
    "C1": "a\x9bb",
    "vertical tab": "a\x0bb",
    "high surrogate": "a\ud800b",
    "low surrogate": "a\udfffb",
    "swapped surrogates": "\udc00\ud800",
    "no character": "a\uffffb",
    "no character either": "a\ufdd0b",
    "right-to-left override": "a\u202egpj.exe",
    "left-to-right override": "\u202dabc",
}


HARMLESS = {
    "SQL": "' OR 1=1--",
    "more SQL": "'; DROP TABLE incidents; --",
    "script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "Jinja": "{{ 7 * 7 }}{% for x in () %}",
    "format": "%s%n{0}{x!r}",
    "a formula": "=cmd|' /C calc'!A0",
    "another formula": "@SUM(1+1)*cmd",
    "plus": "+1",
    "minus": "-1",
    "a URL": "http://169.254.169.254/latest/meta-data",
    "a file": "file:///etc/passwd",
    "a path": "../../etc/passwd",
    "JSON": '{"status": "closed"}',
    "a template": "${7*7}#{7*7}",
    "LDAP": "*)(uid=*",
    "a mail header": "x Bcc: a@b.example",
    "emoji": "💡👩🏽‍🏫🇬🇧",
    "Welsh": "Ysgol y Gân, tŷ",
    "right to left": "مدرسة",
    "Zalgo": "Z̶a̶l̶g̶o̶",
    "null": "null",
    "a marked path": "\u202aC:\\Users\\rita",
    "quotes": "“Mrs Brown’s” 'class' \"x\"",
    "backslashes": "\\\\\\",
    "undefined": "undefined",
}


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_required_text_that_nobody_would_see(app, text, is_unchanged):
    """A4."""
    for field in ("title", "expected", "happened"):
        check_refused(report(app, **{field: text}), field)
    for field in ("title", "expected", "happened", "location"):
        check_refused(report(app, **{field: None}), field)
    assert is_unchanged()


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_other_text_that_nobody_would_see_is_none_at_all(app, text):
    shown = report(app, checked=text, last_worked=text, contact_detail=text)
    assert shown.status_code == 201, shown.text
    assert (
        shown.json["checked"] is shown.json["last_worked"] is shown.json["contact_detail"] is None
    )


def test_required_text_of_every_step(app):
    path = bring(app, "at_desk")
    for method, where, field, rest in (
        ("post", "notes", "text", {}),
        ("post", "hand_back", "reason", {}),
        ("put", "cancellation", "reason", {}),
        ("post", "reopening", "reason", {}),
        ("post", "return", "missing", {}),
        ("put", "resolution", "text", {"type": "permanent_fix"}),
        ("post", "escalation", "note", {"to": "first_line"}),
        ("post", "checks", "check", {}),
    ):
        who = "mo" if where == "hand_back" else "sam"
        for text in ("", "  ", "\u200b", None):
            answer = send(app, who, method, f"{path}/{where}", {field: text, **rest})
            check_refused(answer, field)
        check_refused(send(app, who, method, f"{path}/{where}", rest), field)


@pytest.mark.parametrize("text", BROKEN_TEXT.values(), ids=BROKEN_TEXT)
def test_control_characters_and_broken_unicode(app, text, is_unchanged):
    """A6."""
    for field in ("title", "happened", "location", "asset", "last_worked", "available_when"):
        check_refused(report(app, **{field: text}), field)
    check_refused(send(app, "sam", "post", f"{SCHOOL}/locations", {"name": text}), "name")
    for field in ("type", "seen_before", "category", "channel", "occurred_at", "reporter_email"):
        answer = send(app, "sam", "post", INCIDENTS, {**BROKEN, field: text})
        check_refused(answer, field)
    assert is_unchanged()


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_hostile_text_is_kept_as_it_is(app, text):
    """A01, A36, A38: stored and shown literally; nothing is fetched, run or filled in."""
    path = log(app, title=text, happened=text, anything_else=text)
    note = done(app, "sam", "post", f"{path}/notes", {"text": text})
    assert note.json["text"] == text
    shown = done(app, "rita", "get", path)
    assert shown.mimetype == "application/json"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.json["title"] == shown.json["happened"] == shown.json["anything_else"] == text
    assert done(app, "rita", "get", INCIDENTS).json["items"][0]["title"] == text
    assert done(app, "rita", "get", f"{path}/notes").json["items"][0]["text"] == text


@pytest.mark.parametrize("letter", ["x", "é", "💡", "\u0301x"], ids=["x", "e", "emoji", "accent"])
def test_lengths_are_counted_in_characters(app, letter, is_unchanged):
    """A05."""
    size = 200 // len(letter)
    assert report(app, title=f"  {letter * size}\n").json["title"] == letter * size
    is_unchanged.start()
    answer = report(app, title=letter * size + "x")
    check_refused(answer, "title")
    assert answer.json["errors"]["title"] == ["Title must be 200 characters or fewer"]
    answer = report(app, anything_else="x" * 10_001)
    assert answer.json["errors"]["anything_else"] == [
        "Anything else must be 10,000 characters or fewer"
    ]
    assert is_unchanged()


def test_a_line_stays_one_line_and_long_text_keeps_its_lines(app):
    shown = report(app, title="Dark\r\nBcc: a@b.example\u2028x", happened="a\r\nb\rc\n\td").json
    assert shown["title"] == "Dark Bcc: a@b.example x"
    assert shown["happened"] == "a\nb\nc\n\td"


@pytest.mark.parametrize(
    "address",
    [
        "x",
        "@",
        "a@",
        "@b.example",
        "a b@c.example",
        "a@b",
        "a@b..example",
        "a@b.example\nBcc: c@d.example",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "x" * 250 + "@b.example",
        '"\x01"@b.example',
        "a@-b.example",
        7,
    ],
)
def test_what_is_no_mail_address(app, address, is_unchanged):
    sheet = {**BROKEN, "reporter_email": address}
    check_refused(send(app, "sam", "post", INCIDENTS, sheet), "reporter_email")
    assert is_unchanged()


def test_a_fake_log_line_stays_one_line(app, cast, caplog):
    """A39."""
    fake = "x\r\n2026-01-13 INFO somebody signed in"
    with caplog.at_level(logging.DEBUG):
        log(app, title=fake, happened=fake)
        headers = {
            "Authorization": f"Bearer {cast.rita.token}",
            "User-Agent": fake.replace("\r\n", " "),
        }
        app.test_client().get("/api/v1/schools/st-marys/incidents", headers=headers)
        send(app, "rita", "get", f"{INCIDENTS}?q=%0d%0aFAKE")
        app.test_client().get("/api/v1/%0d%0aFAKE", headers={"Cookie": "deskbell=x%0d%0aFAKE"})
    for record in caplog.records:
        if record.name.startswith(("app", "werkzeug")):
            assert "\n" not in record.getMessage()
            assert "somebody signed in" not in record.getMessage()
