"""As whom PostgreSQL runs. It refuses to run as root, and nothing may be installed for that.

As root it gets a user namespace in which it is nobody, and outside of which it keeps the rights of
root's own files; where the machine allows none, it runs as the real user nobody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.say import GiveUp

NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Account:
    prefix: tuple[str, ...] = ()
    user: int | None = None

    def owns(self, path: Path) -> None:
        """What this account must be able to write is its own."""
        if self.user is not None:
            os.chown(path, self.user, -1)

    @property
    def number(self) -> int:
        return os.geteuid() if self.user is None else self.user

    def can_work(self, programs: Path, folder: Path) -> bool:
        """Can it run the programs and write into the folder? Parents may be closed to it."""
        script = '"$1/postgres" --version && test -w "$2"'
        try:
            return not subprocess.run(
                [*self.prefix, "sh", "-c", script, "sh", str(programs), str(folder)],
                user=self.user,
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ).returncode
        except OSError:
            return False


def choose_account(programs: Path, folder: Path) -> Account:
    """The first account that can do it; folders are given to the one that is chosen."""
    if os.geteuid() != 0 and _has_a_name():
        return Account()
    if shutil.which(NAMESPACE[0]) and Account(NAMESPACE).can_work(programs, folder):
        return Account(NAMESPACE)
    if os.geteuid() == 0:
        nobody = Account(user=pwd.getpwnam("nobody").pw_uid)
        nobody.owns(folder)
        if nobody.can_work(programs, folder):
            return nobody
        os.chown(folder, 0, -1)
    raise GiveUp(
        "PostgreSQL does not run as root, and here neither a user namespace nor the user nobody "
        "can reach this folder: run it as an ordinary user, or set DATABASE_URL."
    )


def _has_a_name() -> bool:
    """initdb wants to know what its user is called; in some containers it is only a number."""
    try:
        return bool(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        return False
