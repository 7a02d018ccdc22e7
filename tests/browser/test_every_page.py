"""Every page that somebody can open: axe finds nothing, and nothing is cut off at 320 px.

The pages come from the app's own list of routes; a new one is looked at by itself.
"""

from __future__ import annotations

import re

import pytest

from app.contracts.rules import OLA_STANDARD
from app.people.keys import make_key
from app.permissions import Role, may
from tests.announcements.test_announcements import DOWN
from tests.api.desk import ADVISORS_ON, ASK, INCIDENTS, SCHOOL
from tests.api.desk import done as must
from tests.browser.conftest import NARROW, violations
from tests.incidents.pages import BROKEN, checked, forwarded
from tests.incidents.supply import a_supplier, with_supplier
from tests.knowledge.test_api import SAID, published, written
from tests.problems_log.test_api import brought
from tests.problems_log.test_api import logged as problem
from tests.wall.routes import Route, every_route

# Who opens a page: the first of these whose role may. The first five open each other's pages too
# where there is a number in the address, for these look different to each.
VISITORS = ("rita", "sam", "tariq", "mo", "ada", "dora", "ike", "pip", "sue", "theo", "sasha")
EVERYWHERE = VISITORS[:5]
# Not pages: what machines read.
NOT_PAGES = ("/presence", "/healthz", "/readyz", ".csv", "openapi.json")

# Looked at by tests of their own: by a link or a number that is made up at random, one of a list
# of the back office, what is only there on a demo, pictures and figures.
ELSEWHERE = (
    "<link>",
    "<uuid:",
    "/files/",
    "/details/",
    "/edit/",
    "/mail-not-sent",
    "/metrics",
)
_PLACES = """SELECT id FROM checklists UNION SELECT id FROM la_checklists
    UNION SELECT id FROM canned_replies UNION SELECT id FROM la_canned_replies"""

# What stands in an address where it is not the number of something.
KEYS = {
    "packs": "la-standard",
    "agreements": "own-our-desk",
    "incidents.own_group": "technicians",
    "incidents.own_supplier": "lamps-ltd",
}
# Pages that show something only when they are asked for it.
ASKED = {
    "incidents.blank_print": "?first=1&last=2",
    "incidents.checks": "?list=screen-no-picture",
}


@pytest.fixture
def school_at_work(app, api, cast, sign_in, ledger):
    """Incidents 1 to 9: new, returned, checked, forwarded, in progress, resolved, waiting for the
    ICT owner, with a Tech Advisor, with a supplier. Of all else at least one."""
    ledger.rows(ADVISORS_ON)
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
    desk = {**OLA_STANDARD, "name": "Our desk"}
    api(cast.sam).post("/schools/st-marys/agreements", desk)
    api(cast.ike).put("/schools/st-marys/agreements/own-our-desk/signature")
    desk |= {"targets": {"P1": {"response_minutes": 5}}, "valid_from": "2099-01-05"}
    api(cast.sam).put("/schools/st-marys/agreements/own-our-desk", desk)
    done = {"type": "workaround", "text": "Use the other one"}
    api(cast.tariq).put("/schools/st-marys/incidents/6/resolution", done)
    _more_incidents(app, api, cast, sign_in)
    _beside_incidents(app, cast, sign_in)
    _knowledge(api, cast)


def _more_incidents(app, api, cast, sign_in):
    checked(api, cast, type="request", title="A second screen")
    ask = {"why": "For the office", "cost": "1120.00", "needs_licence": True}
    must(app, "sam", "post", f"{INCIDENTS}/7/approval", ask)
    must(app, "rita", "post", INCIDENTS, {**BROKEN, "category": "display", "advice": True})
    must(app, "pip", "put", f"{INCIDENTS}/8/advice/taking", {})
    with_supplier(app, a_supplier(app, sign_in, cast))
    must(app, "sam", "put", f"{INCIDENTS}/4/parent", {"parent": "5"})
    must(app, "sam", "post", f"{INCIDENTS}/3/consultations", ASK)


def _beside_incidents(app, cast, sign_in):
    """Visits 1 to 3: arrived, over, booked; and what is kept ready."""
    for number in (1, 2, 3):
        slot = must(app, "tariq", "get", f"{SCHOOL}/visits/slots?visitor=me").json["items"][0]
        must(app, "tariq", "post", f"{SCHOOL}/visits", {**slot, "visitor": "me"})
        if number < 3:
            must(app, "tariq", "post", f"{SCHOOL}/visits/{number}/arrival")
        if number == 2:
            abort = {"reason": "The room is locked"}
            must(app, "tariq", "put", f"{SCHOOL}/visits/{number}/abort", abort)
    must(app, "sam", "post", f"{SCHOOL}/blank_sheets", {"count": 2})
    reply = {"title": "Soon", "text": "{reference}: at three."}
    checklist = {"name": "Dark screen", "category": "display", "items": "Cable\nLamp"}
    rule = {"line": "1", "category": "print", "group": "technicians"}
    for who, path, said in (
        (cast.sam, "/st-marys/ready/replies/new", reply),
        (cast.sam, "/st-marys/ready/checklists/new", checklist),
        (cast.sasha, "/authority/ready/replies/new", reply),
        (cast.sasha, "/authority/ready/checklists/new", checklist),
        (cast.sam, "/st-marys/support/rules/new", rule),
    ):
        assert sign_in(who).post(path, said).status_code == 303, path


def _knowledge(api, cast):
    """Articles 1 to 3: a draft, published, offered; problems 1 and 2; what is announced."""
    written(api, cast.sam, title="A draft")
    published(api, cast.sam, title="Nobody offers it")
    published(api, cast.sam)
    offer = "/schools/st-marys/articles/3"
    assert api(cast.dora).put(f"{offer}/offer").status_code == 200
    brought(api, cast, "assigned", "known_error")
    problem(api, cast.sam, raised_from="monitoring")
    for who, where in ((cast.sam, "/schools/st-marys/announcements"), (cast.mo, "/announcements")):
        made = api(who).post(where, {**DOWN, "ends_at": "2099-01-05T16:00:00Z"})
        assert made.status_code == 201, made.text
    made = api(cast.mo).post("/articles", {**SAID, "title": "For every school"})
    whole = {"If-Match": made.headers["ETag"]}
    shown = api(cast.mo).patch("/articles/1", {"state": "published"}, whole)
    assert shown.status_code == 200, shown.text


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
            and (
                ("number" in route.parameters and who in EVERYWHERE)
                or not any(_may(one, route) for one in earlier)
            )
        ):
            found.append(route)
    return found


def _may(role: str, route: Route) -> bool:
    return any(may([Role(role)], action) for action in route.permissions)


def addresses_of(route: Route, member: str, places: list[str]) -> list[str]:
    usual = {"school": "st-marys", "slug": "st-marys", "academic_year": "2026-27"}
    usual |= {"member": member, "urn": "100001"}
    key = KEYS.get(route.endpoint, KEYS.get(route.endpoint.partition(".")[0], "ict-suite"))
    numbers = "123456789" if "number" in route.parameters else "1"
    if "place" in route.parameters:
        numbers = places
    asked = ASKED.get(route.endpoint, "")
    found = []
    for number in numbers:
        values = usual | {"number": number, "place": number, "key": key}
        chosen = {name: values.get(name, "100001") for name in route.parameters}
        found.append(route.path(**chosen) + asked)
    return found


def _shape(text: str) -> str:
    """A page without its secrets and numbers: what differs in these only is looked at once."""
    return re.sub(r"[0-9]+", "0", re.sub(r'(value|nonce|content)="[^"]{20,}"', "", text))


@pytest.mark.parametrize("who", [*EVERYWHERE, "dora", "ike", "pip"])
def test_axe_finds_nothing_on_any_page(app, open_as, school_at_work, cast, ledger, who):
    page = open_as(getattr(cast, who), "/account", size=NARROW, bypass_csp=True)
    ((school, sam),) = ledger.rows("SELECT school_id, id FROM memberships WHERE name = 'Sam Spoc'")
    member = make_key(app.config["SECRET_KEY"], school, sam)
    places = [str(one) for (one,) in ledger.rows(_PLACES)]
    seen, wrong, never = set(), [], []
    for route in pages_of(app, who, cast):
        was_there = False
        for path in addresses_of(route, member, places):
            answer = page.request.get(path)
            was_there = was_there or answer.status == 200
            if answer.status != 200 or {answer.url, _shape(answer.text())} & seen:
                continue
            seen |= {answer.url, _shape(answer.text())}
            page.goto(path)
            wrong += [f"{path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{path}: wider than {NARROW[0]} px")
        if not was_there and not any(part in route.rule for part in ELSEWHERE):
            never.append(route.rule)
    assert never == [], "nothing answers there: let the school at work have one"
    assert wrong == []
