"""Keeps the desk of a folder running, as `make run` does: `python -m tests.chaos.supervise FOLDER`.

running.json says at any time which process has which number.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from deploy import say
from deploy.commands import ignore_signals, let_signals_interrupt
from deploy.local_servers import start_postgres, start_valkey
from deploy.parent import Parent
from deploy.places import VENV_PYTHON
from deploy.port import Port, take_port
from deploy.processes import BEHIND_THE_PAGES, WEB, Process
from deploy.supervisor import Child, Supervisor


def main(folder: Path) -> None:
    let_signals_interrupt()
    plan = json.loads((folder / "plan.json").read_text())
    supervisor = Supervisor(Parent())
    try:
        _start(supervisor, folder, plan)
    except KeyboardInterrupt:
        pass
    except say.GiveUp as reason:
        say.failure(str(reason))
    finally:
        ignore_signals()
        supervisor.stop()


def _start(supervisor: Supervisor, folder: Path, plan: dict[str, Any]) -> None:
    supervisor.keep_server("PostgreSQL", lambda: start_postgres(folder / "pg", max_connections=100))
    if plan["with_valkey"]:
        supervisor.keep_server("Valkey", lambda: start_valkey(folder / "vk", persistent=False))
    port = _a_free_port()
    for process in (WEB, *BEHIND_THE_PAGES):
        _keep(supervisor, process, port, plan["settings"], folder / "log" / f"{process.name}.log")
    known: dict[str, int] = {}
    while True:
        supervisor.look_after_all()
        if (now := _numbers(supervisor, port)) != known:
            partial = folder / "running.partial"
            partial.write_text(json.dumps(now))
            partial.replace(folder / "running.json")
            known = now
        time.sleep(0.1)


def _a_free_port() -> Port:
    import socket

    with socket.socket() as any_free:
        any_free.bind(("127.0.0.1", 0))
        number = any_free.getsockname()[1]
    return take_port(str(number))


def _keep(
    supervisor: Supervisor, process: Process, port: Port, settings: dict[str, str], log: Path
) -> None:
    handle = port.listener.fileno()
    web = {"WEB_BIND": f"fd://{handle}", "WEB_GRACE_SECONDS": "10"}

    def start() -> Child:
        return Child(
            process.command(VENV_PYTHON),
            log=log,
            env=settings | web if process is WEB else settings,
            pass_fds=(handle,) if process is WEB else (),
        )

    supervisor.keep_process(process.name, start)


def _numbers(supervisor: Supervisor, port: Port) -> dict[str, int]:
    found = {"port": port.number}
    for kept in (*supervisor.servers, *supervisor.processes):
        running: Any = kept.running
        if running is not None and running.process is not None:
            found[kept.name] = running.process.pid
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
