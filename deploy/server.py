"""What our PostgreSQL and our Valkey have in common.

Each lives in a folder of its own and is reached by a socket in it, so two checkouts never meet.
Whether it is up is asked by connecting, never by a pid; whether one is left over from an earlier
run is told by a lock that the server itself holds, unknowingly, as long as it lives.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import re
import socket
import stat
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy import locks
from deploy.account import Account
from deploy.say import GiveUp

LONGEST_SOCKET_PATH = 100  # Linux allows 107 bytes, macOS 103.
LARGEST_LOG = 5_000_000
ON_LINUX = platform.system() == "Linux"
LOCAL_PEERPID = (0, 2)  # macOS: that option at level SOL_LOCAL
_LIBC = ctypes.CDLL(None) if ON_LINUX else None


class LocalServer:
    """A server in a folder: one process that we started, or one that was found up."""

    name: str
    socket_name: str
    stop_signal: int

    def __init__(self, folder: Path, account: Account) -> None:
        self.folder = folder
        self.account = account
        self.process: subprocess.Popen[bytes] | None = None
        self._log_began = 0
        self.sockets = _socket_folder(folder, account, len(self.socket_name))

    @property
    def socket_path(self) -> Path:
        return self.sockets / self.socket_name

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def is_up(self) -> bool:
        raise NotImplementedError

    def has_ended(self) -> bool:
        """Cheap enough to be asked several times a second."""
        return not self.is_up() if self.process is None else self.process.poll() is not None

    def launch(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        config: str = "",
    ) -> None:
        """Start it, holding the lock that says "I live", and wait until it answers."""
        alive = self._wait_until_nobody_lives()
        try:
            self._start_process(command, env, config, alive)
        finally:
            os.close(alive)
        deadline = time.monotonic() + 60
        while not self.is_up():
            if self.has_ended() or time.monotonic() > deadline:
                self.stop()
                raise GiveUp(self.last_words())
            time.sleep(0.02)

    def _start_process(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None,
        config: str,
        alive: int,
    ) -> None:
        open_as = "wb" if self.log.exists() and self.log.stat().st_size > LARGEST_LOG else "ab"
        with self.log.open(open_as) as log:
            self._log_began = log.tell()
            self.process = subprocess.Popen(
                [*self.account.prefix, *command],
                user=self.account.user,
                cwd=self.folder,
                env=env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(alive,),
                start_new_session=True,  # Ctrl-C is for us alone; we stop it in our own order.
                preexec_fn=end_with_starter(self.stop_signal),
            )
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(config.encode())
            self.process.stdin.close()

    def _wait_until_nobody_lives(self) -> int:
        """The last one may still be ending, or its children after a kill -9 of their parent."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return locks.take(self.folder / "alive.lock")
            except locks.Taken:
                if time.monotonic() > deadline:
                    raise GiveUp(
                        f"A {self.name} of an earlier run still lives in {self.folder} but does "
                        "not answer: end it, then run the same command again."
                    ) from None
                time.sleep(0.05)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self, *, within: float = 10) -> None:
        """Stop it cleanly, in a hurry if it must be; nothing else is ever signalled."""
        if self.process is None:
            self._stop_the_one_that_answers()
        elif self.process.poll() is None:
            self.ask_to_stop()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        else:
            return  # It ended by itself and will be wanted again in the same place.
        self.process = None
        with contextlib.suppress(OSError):
            self.sockets.rmdir()

    def _stop_the_one_that_answers(self) -> None:
        """Not our child: its number is asked of the socket, so it is the one that listens there."""
        number = listener_of(self.socket_path)
        if number is not None:
            os.kill(number, self.stop_signal)
            os.close(self._wait_until_nobody_lives())

    def last_words(self) -> str:
        raise NotImplementedError

    def said_since_start(self) -> list[str]:
        with contextlib.suppress(OSError), self.log.open(errors="replace") as log:
            log.seek(self._log_began)
            return log.read().splitlines()
        return []


def end_with_starter(number: int) -> Callable[[], None]:
    """For a child: should we be killed, Linux sends it this signal. Else the next run mends."""

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(1, number)  # PR_SET_PDEATHSIG

    return ask


def listener_of(path: Path) -> int | None:
    """Who listens on a socket: the kernel remembers it, whatever a pid file says."""
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            caller.connect(str(path))
        except OSError:
            return None
        if ON_LINUX:
            credentials = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("iII", credentials)[0])
        return int(caller.getsockopt(*LOCAL_PEERPID))


def ask(path: Path, question: bytes, length: int) -> bytes:
    """Say something to a socket and hear how the answer begins; nothing if nobody is there."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(2)
        try:
            caller.connect(str(path))
            caller.sendall(question)
            return caller.recv(length)
        except OSError:
            return b""


def _socket_folder(folder: Path, account: Account, length: int) -> Path:
    """A closed folder for the socket: with the data, or a plain one where that path will not do.

    Clients split at a space or `=` (redis-py what Valkey tells of them), PostgreSQL at a comma.
    """
    near = folder / "s"
    is_short = len(os.fsencode(near)) + 1 + length <= LONGEST_SOCKET_PATH
    if is_short and re.fullmatch(r"[\w./-]+", str(near), re.ASCII):
        near.mkdir(mode=0o700, exist_ok=True)
        account.owns(near)
        return near
    note = folder / "socket-folder"
    if note.exists() and _is_closed(far := Path(note.read_text()), account):
        return far
    far = Path(tempfile.mkdtemp(prefix="deskbell-", dir="/tmp"))
    account.owns(far)
    note.write_text(str(far))
    return far


def _is_closed(folder: Path, account: Account) -> bool:
    """Ours alone? Names in /tmp can be taken by others after a restart of the machine."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    mine = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return mine and found.st_uid == account.number
