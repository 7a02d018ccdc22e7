"""A mail server that keeps a line for each mail it took: `python -m tests.chaos.sink FILE PORT`.

Each line is written and flushed before the sender is told that the mail was taken.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from deploy.server import end_with_starter
from tests.chaos.surroundings import ROOT, clean_environment

_MESSAGE_ID = re.compile(rb"^message-id:\s*<?([^>\s]+)", re.IGNORECASE | re.MULTILINE)


class Mail(NamedTuple):
    message_id: str
    to: str
    at: float


class Sink:
    """Started and stopped by the harness; what it took stays in its file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with socket.socket() as any_free:
            any_free.bind(("127.0.0.1", 0))
            self.port: int = any_free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.sink", str(self.file), str(self.port)],
            cwd=ROOT,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            preexec_fn=end_with_starter(signal.SIGTERM),
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise SystemExit("The mail server of the harness did not start.")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def mails(self) -> list[Mail]:
        if not self.file.exists():
            return []
        lines = self.file.read_text().splitlines()
        return [Mail(**json.loads(line)) for line in lines]


class _Handler:
    def __init__(self, file: Path) -> None:
        self._file = file.open("a")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = _MESSAGE_ID.search(envelope.content)
        for to in envelope.rcpt_tos:
            mail = {"message_id": found[1].decode() if found else "", "to": to, "at": time.time()}
            self._file.write(json.dumps(mail) + "\n")
        self._file.flush()
        return "250 taken"


def main(file: Path, port: int) -> None:
    from aiosmtpd.controller import Controller

    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    server = Controller(_Handler(file), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    server.start()
    print("up", flush=True)
    told.wait()
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
