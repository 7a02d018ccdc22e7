"""A mail that came back: ours is noted, everything else is ignored, and nothing ever breaks."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.later import uuid7
from app.notifications.bounces import LONGEST, Verp, read_bounce
from app.notifications.post import verp
from tests.incidents.pages import logged
from tests.ledger import Ledger
from tests.notifications.conftest import Sink

VERP = Verp("bounces", "desk.example", b"k" * 32)
ROW = UUID("019a0000-0000-7000-8000-000000000001")


def report(to: str, status: str = "5.1.1", kind: str = "multipart/report") -> bytes:
    return f"""\
From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: {kind}; report-type=delivery-status; boundary="BB"

--BB
Content-Type: text/plain

I am sorry.

--BB
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; rita@st-marys.example
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown

--BB
Content-Type: message/rfc822

Subject: STM-1

--BB--
""".encode()


def test_a_report_of_ours_says_which_mail_it_was() -> None:
    address = VERP.address(ROW, 7)
    assert len(address.partition("@")[0]) <= 64
    found = read_bounce(report(address), VERP)
    assert found == (ROW, 7, "5.1.1")
    assert read_bounce(report(f"Desk <{address.upper()}>"), VERP) == found


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff" * 1000,
        b"x" * (LONGEST + 1),
        report("bounces@desk.example"),
        report(VERP.address(ROW, 7).replace(".7.", ".8.")),
        report(Verp("bounces", "desk.example", b"other").address(ROW, 7)),
        report(VERP.address(ROW, 7).replace("desk.example", "evil.example")),
        report(VERP.address(ROW, 7), "4.4.7"),
        report(VERP.address(ROW, 7), "2.0.0"),
        report(VERP.address(ROW, 7), "5.2.2"),
        report(VERP.address(ROW, 7), "5.7.1"),
        report(VERP.address(ROW, 7), "5.0.0"),
        report(VERP.address(ROW, 7), "5"),
        report(VERP.address(ROW, 7), kind="multipart/mixed"),
        report(VERP.address(ROW, 7)).replace(b"message/delivery-status", b"text/plain"),
    ],
    ids=range(15),
)
def test_whatever_else_is_ignored(raw: bytes) -> None:
    assert read_bounce(raw, VERP) is None


def test_no_damage_raises_anything() -> None:
    random.seed(20260113)
    good = report(VERP.address(ROW, 7))
    read = 0
    for _ in range(600):
        raw = bytearray(good)
        for _ in range(random.choice((1, 3, 20))):
            place = random.randrange(len(raw))
            how = random.randrange(4)
            if how == 0:
                raw[place] = random.randrange(256)
            elif how == 1:
                del raw[place : place + random.randrange(40)]
            elif how == 2:
                raw[place:place] = random.randbytes(random.randrange(30))
            else:
                raw[place:place] = random.choice(
                    (b"\r\n\r\n", b"=?utf-8?q?", b"--BB\n", b"\x00", b'boundary="', b"<" * 99)
                )
            if not raw:
                break
        found = read_bounce(bytes(raw), VERP)
        assert found in (None, (ROW, 7, "5.1.1")) or found[:2] == (ROW, 7)
        read += found is not None
    assert 0 < read < 600


def come_back(app: Flask, raw: bytes) -> str:
    answer = app.test_cli_runner().invoke(args=["mail", "bounced"], input=raw)
    assert answer.exit_code == 0, answer.output
    return answer.output.strip()


def test_the_command_notes_the_address_once_and_says_nothing_else(
    app: Flask,
    sink: Sink,
    deliver: Callable[[], int],
    api: Any,
    cast: Any,
    ledger: Ledger,
) -> None:
    logged(api, cast)
    deliver()
    (mail,) = sink.to(cast.rita.email)
    raw = report(mail.sender)
    assert come_back(app, raw.replace(b"5.1.1", b"4.4.1")) == "ignored"
    assert ledger.rows("SELECT 1 FROM mail_troubles") == []
    assert come_back(app, raw) == "noted"
    assert come_back(app, raw) == "ignored"
    assert ledger.rows("SELECT address, name, said FROM mail_troubles") == [
        (cast.rita.email, "Rita Reporter", "came back, 5.1.1")
    ]
    assert len(ledger.rows("SELECT 1 FROM events WHERE kind = 'mail.refused'")) == 1
    assert ledger.rows("SELECT count(*) FROM incidents") == [(1,)]
    sink.taken.clear()
    logged(api, cast)
    deliver()
    assert sink.to(cast.rita.email) == [], "nothing more goes there"


def test_a_signed_report_of_a_row_that_is_not_there_is_ignored(app: Flask, sink: Sink) -> None:
    signed = verp()
    assert signed is not None
    for school_id in (0, 1, 999):
        assert come_back(app, report(signed.address(uuid7(), school_id))) == "ignored"


def test_without_an_address_for_them_nothing_is_believed(app: Flask) -> None:
    assert come_back(app, report(VERP.address(ROW, 7))) == "ignored"
