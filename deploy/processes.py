"""What runs beside the database: the same list for `make run` and for production."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    name: str
    arguments: tuple[str, ...]

    def command(self, python: Path) -> list[str]:
        return [str(python), *self.arguments]


# In the order in which they are started; they are stopped the other way round.
WEB = Process("web", ("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"))
BEHIND_THE_PAGES = (
    Process("worker", ("-m", "flask", "--app", "wsgi", "worker")),
    Process("ticker", ("-m", "flask", "--app", "wsgi", "ticker")),
)
