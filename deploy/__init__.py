"""What runs where: one command that installs and starts all, and what production shares with it.

Everything that runs before the virtual environment exists uses the standard library only. This
file must be readable by any Python 3, because it is the one that turns an old Python away.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an old Python gets a sentence here
    sys.exit(
        "Deskbell needs Python 3.11 or newer and this is {}.{}; say which to use: "
        "make run PYTHON=python3.12".format(*sys.version_info[:2])
    )
if os.name != "posix":
    sys.exit("This command needs Linux or macOS; on Windows use the Linux subsystem (WSL).")
