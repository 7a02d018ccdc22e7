"""The table of tasks and what the rooms ask for are the same."""

from __future__ import annotations

import ast
from pathlib import Path

import app
from workers.jobs import TASKS

ROOMS = Path(app.__file__).parent


def asked_for() -> set[str]:
    found = set()
    for path in ROOMS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "later":
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}: the task's name must stand there"
                found.add(name.value)
    return found


def test_every_task_that_is_asked_for_is_known_and_none_is_left_over() -> None:
    assert asked_for() == set(TASKS)
