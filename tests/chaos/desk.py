"""A whole desk in a folder of its own, as production runs it: servers, web, worker, ticker.

The processes are kept by deploy/supervisor.py, as `make run` does it, in a process of their own
(supervise.py): what is killed is started again by that and by nobody else.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

from deploy.server import end_with_starter
from tests.chaos.sink import Sink
from tests.chaos.surroundings import ROOT, clean_environment

DATABASE = "deskbell"
LOGINS = {
    "DATABASE_URL": "web",
    "DATABASE_MIGRATOR_URL": "migrator",
    "DATABASE_RELAY_URL": "relay",
}
ONLY_FOR_UPGRADES = ("DATABASE_ADMIN_URL", "DATABASE_MIGRATOR_URL")
PATIENCE = 90.0


class Desk:
    """Made in order: `prepare()`, then `start()`; `stop()` leaves nothing behind."""

    def __init__(
        self, folder: Path, *, with_valkey: bool = True, more: dict[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.with_valkey = with_valkey
        self.sink = Sink(folder / "mails")
        self.settings: dict[str, str] = {}
        self._more = more or {}
        self._supervisor: subprocess.Popen[bytes] | None = None
        (folder / "log").mkdir(mode=0o700, parents=True)

    @contextmanager
    def only_postgres(self) -> Iterator[Any]:
        """For what is done before the desk runs."""
        from deploy.local_servers import start_postgres

        server = start_postgres(self.folder / "pg", max_connections=100)
        try:
            yield server
        finally:
            server.stop()

    def prepare(self, *, with_cast: bool = True) -> None:
        """Roles, schema and basics, by the command that production uses; then the cast."""
        with self.only_postgres() as postgres:
            passwords = {role: secrets.token_hex(16) for role in LOGINS.values()}
            self.settings = {
                name: postgres.url(f"{DATABASE}_{role}", passwords[role], DATABASE)
                for name, role in LOGINS.items()
            }
            self.settings |= {
                "DATABASE_ADMIN_URL": postgres.admin_url(),
                "REDIS_URL": self._valkey_url(),
                "SECRET_KEY": secrets.token_urlsafe(48),
                "DESKBELL_ENV": "production",
                "PUBLIC_URL": "https://desk.example",
                "FILES_URL": (self.folder / "files").as_uri(),
                "MAIL_URL": self.sink.url,
                "MAIL_FROM": "Deskbell <desk@desk.example>",
                # Slow hashes are for guessers; the cast has one password.
                "ARGON2_TIME_COST": "2",
                **self._more,
            }
            self.run("-m", "flask", "--app", "wsgi", "prepare")
            if with_cast:
                self.run("-m", "tests.chaos.people")

    def _valkey_url(self) -> str:
        """Known before it runs; where there is none it is the address of nobody."""
        if not self.with_valkey:
            return f"unix://{self.folder / 'nobody.sock'}?db=0"
        from deploy.local_servers import start_valkey

        server = start_valkey(self.folder / "vk", persistent=False)
        server.stop()
        server.sockets.mkdir(mode=0o700, exist_ok=True)
        return server.url

    def run(self, *arguments: str) -> str:
        """A command of ours, with the rights of an upgrade."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=clean_environment() | self.settings,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> None:
        running = {
            name: value for name, value in self.settings.items() if name not in ONLY_FOR_UPGRADES
        }
        plan = {"settings": running, "with_valkey": self.with_valkey}
        (self.folder / "plan.json").write_text(json.dumps(plan))
        with (self.folder / "log" / "supervisor.log").open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.supervise", str(self.folder)],
                cwd=ROOT,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_starter(signal.SIGTERM),
            )
        self.sink.start()
        wait_for(lambda: self.is_answering("/healthz"), "the pages answer", self.logs)

    def stop(self) -> None:
        if self._supervisor is not None:
            self._supervisor.terminate()
            self._supervisor.wait(60)
            self._supervisor = None
        self.sink.stop()

    def running(self) -> dict[str, int]:
        """The number of each process that is up now, by name."""
        try:
            found: dict[str, int] = json.loads((self.folder / "running.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    @property
    def port(self) -> int:
        return self.running().get("port", 0)

    def is_answering(self, path: str) -> bool:
        return self.ask(path)[0] == 200

    def ask(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def logs(self) -> str:
        """The end of what each process said, without the list of what was asked."""
        parts = []
        for path in sorted((self.folder / "log").iterdir()):
            lines = path.read_text(errors="replace").splitlines()
            told = [line for line in lines if '"level":"info"' not in line]
            parts.append(f"--- {path.name}\n" + "\n".join(told[-15:]))
        return "\n".join(parts)

    @contextmanager
    def superuser(self) -> Iterator[Any]:
        """A cursor that sees everything."""
        url = make_url(self.settings["DATABASE_ADMIN_URL"]).set(
            database=DATABASE, drivername="postgresql"
        )
        connection = psycopg2.connect(url.render_as_string(hide_password=False))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()


def children_of(number: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{number}/task/{number}/children").read_text()
        return [int(one) for one in text.split()]
    return []


def wait_for(is_so: Any, what: str, logs: Any = str, within: float = PATIENCE) -> None:
    until = time.monotonic() + within
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit(f"It did not come about within {within:.0f} s: {what}.\n{logs()}")
        time.sleep(0.05)


@contextmanager
def a_folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    # PostgreSQL may run as nobody there.
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
