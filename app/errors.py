"""What the desk can refuse, in its own words. Pages, API and workers each say it their own way."""

from __future__ import annotations

import traceback
from pathlib import Path

from config import ROOT


class DeskError(Exception):
    """A sentence that a person reads, and the HTTP status both shells answer with."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Refused(DeskError):
    """The state does not allow it."""

    status = 409


class NotAllowed(DeskError):
    """The role lacks the permission."""

    status = 403


class NotThere(DeskError):
    """Absent, or not to be seen: the two are the same."""

    status = 404

    def __init__(self, sentence: str = "Page not found") -> None:
        super().__init__(sentence)


class Stale(DeskError):
    """Somebody else changed it first."""

    status = 412


class Wrong(DeskError):
    """What came in cannot be used; `errors` names each field with its sentences."""

    status = 422

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(next((words[0] for words in errors.values() if words), "Check the form."))
        self.errors = errors


def wrong(field: str, sentence: str) -> Wrong:
    return Wrong({field: [sentence]})


def what_went_wrong(error: BaseException) -> str:
    """For logs: the kind of mistake and the last line of ours on the way to it, never what
    somebody typed. A message may quote that, and so may a trace."""
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith(f"{ROOT}/")
        and "site-packages" not in frame.f_code.co_filename
    ]
    if not places:
        return f"{type(error).__name__} at ?"
    name, line = places[-1]
    return f"{type(error).__name__} at {Path(name).relative_to(ROOT)}:{line}"
