"""What goes over the wire: both bodies, the headers, and nothing that anybody typed into them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.bell import JOB_SECONDS
from app.later import uuid7
from app.notifications import post as office
from app.notifications import transports
from app.notifications.letters import Letter, Permanent, Temporary
from app.notifications.mail import sound_address, write
from app.notifications.post import post, use_post
from app.notifications.transports import Folder, Server, Smtp, file_name, transport_for
from config import BadSetting
from tests.incidents.pages import logged
from tests.notifications.conftest import Sink
from workers import drain
from workers.boxes import _MAY_WAIT
from workers.doorbell import STAYS_SECONDS

RITA = "rita@st-marys.example"
HOSTILE = (
    "Rita\r\nBcc: thief@evil.example",
    "Rita\nTo: thief@evil.example\n\nDear thief",
    'Rita" <thief@evil.example>, "',
    "thief@evil.example, Rita",
    "Rita <thief@evil.example>",
    "=?utf-8?q?Rita=0D=0ABcc=3A_thief=40evil.example?=",
    "=?utf-8?b?UmF0DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?=",
    "==?=?utf-8?q?Rita=0D=0ABcc=3A_thief=40evil.example?=",
    "Rita\u2028Bcc: thief@evil.example",
    "Rita\x00\x0b\x85Bcc: thief@evil.example",
    "‮elpmaxe.live@feiht",
    "Ünï, “côdé” <thief@evil.example>;" * 8,
    "(comment) Rita; group: thief@evil.example;",
    "x" * 5000,
    "é" * 5000,
    "",
)


def letter(**more: Any) -> Letter:
    usual = {"to": RITA, "to_name": "Rita", "subject": "Hello", "paragraphs": ("One.", "Two.")}
    return Letter(**{**usual, **more})


def written(one: Letter) -> bytes:
    _, content = write(
        one,
        message_id=uuid7(),
        sender="Deskbell <desk@la.example>",
        public_url="https://desk.la.example",
    )
    return content


def read(raw: bytes) -> Any:
    return message_from_bytes(raw, policy=default)


@pytest.mark.parametrize("typed", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_type_adds_no_receiver_and_no_header(typed: str) -> None:
    """A45, in every place that takes text."""
    raw = written(letter(to_name=typed, subject=typed, paragraphs=(typed,), small_print=(typed,)))
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert names == [
        b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted",
        b"X-Auto-Response-Suppress", b"MIME-Version", b"Content-Type",
    ]  # fmt: skip
    # As other programs read it: with Python's new parser and its old one.
    assert [one.addr_spec for one in read(raw)["To"].addresses] == [RITA]
    assert [one for _, one in getaddresses([str(message_from_bytes(raw)["To"])])] == [RITA]
    assert not re.search(r"[\r\n\x00\u2028]", str(read(raw)["Subject"]))


def test_script_and_template_text_stay_text() -> None:
    """A36."""
    typed = "<script>alert(1)</script>{{ 7*7 }}${7*7}<img src=x onerror=alert(1)>"
    message = read(written(letter(to_name=typed, subject=typed, paragraphs=(typed,))))
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert "49" not in html + str(message["Subject"])
    assert typed in message.get_body(("plain",)).get_content()


def test_the_html_loads_nothing() -> None:
    one = letter(button=("Open it", "https://desk.la.example/st-marys/incidents/1"))
    html = read(written(one)).get_body(("html",)).get_content()
    assert re.findall(r"(?:src|url|background)\s*[=(]", html) == []
    assert html.count("https://") == 2  # the button and the same to copy


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rita@Bücher.example", "rita@xn--bcher-kva.example"),
        ("O'Neil+x@school.example", "O'Neil+x@school.example"),
        ("jürgen@school.example", "jürgen@school.example"),
    ],
)
def test_addresses_of_all_kinds(typed: str, meant: str) -> None:
    assert sound_address(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "rita", "@school.example", "rita@", "a b@school.example", "a\r\nb@school.example",
     "a,b@school.example", "a@b@school.example", ".a@school.example", "a..b@school.example",
     "<a@school.example>", "a@school.example>", f"{'a' * 65}@school.example",
     "a@sch\u0000ool.example", "a@\u2028x.example", "a@-ü-.example"],
)  # fmt: skip
def test_what_is_no_address_is_given_up_at_once(typed: str) -> None:
    with pytest.raises(Permanent) as refusal:
        sound_address(typed)
    assert refusal.value.is_address
    assert typed not in refusal.value.said or not typed


@pytest.fixture
def send(app: Flask, sink: Sink) -> Iterator[Callable[..., None]]:
    """As a task would, at nobody's school."""
    with app.app_context():
        yield lambda **more: post(letter(**more), message_id=uuid7())


def test_a_mail_as_the_server_gets_it(
    sink: Sink, deliver: Callable[[], int], api: Any, cast: Any
) -> None:
    logged(api, cast)
    deliver()
    (mail,) = sink.to(RITA)
    message = mail.message
    assert message["Subject"] == "STM-1 received: Projector shows no picture"
    assert message["To"] == "Rita Reporter <rita@st-marys.example>"
    assert message["From"] == "Deskbell <deskbell@localhost>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Unsubscribe"] == "<http://localhost/account/mail>"
    assert re.fullmatch(r"<[0-9a-f-]{36}@localhost>", message["Message-ID"])
    (others,) = sink.to(cast.sam.email)
    assert others.message["References"] == message["References"] == message["In-Reply-To"]
    assert re.fullmatch(r"bounces\+[0-9a-f]{32}\.\d+\.[a-z2-7]{12}@desk\.example", mail.sender)
    for body in (mail.plain, mail.html):
        assert "http://localhost/st-marys/incidents/1" in body
        assert "Projector shows no picture" in body
        assert "A blue screen" not in body, "no more of the sheet than its title"


def test_all_mails_of_a_drain_go_over_one_connection(
    sink: Sink, deliver: Callable[[], int], api: Any, cast: Any
) -> None:
    for _ in range(4):
        logged(api, cast)
    before = sink.connections
    deliver()
    assert len(sink.taken) == 8
    assert sink.connections == before + 1


def test_a_dropped_connection_is_made_anew(sink: Sink, send: Callable[..., None]) -> None:
    send()
    sink.stop()
    sink.start()
    send()
    assert len(sink.taken) == 2


def test_a_name_in_another_script_needs_a_server_that_knows_it(
    sink: Sink, send: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(to="jürgen@school.example")
    assert sink.taken[0].receivers == ["jürgen@school.example"]
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda self, name: False)
    with pytest.raises(Permanent) as refusal:
        send(to="jürgen@school.example")
    assert refusal.value.is_address


@pytest.mark.parametrize(
    ("place", "said", "kind", "is_address"),
    [
        (RITA, "550 5.1.1 rita@st-marys.example is unknown", Permanent, True),
        (RITA, "450 4.2.1 try later rita@st-marys.example", Temporary, False),
        (RITA, "550 nobody of that name", Permanent, True),
        (RITA, "554 5.7.1 <rita@st-marys.example>: Relay access denied", Temporary, False),
        (RITA, "554 Relay access denied", Temporary, False),
        (RITA, "550 5.7.1 Client host blocked", Temporary, False),
        (RITA, "552 5.2.2 mailbox full", Temporary, False),
        (RITA, "552 mailbox full", Temporary, False),
        (RITA, "530 sign in first", Temporary, False),
        (RITA, "550 5.4.6 a loop", Permanent, False),
        ("MAIL", "530 5.7.1 sign in first", Temporary, False),
        ("MAIL", "553 5.7.1 not your address", Temporary, False),
        ("MAIL", "550 who are you?", Temporary, False),
        ("DATA", "554 5.7.1 looks like spam to rita@st-marys.example", Temporary, False),
        ("DATA", "554 5.6.0 broken", Permanent, False),
        ("DATA", "550 no", Permanent, False),
        ("DATA", "550 5.1.1 unknown", Permanent, True),
        ("DATA", "451 4.3.0 disk full", Temporary, False),
        ("DATA", "421 going down", Temporary, False),
    ],
)
def test_what_the_server_says_decides(
    sink: Sink,
    send: Callable[..., None],
    place: str,
    said: str,
    kind: type[Exception],
    is_address: bool,
) -> None:
    sink.answers[place] = said
    with pytest.raises(kind) as refusal:
        send()
    assert refusal.value.said == f"SMTP {said[:3]}"  # type: ignore[attr-defined]
    assert getattr(refusal.value, "is_address", False) == is_address
    sink.answers.clear()
    send()
    assert len(sink.taken) == 1, "the connection is good for the next one"


def test_a_refusal_costs_no_connection(sink: Sink, send: Callable[..., None]) -> None:
    send()
    before = sink.connections
    for said in ("550 5.1.1 unknown", "552 5.2.2 full", "450 later"):
        sink.answers = {RITA: said}
        with pytest.raises((Temporary, Permanent)):
            send()
        sink.answers = {}
        send()
    assert sink.connections == before
    assert len(sink.taken) == 4


@pytest.mark.parametrize("content", [b"a\r\n.\r\n..b\r\n.c\r\n", b".", b"a\r\n.b"])
def test_a_line_that_is_a_dot_does_not_end_the_mail(sink: Sink, content: bytes) -> None:
    server = Smtp(Server("127.0.0.1", sink.port, "", "", is_tls=False))
    envelope, _, number = write_for(server)
    for _ in range(2):
        server.send(envelope, content, number)
    server.close()
    assert {one.raw.removesuffix(b"\r\n") for one in sink.taken} == {content.removesuffix(b"\r\n")}
    assert len(sink.taken) == 2


@pytest.mark.parametrize(
    ("place", "said", "is_server"),
    [
        ("MAIL", "553 5.7.1 not your address", True),
        ("MAIL", "451 4.3.2 not now", True),
        (RITA, "554 5.7.1 not there", False),
        ("DATA", "451 4.3.0 disk full", False),
    ],
)
def test_what_is_said_before_the_receiver_is_said_of_us(
    sink: Sink, send: Callable[..., None], place: str, said: str, is_server: bool
) -> None:
    """No other mail of this drain would go either."""
    sink.answers[place] = said
    with pytest.raises(Temporary) as refusal:
        send()
    assert refusal.value.is_server is is_server


def test_a_server_that_will_not_encrypt_today_loses_no_mail(
    sink: Sink, send: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:

    async def refuse(self: Any, argument: str) -> None:
        await self.push("554 5.7.3 not today")

    monkeypatch.setattr("aiosmtpd.smtp.SMTP.smtp_STARTTLS", refuse)
    monkeypatch.setattr("smtplib.SMTP.has_extn", lambda self, name: name == "starttls")
    with pytest.raises(Temporary) as refusal:
        send()
    assert (refusal.value.said, refusal.value.is_server) == ("SMTP 554", True)


def test_all_of_a_mail_ends_before_the_drain_must() -> None:
    """Begun at the end of a drain's hours it ends before the bell's job is killed; and PostgreSQL
    waits for longer than that."""
    longest = drain.SECONDS + transports.MAIL_SECONDS + drain.BACK_SECONDS
    assert STAYS_SECONDS + longest < JOB_SECONDS
    assert max(transports.STEP_SECONDS, transports.TAKING_SECONDS) < transports.MAIL_SECONDS
    assert _MAY_WAIT == ("idle_in_transaction_session_timeout", "60s")


def test_a_server_that_is_away_is_tried_again(sink: Sink, send: Callable[..., None]) -> None:
    sink.stop()
    with pytest.raises(Temporary) as refusal:
        send()
    assert refusal.value.said == "ConnectionRefusedError"


def test_a_password_is_not_sent_in_the_clear(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.notifications.transports._LOCAL", frozenset())
    open_server = Smtp(Server("127.0.0.1", sink.port, "desk", "secret", is_tls=False))
    with pytest.raises(Temporary, match="no STARTTLS"):
        open_server.send(*write_for(open_server))


def write_for(_: Any) -> tuple[Any, Any, UUID]:
    number = uuid7()
    envelope, content = write(
        letter(), message_id=number, sender="desk@la.example", public_url="https://desk.example"
    )
    return envelope, content, number


def test_wrong_credentials_lose_no_mail(sink: Sink) -> None:
    """The sink knows no AUTH: whatever is wrong with ours is mended by the LA, not by giving up."""
    server = Smtp(Server("127.0.0.1", sink.port, "desk", "secret", is_tls=False))
    with pytest.raises(Temporary):
        server.send(*write_for(server))


def test_in_a_folder_each_mail_is_a_file_and_the_same_mail_the_same(tmp_path: Path) -> None:
    transport = Folder(tmp_path / "mail")
    envelope, content, number = write_for(transport)
    for _ in range(2):
        transport.send(envelope, content, number)
    (found,) = (tmp_path / "mail").iterdir()
    assert found.name == file_name(number)
    assert read(found.read_bytes())["To"] == "Rita <rita@st-marys.example>"


@pytest.mark.parametrize(
    "url", ["", "http://mail.example", "smtp://", "smtp://host:port", "mail.example", "file:"]
)
def test_a_setting_that_cannot_be_right(url: str) -> None:
    with pytest.raises(BadSetting):
        transport_for(url)


@pytest.mark.parametrize("text", ["", "Deskbell", "Deskbell <desk>", "Desk <a b@x.example>"])
def test_a_sender_that_is_none(app: Flask, text: str) -> None:
    settings = app.config["SETTINGS"]
    try:
        with pytest.raises(BadSetting):
            use_post(replace(settings, mail_from=text))
    finally:
        use_post(settings)


def test_links_are_of_the_deployment(sink: Sink) -> None:
    assert office.absolute("/x") == "http://localhost/x"


def test_a_server_that_does_not_answer_is_left_alone_for_a_moment(
    send: Callable[..., None], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.notifications.transports.STEP_SECONDS", 0.2)
    monkeypatch.setattr("app.notifications.transports.REST_SECONDS", 60)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"smtp://127.0.0.1:{deaf.getsockname()[1]}"
        use_post(replace(app.config["SETTINGS"], mail_url=url))
        said = []
        for _ in range(3):
            with pytest.raises(Temporary) as refusal:
                send()
            said.append(refusal.value.said)
    assert said == ["SMTPServerDisconnected", "server away", "server away"]
