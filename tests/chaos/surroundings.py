"""Where the checkout is, and an environment that knows nothing of other desks."""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the servers of a test run, the make around it and a neighbour would tell the desk.
NOT_OURS = re.compile(
    r"(DATABASE|REDIS|ARGON2|TEST|PYTEST|DESKBELL|MAKE|MFLAGS|SECRET|PUBLIC|PORT|MAIL|FILES|WEB_|"
    r"REQUESTS|METRICS|TRUSTED|VIRUS|LOG_)"
)


def clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not NOT_OURS.match(name)}
    return kept | {"PYTHONPATH": str(ROOT)}
