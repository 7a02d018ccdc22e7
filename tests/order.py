"""The long ones first: neither process is left alone with one of them at the end.

What is not named here comes after them, in the order in which it was found.
"""

from __future__ import annotations

import pytest

_EVERY_PAGE = "tests/browser/test_every_page.py::test_axe_finds_nothing_on_any_page"
_FUZZ = "tests/fuzz/test_api.py::test_nothing_undocumented_and_no_error_of_ours"
# From the longest to those of about ten seconds.
LONG = (
    f"{_FUZZ}[sam]",
    f"{_EVERY_PAGE}[sam]",
    f"{_EVERY_PAGE}[rita]",
    f"{_EVERY_PAGE}[mo]",
    f"{_FUZZ}[tariq]",
    f"{_EVERY_PAGE}[tariq]",
    "tests/api/test_every_route.py::test_every_post_sent_twice_is_done_once",
    "tests/deploy/test_behind_nginx.py::",
    "tests/deploy/test_make_run.py::",
    _EVERY_PAGE,
    "tests/browser/test_story.py::test_an_incident_goes_all_the_way",
    "tests/wall/test_walk.py::test_home_is_the_same_whatever_the_other_school_has",
    "tests/workers/test_processes.py::",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)  # a stable sort: the others stay as they are


def _place(item: pytest.Item) -> int:
    found = (place for place, long in enumerate(LONG) if item.nodeid.startswith(long))
    return next(found, len(LONG))
