"""Keeps servers and processes running: starts again what ends by itself, stops all in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from deploy import say
from deploy.commands import clean_environment
from deploy.parent import Parent
from deploy.places import ROOT
from deploy.server import LARGEST_LOG, ON_LINUX, end_with_starter

WAIT_BEFORE_RESTART = (0.2, 0.5, 1, 2, 5, 10, 30)
LONG_ENOUGH = 5  # seconds of life: whoever dies after that was killed, not unable to live
PATIENCE = 3.5  # seconds for all processes together to finish what they are doing


class Running(Protocol):
    """A server or a process that runs by itself."""

    def has_ended(self) -> bool: ...
    def ask_to_stop(self) -> None: ...
    def stop(self, *, within: float) -> None: ...


Server = TypeVar("Server", bound=Running)


class Child:
    """One process with all that it starts: they share a process group and end together."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> None:
        open_as = "wb" if log.exists() and log.stat().st_size > LARGEST_LOG else "ab"
        with log.open(open_as) as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=clean_environment(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
                preexec_fn=end_with_starter(signal.SIGTERM),
            )

    def has_ended(self) -> bool:
        """It is left unreaped: while it is a zombie, its number can be nobody else's group."""
        if not ON_LINUX or self.process.returncode is not None:
            return self.process.poll() is not None
        ended = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, ended) is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            self.process.terminate()

    def stop(self, *, within: float) -> None:
        self.ask_to_stop()
        deadline = time.monotonic() + within
        while not self.has_ended() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Kept:
    """Something that should run, and what became of it so far."""

    def __init__(self, name: str, start: Callable[[], Running], running: Running) -> None:
        self.name = name
        self.start = start
        self.running: Running | None = running
        self.deaths = 0
        self.began_at = time.monotonic()
        self.restart_at = 0.0

    def look(self) -> None:
        """Note a death, and start it again once it has waited long enough."""
        if self.running is not None and self.running.has_ended():
            self._note_death(self.running)
        if self.running is None and time.monotonic() >= self.restart_at:
            self._start_again()

    def _note_death(self, running: Running) -> None:
        running.stop(within=0)  # what it started may have outlived it
        self.running = None
        if time.monotonic() - self.began_at > LONG_ENOUGH:
            self.deaths = 0
        wait = self._wait_for_next()
        say.line(f"{self.name} has ended; starting it again in {wait} s.")

    def _wait_for_next(self) -> float:
        wait = WAIT_BEFORE_RESTART[min(self.deaths, len(WAIT_BEFORE_RESTART) - 1)]
        self.deaths += 1
        self.restart_at = time.monotonic() + wait
        return wait

    def _start_again(self) -> None:
        self.began_at = time.monotonic()
        try:
            self.running = self.start()
        except (say.GiveUp, OSError) as error:
            reason = say.why_not(error) if isinstance(error, OSError) else str(error)
            say.line(f"{reason} Trying again in {self._wait_for_next()} s.")


class Supervisor:
    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.servers: list[Kept] = []
        self.processes: list[Kept] = []

    @property
    def is_idle(self) -> bool:
        return not self.servers and not self.processes

    def keep_server(self, name: str, start: Callable[[], Server]) -> Server:
        server = start()
        self.servers.append(Kept(name, start, server))
        return server

    def keep_process(self, name: str, start: Callable[[], Running]) -> None:
        self.processes.append(Kept(name, start, start()))

    def look_after_all(self) -> None:
        """Once; whoever supervises calls it several times a second."""
        if not self.parent.wants_us():
            raise KeyboardInterrupt
        for kept in (*self.servers, *self.processes):
            kept.look()

    def stop(self) -> None:
        """The last one started first; the servers when nobody needs them any more."""
        deadline = time.monotonic() + PATIENCE
        processes = [kept.running for kept in reversed(self.processes) if kept.running]
        for running in processes:
            running.ask_to_stop()
        for running in processes:
            running.stop(within=max(0, deadline - time.monotonic()))
        for kept in reversed(self.servers):
            if kept.running:
                kept.running.stop(within=10)
