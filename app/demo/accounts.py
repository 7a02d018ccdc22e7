"""Who signs in to the demo, kept in a file that only its owner may read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from config import ROOT

FILE = ROOT / ".local" / "demo-accounts.json"


def read_accounts(file: Path = FILE) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(file.read_text())
    except FileNotFoundError:
        return []
    return found


def write_accounts(accounts: list[dict[str, Any]], file: Path = FILE) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = file.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(accounts, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
