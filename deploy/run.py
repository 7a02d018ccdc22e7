"""`make run`: install, start the servers, prepare the database, start Deskbell and keep it running.

    python3 -m deploy.run

Ctrl-C stops everything that it started and nothing else. Whatever happens to it, the next run goes
on from there.
"""

from __future__ import annotations

import os
import time

from deploy import locks, say, settings_file
from deploy.commands import ignore_signals, let_signals_interrupt, run
from deploy.install import install
from deploy.parent import Parent
from deploy.places import LOCAL, LOGS, SETTINGS, VENV_PYTHON, make_local_folder
from deploy.port import Port, take_port
from deploy.processes import BEHIND_THE_PAGES, WEB, Process
from deploy.ready import answering, ready, say_how_to_get_in, wait_until
from deploy.servers import start_servers
from deploy.settings_file import Settings
from deploy.supervisor import Child, Supervisor


def main() -> int:
    let_signals_interrupt()
    supervisor = Supervisor(Parent())
    try:
        start_and_watch(supervisor)
    except KeyboardInterrupt:
        say.line()
        return 0
    except say.GiveUp as reason:
        say.failure(str(reason))
    except OSError as error:
        say.failure(say.why_not(error))
    finally:
        ignore_signals()
        if not supervisor.is_idle:
            supervisor.stop()
            say.line("Everything is stopped; `make run` starts it again with the same data.")
    return 1


def start_and_watch(supervisor: Supervisor) -> None:
    began = time.monotonic()
    make_local_folder()
    only_one = be_the_only_one()
    port = take_port(os.environ.get("PORT", ""))
    locks.write(only_one, port.url)
    given_both = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    install(local_servers=not given_both)
    settings = start_servers(supervisor, port)
    settings_file.write(SETTINGS, settings)
    prepare(settings)
    with say.step("Starting web, worker and ticker"):
        start_process(supervisor, WEB, port, settings)
        # Each keeps a core busy while it starts, and people wait for the pages. But those may call
        # themselves unready until the worker has done what is overdue, so it is not kept waiting.
        wait_until(answering, supervisor, port)
        for process in BEHIND_THE_PAGES:
            start_process(supervisor, process, port, settings)
        wait_until(ready, supervisor, port)
    say_how_to_get_in(port, time.monotonic() - began)
    watch(supervisor)


def be_the_only_one() -> int:
    try:
        return locks.take(LOCAL / "run.lock")
    except locks.Taken as taken:
        raise say.GiveUp(f"Deskbell is already running here at {taken}.") from None


def prepare(settings: Settings) -> None:
    """Roles, migrations and the demo authority; what is there already is left as it is."""
    say.line("Preparing the database")
    years = "--no-years" if os.environ.get("YEARS") == "no" else "--years"
    command = (VENV_PYTHON, "-m", "flask", "--app", "wsgi", "prepare", "--demo", years)
    run(command, doing="Preparing the database", env=settings, show=True)


def start_process(supervisor: Supervisor, process: Process, port: Port, env: Settings) -> None:
    handle = port.listener.fileno()
    web = {"WEB_BIND": f"fd://{handle}", "WEB_GRACE_SECONDS": "2"}

    def start() -> Child:
        return Child(
            process.command(VENV_PYTHON),
            log=LOGS / f"{process.name}.log",
            env=env | web if process is WEB else env,
            pass_fds=(handle,) if process is WEB else (),
        )

    supervisor.keep_process(process.name, start)


def watch(supervisor: Supervisor) -> None:
    """Until a signal comes."""
    while True:
        supervisor.look_after_all()
        time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())
