"""The work behind the pages steps back for them; a terminal that it is started from does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from workers.precedence import NICE

OF_SESSION = Path("/proc/self/autogroup")
_SAY = """
import os
from workers.precedence import let_pages_go_first
let_pages_go_first()
print(os.nice(0))
print(open("/proc/self/autogroup").read() if os.path.exists("/proc/self/autogroup") else "")
"""


def nice_and_session(*, own_session: bool, before: int = 0) -> tuple[int, int | None]:
    """Of a process that let the pages go first: its own weight and its session's."""
    said = subprocess.run(
        ["nice", "-n", str(before), sys.executable, "-c", _SAY],
        cwd=ROOT,
        start_new_session=own_session,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return int(said[0]), int(said[-1]) if len(said) > 1 else None  # "/autogroup-12 nice 5"


def test_it_and_its_session_weigh_less():
    nice, of_session = nice_and_session(own_session=True)
    assert nice == max(NICE, os.nice(0))
    assert of_session in (None, NICE)


@pytest.mark.skipif(not OF_SESSION.exists(), reason="NOT RUN: this kernel does not weigh sessions")
def test_the_session_of_a_terminal_is_left_alone():
    before = int(OF_SESSION.read_text().split()[-1])
    assert nice_and_session(own_session=False) == (max(NICE, os.nice(0)), before)


def test_what_is_lower_already_is_not_raised():
    assert nice_and_session(own_session=True, before=NICE + 4)[0] == min(19, os.nice(0) + NICE + 4)
