"""`make check`: the quick part of the tests, several at a time, in words where one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

from deploy import say
from deploy.commands import clean_environment
from deploy.places import ROOT, VENV

CHECKS = {
    "types": ("mypy",),
    "house rules, migrations": ("pytest", "-q", "tests/test_house.py", "tests/test_migrations.py"),
    "templates": ("djlint", "app", "--lint", "--quiet"),
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
}


def check(name: str) -> tuple[float, str]:
    """How long it took, and what it said if it failed."""
    began = time.monotonic()
    program, *arguments = CHECKS[name]
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [VENV / "bin" / program, *arguments],
        cwd=ROOT,
        env=clean_environment({"PATH": path}),
        check=False,
        capture_output=True,
        text=True,
    )
    failed = done.stdout + done.stderr if done.returncode else ""
    return time.monotonic() - began, failed or ("it said nothing" if done.returncode else "")


def main() -> int:
    failures = {}
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        running = {pool.submit(check, name): name for name in CHECKS}
        for done in as_completed(running):
            took, output = done.result()
            name = running[done]
            say.line(f"{'failed' if output else 'good':6}  {name}  {took:.1f} s")
            if output:
                failures[name] = output
    for name, output in failures.items():
        say.line(f"\n{name} ({' '.join(CHECKS[name])}):\n{output}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
