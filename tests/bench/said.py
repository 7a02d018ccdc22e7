"""Say what the bench is doing while it does it."""

import sys


def say(line: str) -> None:
    print(line, file=sys.stdout, flush=True)
