"""The table of tasks and what the rooms ask for are the same."""

from __future__ import annotations

import ast
from pathlib import Path

import app
from workers.jobs import TASKS

ASKING = ("later", "later_each", "later_at_the_door")
ROOMS = Path(app.__file__).parent


def asked_for() -> set[str]:
    found = set()
    for path in ROOMS.rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKING:
                name = node.args[0]
                known = (
                    name.value if isinstance(name, ast.Constant) else names.get(ast.unparse(name))
                )
                assert known, f"{path}: the task's name must stand there"
                found.add(known)
    return found


def test_every_task_that_is_asked_for_is_known_and_none_is_left_over() -> None:
    assert asked_for() == set(TASKS)
