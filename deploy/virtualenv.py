"""`.venv`: made when it is not there, made again when it is broken or was left half filled."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from deploy import say
from deploy.commands import clean_environment
from deploy.places import SITE_PACKAGES, VENV, VENV_PYTHON

STAMPS = VENV / "stamps"
UNFINISHED = VENV / "unfinished"


def make_venv() -> None:
    if is_sound():
        return
    doing = (
        "Making .venv again, the old one is unfinished or damaged"
        if VENV.exists()
        else "Making .venv"
    )
    with say.step(doing):
        shutil.rmtree(VENV, ignore_errors=True)
        # Without pip: whichever pip is at hand installs uv from outside, 3 s sooner.
        venv.create(VENV, symlinks=True, with_pip=False)
        STAMPS.mkdir()


def is_sound() -> bool:
    """Is this a virtual environment of this Python, with every file of every package in it?"""
    if not VENV_PYTHON.exists() or UNFINISHED.exists():
        return False
    told = subprocess.run(
        [VENV_PYTHON, "-c", "import sys; print(sys.prefix, *sys.version_info[:3])"],
        check=False,
        capture_output=True,
        text=True,
        env=clean_environment(),
    )
    expected = " ".join(str(part) for part in (VENV, *sys.version_info[:3]))
    return told.stdout.strip() == expected and not is_damaged(SITE_PACKAGES)


def is_damaged(packages: Path) -> bool:
    """Does a file lack that an installed package has recorded? 12,000 looks take 0.1 s."""
    for folder in packages.glob("*.dist-info"):
        try:
            with (folder / "RECORD").open(newline="") as record:
                for name, _, size in csv.reader(record):
                    if size and os.stat(packages / name).st_size != int(size):
                        return True
        except (OSError, ValueError):
            return True
    return False
