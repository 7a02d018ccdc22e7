"""Where things are in a checkout. `.local/` is all that a run leaves behind beside `.venv`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
SITE_PACKAGES = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
LOCAL = ROOT / ".local"
LOGS = LOCAL / "log"
SETTINGS = LOCAL / "settings.json"
DEMO_ACCOUNTS = LOCAL / "demo-accounts.json"


def make_local_folder() -> None:
    # Others may pass through (PostgreSQL may run as nobody) but not look; its files are 0600.
    LOCAL.mkdir(mode=0o711, exist_ok=True)
    LOGS.mkdir(mode=0o700, exist_ok=True)
