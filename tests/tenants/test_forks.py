"""A process made by copying another one must not read on the other one's connection."""

from __future__ import annotations

import json
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from tenants import acting_in, db
from tenants.db import forget_connections
from tests.tenants.walls import TwoSchools, words

# Newer Pythons warn of a fork beside threads; what it may break is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
ROUNDS = 40
# Two processes on one connection do not only read wrongly: they may wait for ever.
PATIENCE = 20


@pytest.fixture(autouse=True)
def in_bare(bare: Flask) -> Iterator[None]:
    with bare.app_context():
        yield


class Child:
    """A fork that does one thing and says what came of it."""

    def __init__(self, do: Callable[[], object]) -> None:
        reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            signal.alarm(PATIENCE)
            try:
                said = json.dumps(do())
            except BaseException:
                said = json.dumps(traceback.format_exc())
            os.write(writing, said.encode())
            os._exit(0)
        os.close(writing)
        self._reading = reading

    def said(self) -> object:
        with os.fdopen(self._reading) as pipe:
            found = pipe.read()
        os.waitpid(self.process, 0)
        return json.loads(found) if found else "nothing, in time"


def in_time(do: Callable[[], object]) -> object:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(do()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else "nothing, in time"


def seen_from(school_id: int, app: Flask, *, forget: bool = False) -> list[str]:
    """What a child of this app sees of its school, round after round."""
    if forget:
        forget_connections()
    seen: set[str] = set()
    for _ in range(ROUNDS):
        with app.app_context(), acting_in(school_id):
            seen |= words(raw=True)
    return sorted(seen)


@pytest.mark.parametrize("forget", [True, False])
def test_children_and_parent_read_at_once(
    bare: Flask, two_schools: TwoSchools, forget: bool
) -> None:
    """As the rules have it, and as somebody does it who has not read them."""
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}
    children = [Child(lambda: seen_from(two_schools.south, bare, forget=forget)) for _ in range(4)]
    assert in_time(lambda: seen_from(two_schools.north, bare)) == ["North"]
    assert [child.said() for child in children] == [["South"]] * 4
    assert in_time(lambda: seen_from(two_schools.north, bare)) == ["North"]


@pytest.mark.parametrize("forget", [True, False])
def test_a_fork_in_the_middle_of_a_transaction(
    bare: Flask, two_schools: TwoSchools, forget: bool
) -> None:
    with acting_in(two_schools.north):
        before = db.session.scalar(text("SELECT pg_current_xact_id()::text"))
        child = Child(lambda: seen_from(two_schools.south, bare, forget=forget))
        assert child.said() == ["South"]
        assert words(raw=True) == {"North"}
        assert db.session.scalar(text("SELECT pg_current_xact_id()::text")) == before


def test_a_child_s_end_does_not_close_its_parent_s_connection(
    bare: Flask, two_schools: TwoSchools
) -> None:
    with acting_in(two_schools.north):
        before = db.session.scalar(text("SELECT pg_backend_pid()"))
    assert Child(lambda: seen_from(two_schools.south, bare)).said() == ["South"]
    with acting_in(two_schools.north):
        assert db.session.scalar(text("SELECT pg_backend_pid()")) == before
