"""A PostgreSQL cluster in a folder: made, started again whatever happened, stopped cleanly."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import struct
import subprocess
from pathlib import Path
from urllib.parse import quote

from deploy import say
from deploy.account import Account
from deploy.commands import clean_environment
from deploy.server import LocalServer, ask

SUPERUSER = "postgres"
SAFE = {"shared_buffers": "128MB"}
# Tests throw the cluster away, so nothing need survive a power cut.
QUICK = SAFE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_PARAMETERS = f"user\0{SUPERUSER}\0database\0{SUPERUSER}\0\0".encode()
HELLO = struct.pack("!ii", 8 + len(_PARAMETERS), 3 << 16) + _PARAMETERS
NOT_YET = b"57P03"  # "the database system is starting up", or shutting down


class Postgres(LocalServer):
    name = "PostgreSQL"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # fast shutdown: ends the sessions, keeps the data

    def __init__(self, folder: Path, account: Account, programs: Path) -> None:
        super().__init__(folder, account)
        self.programs = programs
        self.data = folder / "data"

    def is_up(self) -> bool:
        answer = ask(self.socket_path, HELLO, 500)
        return bool(answer) and NOT_YET not in answer

    def start(self, *, fsync: bool, max_connections: int) -> None:
        if not self.data.exists():
            self._make_cluster(fsync=fsync)
        settings = SAFE if fsync else QUICK
        options = [f"--{name}={value}" for name, value in settings.items()]
        options += [f"--max_connections={max_connections}", "--listen_addresses="]
        options += [f"--unix_socket_directories={self.sockets}", "--timezone=UTC"]
        options += ["--log_timezone=UTC", "--unix_socket_permissions=0700"]
        self.launch(
            [self.programs / "postgres", "-D", self.data, *options],
            env=self._environment(PG_GRANDPARENT_PID=self._stale_number()),
        )

    def _make_cluster(self, *, fsync: bool) -> None:
        """Under another name first, so that a cluster is either whole or not there."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._write_password()
        options = ["-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256"]
        options += ["--pwfile", str(self._password_file), "--no-instructions"]
        made = subprocess.run(
            [
                *self.account.prefix,
                self.programs / "initdb",
                *(options if fsync else [*options, "--no-sync"]),
                "-D",
                unfinished,
            ],
            user=self.account.user,
            cwd=self.folder,
            env=self._environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise say.GiveUp(say.why("Making the PostgreSQL cluster", made.stdout + made.stderr))
        unfinished.rename(self.data)

    def _write_password(self) -> None:
        self._password_file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(self._password_file, flags, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        self.account.owns(self._password_file)

    def _stale_number(self) -> str:
        """The pid that the last server left behind, which may be anybody's by now.

        PostgreSQL would not start if a process of that number lives. We know that no server does
        (launch holds its lock), so we name it as one to overlook; it still looks at the shared
        memory of the last one by itself.
        """
        with contextlib.suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().split()[0]
        return "0"

    def admin_url(self, database: str = SUPERUSER) -> str:
        """For the superuser of this cluster."""
        return self.url(SUPERUSER, self.password, database)

    def url(self, user: str, password: str, database: str) -> str:
        host = quote(str(self.sockets), safe="")
        return f"postgresql+psycopg2://{user}:{quote(password)}@/{database}?host={host}"

    @property
    def password(self) -> str:
        try:
            return self._password_file.read_text()
        except OSError:
            raise say.GiveUp(
                f"{self._password_file} is gone, and without it nobody gets into the database: "
                "`make reset` starts from nothing."
            ) from None

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"

    def last_words(self) -> str:
        told = [text for text in self.said_since_start() if "FATAL:" in text or "PANIC:" in text]
        words = [text for text in told if "starting up" not in text]
        return say.why("Starting PostgreSQL", words[-1] if words else f"see {self.log}")

    def _environment(self, **more: str) -> dict[str, str]:
        """Without the PG… variables of whoever calls; messages in English, because we read them."""
        kept = {k: v for k, v in clean_environment().items() if not k.startswith("PG")}
        return {**kept, "LC_ALL": "C", **more}
