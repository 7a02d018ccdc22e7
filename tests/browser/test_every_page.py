"""Every page that somebody can open: axe finds nothing, and nothing is cut off at 320 px.

The pages come from the app's own list of routes; a new one is looked at by itself.
"""

from __future__ import annotations

import pytest

from app.permissions import Role, may
from tests.browser.conftest import NARROW, violations
from tests.incidents.pages import BROKEN, checked, forwarded
from tests.wall.routes import Route, every_route

# Who opens a page: the first of these whose role may.
VISITORS = ("rita", "sam", "tariq", "mo", "ada", "dora", "ike", "pip", "sue", "theo", "sasha")
# Not pages: what machines read.
NOT_PAGES = ("/healthz", "/readyz", ".csv", "openapi.json")


@pytest.fixture
def school_at_work(api, cast):
    """Incidents 1 to 6: new, returned, checked, forwarded, in progress, resolved."""
    for _ in range(2):
        api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    api(cast.sam).post("/schools/st-marys/incidents/2/return", {"missing": "Which room is it?"})
    checked(api, cast)
    forwarded(api, cast)
    for number in (5, 6):
        forwarded(api, cast)
        path = f"/schools/st-marys/incidents/{number}"
        api(cast.tariq).put(f"{path}/assignment", {"person": "me"})
    internal = {"text": "A lamp", "visibility": "internal"}
    api(cast.tariq).post("/schools/st-marys/incidents/5/notes", internal)
    done = {"type": "workaround", "text": "Use the other one"}
    api(cast.tariq).put("/schools/st-marys/incidents/6/resolution", done)


def pages_of(app, who: str, cast) -> list[Route]:
    role = getattr(cast, who).role
    earlier = [getattr(cast, one).role for one in VISITORS[: VISITORS.index(who)]]
    found = []
    for route in every_route(app):
        is_page = route.method == "GET" and not route.is_api
        if not is_page or any(part in route.rule for part in NOT_PAGES):
            continue
        if (not route.permissions and who == "rita") or (
            _may(role, route)
            and ("number" in route.parameters or not any(_may(one, route) for one in earlier))
        ):
            found.append(route)
    return found


def _may(role: str, route: Route) -> bool:
    return any(may([Role(role)], action) for action in route.permissions)


@pytest.mark.parametrize("who", VISITORS[:5])
def test_axe_finds_nothing_on_any_page(app, open_as, school_at_work, cast, who):
    page = open_as(getattr(cast, who), "/account", size=NARROW, bypass_csp=True)
    seen, wrong = set(), []
    for route in pages_of(app, who, cast):
        for number in "123456" if "number" in route.parameters else "1":
            usual = {"school": "st-marys", "number": number, "key": "ict-suite", "slug": "st-marys"}
            path = route.path(**{name: usual.get(name, "100001") for name in route.parameters})
            answer = page.request.get(path)
            if answer.status != 200 or answer.url in seen:
                continue
            seen.add(answer.url)
            page.goto(path)
            wrong += [f"{path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{path}: wider than {NARROW[0]} px")
    assert len(seen) >= 5, seen
    assert wrong == []
