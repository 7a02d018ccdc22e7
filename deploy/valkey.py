"""A Valkey in a folder. It rings the workers' bell and holds no school's data."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from urllib.parse import quote

from deploy import say
from deploy.account import Account
from deploy.server import LocalServer, ask


class Valkey(LocalServer):
    name = "Valkey"
    socket_name = "valkey.sock"
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, program: Path) -> None:
        super().__init__(folder, Account())
        self.program = program
        self.data = folder / "data"

    def is_up(self) -> bool:
        return ask(self.socket_path, b"PING\r\n", 100).startswith(b"+PONG")

    def start(self, *, persistent: bool) -> None:
        self.data.mkdir(exist_ok=True)
        try:
            self._start(persistent=persistent)
        except say.GiveUp as reason:
            if str(reason) == say.DISK_IS_FULL:
                raise
            # Nothing in it is missed (design.md 4), so a damaged file must not stop the desk.
            shutil.rmtree(self.data)
            self.data.mkdir()
            self._start(persistent=persistent)

    def _start(self, *, persistent: bool) -> None:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes" if persistent else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        config = "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items())
        self.launch([self.program, "-"], config=config)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket_path))}?db=0"

    def last_words(self) -> str:
        return say.why("Starting Valkey", "\n".join(self.said_since_start()))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
