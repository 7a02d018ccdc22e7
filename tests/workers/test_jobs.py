"""The table of tasks and what the rooms ask for are the same."""

from __future__ import annotations

import ast
from pathlib import Path

import app
from workers.jobs import TASKS

ASKING = ("later", "later_each", "later_each_at", "later_in_schools", "later_at_the_door")
ROOMS = Path(app.__file__).parent
# It defines them, and some of them ask for another with the task they were given.
THEMSELVES = ROOMS / "later.py"


def constants_of(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def names_in(tree: ast.Module) -> dict[str, str]:
    """Its own constants, and those that it imports from another room."""
    names = constants_of(tree)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
            path = ROOMS.parent / f"{str(node.module).replace('.', '/')}.py"
            there = constants_of(ast.parse(path.read_text())) if path.exists() else {}
            for one in node.names:
                if one.name in there:
                    names[one.asname or one.name] = there[one.name]
    return names


def asked_for() -> set[str]:
    found = set()
    for path in set(ROOMS.rglob("*.py")) - {THEMSELVES}:
        tree = ast.parse(path.read_text())
        names = names_in(tree)
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
