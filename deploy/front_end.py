"""The front-end packages: npm fetches what the lock file names, and no script of theirs runs."""

from __future__ import annotations

import hashlib
import os
import shutil

from deploy import say
from deploy.commands import run
from deploy.packages import install_packages
from deploy.places import ROOT, VENV, VENV_PYTHON

LOCK_FILE = ROOT / "package-lock.json"
COPIED = ROOT / "app" / "static" / "vendor" / "manifest.json"
NPM_CI = (
    *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
    # Its own patience is 70 s of silence without a network.
    *("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000"),
)
STAMP = ROOT / "node_modules" / ".deskbell"


def install_front_end() -> None:
    if not LOCK_FILE.exists():
        return
    wanted = _fingerprint()
    if COPIED.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    npm, env = _npm()
    with say.step("Installing the front-end packages"):
        run([npm, *NPM_CI], doing="Installing the front-end packages", env=env)
        run([VENV_PYTHON, "deploy/assets.py"], doing="Copying what the pages load")
        STAMP.write_text(wanted)


def _npm() -> tuple[str, dict[str, str]]:
    """This machine's npm, or else the one that comes as a Python package."""
    path = os.environ.get("PATH", "")
    if shutil.which("npm") and shutil.which("node"):
        return "npm", {}
    bundled = VENV / "bin"
    if not (bundled / "npm").exists():
        install_packages("requirements-node.txt", "Installing Node")
    return str(bundled / "npm"), {"PATH": f"{bundled}{os.pathsep}{path}"}


def _fingerprint() -> str:
    """Of the lock file, the script that copies, and our own styles and scripts."""
    own = sorted(path for path in (ROOT / "app" / "web" / "static").glob("**/*") if path.is_file())
    digest = hashlib.sha256()
    for file in (LOCK_FILE, ROOT / "deploy" / "assets.py", *own):
        digest.update(file.read_bytes())
    return digest.hexdigest()
