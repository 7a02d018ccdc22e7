"""A real SMTP server that keeps what it takes, and the outbox drained into it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Protocol
from flask import Flask

from app.notifications.post import hang_up, use_post
from app.relay import relay_engine
from config import Settings
from workers.drain import drain


class Taken:
    """One mail as the server got it: whom it was for, and the message."""

    def __init__(self, sender: str, receivers: list[str], content: bytes) -> None:
        self.sender = sender
        self.receivers = receivers
        self.raw = content
        self.message: EmailMessage = message_from_bytes(content, policy=default)  # type: ignore[assignment]

    @property
    def plain(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])


class Sink:
    """What aiosmtpd asks at each step. `answers` says what it gets told instead of "OK"."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.connections = 0
        # For an address (RCPT), or for "MAIL" or "DATA": an answer.
        self.answers: dict[str, str] = {}
        # Each mail is taken at once, and told so only when this is set.
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.port = 0
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = _Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        self.port = self._controller.port

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, email: str) -> list[Taken]:
        return [one for one in self.taken if one.receivers == [email]]

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        await asyncio.get_running_loop().run_in_executor(None, self.may_answer.wait, 10)
        return "250 OK"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """The port is the system's to choose; only now it is known."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> Protocol:
        return Protocol(self.handler, enable_SMTPUTF8=True, ident="sink")


@pytest.fixture
def sink(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    # A test that starts it again does not wait for the pause after it was away.
    monkeypatch.setattr("app.notifications.transports.REST_SECONDS", 0)
    settings: Settings = app.config["SETTINGS"]
    found = Sink()
    found.start()
    use_post(replace(settings, mail_url=found.url, bounces_to="bounces@desk.example"))
    yield found
    found.may_answer.set()
    hang_up()
    found.stop()
    use_post(settings)


@pytest.fixture
def deliver(app: Flask) -> Callable[[], int]:
    """Drain the outboxes in a thread of its own, as a worker would: no context is shared."""
    relay = relay_engine(app.config["SETTINGS"])

    def deliver() -> int:
        taken: list[int] = []
        problems: list[BaseException] = []

        def run() -> None:
            try:
                with app.app_context():
                    taken.append(drain(relay, 20))
            except BaseException as error:
                problems.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(60)
        if problems:
            raise problems[0]
        return taken[0]

    return deliver
