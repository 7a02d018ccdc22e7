"""Python packages, each with the hash that its lock file gives: by uv, or by pip without uv.

A lock file that is done leaves a stamp, its own hash, so that the next run passes over it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path

from deploy import say
from deploy.commands import run
from deploy.places import ROOT, VENV, VENV_PYTHON
from deploy.virtualenv import STAMPS, UNFINISHED


def install_packages(lock_file: str, doing: str) -> None:
    stamp = STAMPS / lock_file
    wanted = hashlib.sha256((ROOT / lock_file).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with say.step(doing):
        UNFINISHED.touch()
        run([*installer(), "--no-deps", "--require-hashes", "-r", lock_file], doing=doing)
        STAMPS.mkdir(exist_ok=True)
        stamp.write_text(wanted)
        UNFINISHED.unlink()


def installer() -> list[str]:
    """uv, which pip installs first; where uv has no build for this machine, pip itself."""
    uv = VENV / "bin" / "uv"
    if not uv.exists() and not (STAMPS / "without-uv").exists():
        try:
            run(
                [*pip(), "--no-deps", "--require-hashes", "-r", "requirements-uv.txt"],
                doing="Installing uv",
            )
        except say.GiveUp as reason:
            if "no matching distribution" not in str(reason).lower():
                raise
            STAMPS.mkdir(exist_ok=True)
            (STAMPS / "without-uv").touch()
    if uv.exists():
        return [str(uv), "pip", "install", "--quiet", "--python", str(VENV_PYTHON)]
    return pip()


def pip() -> list[str]:
    """A pip that works on `.venv` from outside: this Python's own, or the one it was born with."""
    options = ["--python", str(VENV_PYTHON), "install", "--quiet", "--no-compile"]
    options += ["--disable-pip-version-check", "--retries", "2"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", *options]
    ensurepip = importlib.util.find_spec("ensurepip")
    folder = Path(ensurepip.origin).parent if ensurepip and ensurepip.origin else Path()
    for wheel in sorted(folder.glob("_bundled/pip-*.whl")):
        return [sys.executable, str(wheel / "pip"), *options]
    raise say.GiveUp(
        "This Python has no pip: install it (on Debian and Ubuntu the package python3-venv), "
        "then run the same command again."
    )
