"""The mail of a test: the outbox drained into the folder that MAIL_URL names, and read there."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask

from app.relay import relay_engine
from config import Settings
from workers.drain import drain


class Mailbox:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings: Settings = app.config["SETTINGS"]
        self._folder = Path(unquote(urlsplit(self._settings.mail_url).path))
        for old in self._folder.glob("*.eml"):
            old.unlink()

    def to(self, email: str) -> list[EmailMessage]:
        """Everything this address has got, the newest last."""
        with self._app.app_context():
            drain(relay_engine(self._settings), 5)
        mails = [
            message_from_bytes(path.read_bytes(), policy=default)
            for path in sorted(self._folder.glob("*.eml"))
        ]
        return [one for one in mails if email in str(one["To"])]  # type: ignore[misc]

    def subjects(self, email: str) -> list[str]:
        return [str(one["Subject"]) for one in self.to(email)]

    def link(self, email: str, place: str) -> str:
        """The path of the newest link to that place."""
        plain = text_of(self.to(email)[-1])
        address = self._settings.public_url
        found = re.search(rf"{re.escape(address)}(/{place}/[\w.-]+)", plain)
        assert found, plain
        return found[1]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
