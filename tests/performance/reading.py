"""What a page of figures says."""

from __future__ import annotations

import re
from typing import Any

from tests.incidents.pages import text_of

HERE = "/st-marys/performance"
MONTH = "period=this_month"
# Of schools that only the LA may know.
_NAMES = ("Birch", "birch", "School A", "school-a", "SCAA", "Oakfield", "oakfield")


def plain(answer: Any) -> str:
    """Its words, each blank a single one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


def names_nobody_else(browser: Any) -> None:
    for path in (f"{HERE}?{MONTH}", f"{HERE}/table.csv?{MONTH}", f"{HERE}/one?{MONTH}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        for word in _NAMES:
            assert word not in text_of(answer), (path, word)
