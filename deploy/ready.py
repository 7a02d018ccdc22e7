"""Is Deskbell there yet, and how does one get in?"""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Callable

from deploy import say
from deploy.places import DEMO_ACCOUNTS, LOGS
from deploy.port import Port
from deploy.supervisor import Supervisor

READY_WITHIN = 60
TOO_MANY_DEATHS = 3


def wait_until(is_so: Callable[[Port], bool], supervisor: Supervisor, port: Port) -> None:
    """Raises GiveUp when a process does not stay up, or after a minute."""
    deadline = time.monotonic() + READY_WITHIN
    while not is_so(port):
        supervisor.look_after_all()
        for kept in supervisor.processes:
            if kept.deaths >= TOO_MANY_DEATHS:
                raise say.GiveUp(_last_words(kept.name))
        if time.monotonic() > deadline:
            raise say.GiveUp(
                f"Deskbell does not become ready ({_ask(port)[1]}); its logs are in {LOGS}."
            )
        time.sleep(0.05)


def answering(port: Port) -> bool:
    """Whatever it says."""
    return _ask(port)[0] > 0


def ready(port: Port) -> bool:
    return _ask(port)[0] == 200


def _ask(port: Port) -> tuple[int, str]:
    """The status of /readyz and what it says; 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port.number, timeout=1)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace").strip()
    except (OSError, http.client.HTTPException):
        return 0, "it does not answer"
    finally:
        connection.close()


def _last_words(name: str) -> str:
    log = LOGS / f"{name}.log"
    words = ""
    with contextlib.suppress(OSError):
        words = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
    return f"{say.why(f'Starting {name}', words)} All of it is in {log}."


def say_how_to_get_in(port: Port, took: float) -> None:
    say.line()
    say.line(f"Deskbell is ready after {took:.1f} s: {port.url}")
    if accounts := _one_for_each_role():
        say.line("Sign in as one of these invented people:")
        say.line()
        say.table([("role", "e-mail", "password", "school"), *accounts])
    say.line()
    say.line("Ctrl-C stops it. What the processes say is in .local/log.")


def _one_for_each_role() -> list[tuple[str, str, str, str]]:
    """The first of each role in the file that `prepare --demo` writes, and those of the school
    whose years were played."""
    try:
        accounts = json.loads(DEMO_ACCOUNTS.read_text())
    except (OSError, ValueError):
        return []
    first: dict[tuple[str, bool], tuple[str, str, str, str]] = {}
    for one in accounts:
        school = one["school"] or "(the local authority)"
        has_years = bool(one.get("years"))
        role = f"{one['role']}, two years" if has_years else one["role"]
        found = (role, one["email"], one["password"], school)
        first.setdefault((one["role"], has_years), found)
    return list(first.values())
