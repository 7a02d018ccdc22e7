"""Every page that somebody can open: axe finds nothing, and nothing is cut off at 320 px.

The pages come from the app's own list of routes; a new one is looked at by itself.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from app import clock
from app.contracts.rules import OLA_STANDARD
from app.people.keys import make_key
from app.permissions import Role, may
from tests.announcements.test_announcements import DOWN
from tests.api.desk import ADVISORS_ON, ASK, INCIDENTS, SCHOOL, TO_DO
from tests.api.desk import done as must
from tests.browser.conftest import NARROW, violations
from tests.imports.conftest import Bringing
from tests.incidents.pages import BROKEN, checked, forwarded
from tests.incidents.supply import a_supplier, with_supplier
from tests.knowledge.test_api import SAID, published, written
from tests.problems_log.test_api import brought
from tests.problems_log.test_api import logged as problem
from tests.progress.test_changes import ASKED as ASKED_FOR
from tests.progress.test_changes import PLANS, WAY
from tests.servers import run_folder
from tests.wall.routes import Route, every_route

# Who opens a page: the first of these whose role may. The first five open each other's pages too
# where there is a number in the address, for these look different to each.
VISITORS = ("rita", "sam", "tariq", "mo", "ada", "dora", "ike", "pip", "sue", "theo", "sasha")
EVERYWHERE = VISITORS[:5]
# Not pages: what machines read.
NOT_PAGES = ("/presence", "/healthz", "/readyz", ".csv", ".xlsx", ".pdf", "openapi.json")

# Looked at by tests of their own: by a link or a number that is made up at random, one of a list
# of the back office, what is only there on a demo, pictures and figures.
ELSEWHERE = (
    "<link>",
    "<token>",
    "/labels/print",
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
    "suppliers": "bulbs-ltd",
    "assets": "PC-1",
    "assets.status": "PC-4",
    "assets.confirm": "PC-3",
    "assets.change_field": "case",
    "offers": "la-support",
    "incidents.own_supplier": "lamps-ltd",
    "services": "wi-fi",
    "labels.of_asset": "PC-1",
    "issued_reports.edit": "counts",
    "figures_in_depth": "seasons",
}
DOCUMENTS = (("procedure", "authorised"), ("strategy", None), ("procedure", "declined"))
# Pages that show something only when they are asked for it.
ASKED = {
    "incidents.blank_print": "?first=1&last=2",
    "incidents.checks": "?list=screen-no-picture",
    "changes.move": "?state=cancelled",
    "documents.show": "?of=2",
    "assets.add": "?type=desktop",
    "assets.status": "?to=disposed",
    "assets.together": "?pick=PC-1&pick=PC-2",
    "payments.move": "?status=cancelled",
    "diary.day": "?source=entry&key=1&on=2099-01-12",
    "diary.month": "?month=2099-01",
    "figures_in_depth.note": "?type=laptop&make=Acer",
    "diary.on_paper": "?from=2099-01-01&to=2099-02-28",
    "performance.index": "?period=this_month",
    "performance.la_index": "?period=this_month&figure=reopen_rate",
    "performance.one": "?period=this_month",
    "performance.la_one": "?period=this_month&by=school&school=st-marys",
    "performance.behind": "?period=this_month&part=denominator",
    "performance.la_behind": "?period=this_month&figure=reported",
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
    _catalogue_and_progress(app)
    _equipment(app)
    _stock(app)
    _diary(app)
    _rooms_and_suppliers(app)
    _licences_and_payments(app)
    _contracts(app)
    _imports(app, api)


def _imports(app, api):
    """One that was checked, with a room that is missing and a line that is refused."""
    sheet = b"Tag,Type,Room\n77,Laptop,Attic\n78,PC,Hall\n79,Sandwich,Hall\n"
    Bringing(app, api).checked("assets", sheet)


def _licences_and_payments(app):
    """Licences 1 to 3: short, with a key, for the whole site; payments 1 to 4: planned, cancelled,
    and two of a schedule, of which the first is approved."""
    usual = {"metric": "pupil_fte", "quantity": 3, "start": "2026-01-01", "cost": "60.00"}
    for more in (
        {"allocations": [{"count": 9}, {"person": "Rita Reporter"}]},
        {"end": "2026-01-31", "licence_key": "KEY"},
        {"metric": "site", "curriculum": True},
    ):
        said = {**usual, "product": f"Paint {len(more)} {more.get('metric', '')}", **more}
        must(app, "sam", "post", f"{SCHOOL}/licences", said)
    schedule = {"rhythm": "monthly", "first_on": "2026-01-05", "times": 2}
    for when in ({"due_on": "2026-01-05"}, {"due_on": "2099-01-05"}, {"schedule": schedule}):
        said = {"description": "Broadband", "amount": "100.00", "cost_code": "E19", **when}
        must(app, "sam", "post", f"{SCHOOL}/payments", said)
    for who, number, step in (
        ("sam", 2, {"status": "cancelled", "reason": "Too dear"}),
        ("ike", 3, {"status": "approved"}),
    ):
        must(app, who, "put", f"{SCHOOL}/payments/{number}/status", step)


def _contracts(app):
    """Contracts 1 to 3: a draft, one in force with a visit drawn from it, and one that has run
    out; and what the LA offers."""
    terms = {"kind": "sla", "start": "2024-04-01", "initial_months": 36, "visits_per_year": 9}
    tacit = {"renewal": "tacit", "renewal_months": 12, "notice_months": 3}
    lease = {"kind": "lease", "start": "2020-04-01", "initial_months": 12}
    for name, more in (("Alarm", {}), ("Broadband", tacit), ("Copier", lease)):
        said = {**terms, "name": name, "annual_charge": "8850.00", **more}
        must(app, "sam", "post", f"{SCHOOL}/contracts", said)
    for number in (2, 3):
        must(app, "ike", "put", f"{SCHOOL}/contracts/{number}/signature")
    drawn = {"on": clock.today().isoformat(), "visits": 8, "note": "Server room"}
    must(app, "sam", "post", f"{SCHOOL}/contracts/2/uses", drawn)
    offer = {**terms, "name": "LA support", "summary": "By telephone", "charges": {"": "10.00"}}
    must(app, "mo", "post", "/contract_offers", offer)


def _rooms_and_suppliers(app):
    """A trolley in the ICT suite, and a supplier who can be given incidents."""
    trolley = {"name": "Trolley A", "kind": "trolley", "parent": "ict-suite"}
    must(app, "sam", "post", f"{SCHOOL}/locations", trolley)
    bulbs = {"name": "Bulbs Ltd", "email": "help@bulbs.example", "specialities": ["wifi"]}
    must(app, "sam", "post", f"{SCHOOL}/suppliers", bulbs)


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


def _diary(app):
    """Entry 1 comes every week, with a checklist; jobs that most schools have; a feed."""
    points = {"checklist": ["Ask for offers", "Tell the bursar"], "assignee": "Theo Technician"}
    must(app, "sam", "post", f"{SCHOOL}/diary", {**TO_DO, **points, "repeat": "weekly"})
    forgotten = {"title": "Review of the Wi-Fi", "kind": "review", "on": "2026-01-05"}
    must(app, "sam", "post", f"{SCHOOL}/diary", forgotten)
    must(app, "sam", "post", f"{SCHOOL}/diary/presets", {"presets": ["pat"], "on": "2099-01-05"})
    mark = {"source": "entry", "key": "1", "on": "2099-01-12", "status": "planned"}
    must(app, "sam", "put", f"{SCHOOL}/diary/marks", {**mark, "ticked": ["Ask for offers"]})
    must(app, "sam", "post", f"{SCHOOL}/diary/feeds", {"label": "My phone"})


def _equipment(app):
    """PC-1 with two incidents and a field of our own, PC-2 on loan, PC-3 waits for the
    ICT owner, PC-4 is retired."""
    for label, more in (("Case", {"kind": "choice", "choices": ["red", "blue"]}), ("Bought", {})):
        field = {"type": "desktop", "label": label, **more}
        must(app, "sam", "post", f"{SCHOOL}/asset_fields", field)
    pc = {"type": "desktop", "make": "Dell", "model": "OptiPlex", "location": "library"}
    for number in range(1, 5):
        said = {**pc, "tag": f"PC-{number}", "own_fields": {"case": "red"}, "price": "399.00"}
        must(app, "sam", "post", f"{SCHOOL}/assets", said)
    for title in ("It hums", "It smells"):
        must(app, "rita", "post", INCIDENTS, {**BROKEN, "title": title, "asset": "PC-1"})
    must(app, "sam", "post", f"{SCHOOL}/assets/PC-2/loan", {"borrower": "Class 4B"})
    old = {"status": "retired", "reason": "Ten years old"}
    must(app, "sam", "put", f"{SCHOOL}/assets/PC-3/status", old)
    must(app, "ike", "put", f"{SCHOOL}/assets/PC-4/status", old)


def _stock(app):
    """Stock-takes 1 and 2: one going on, with something of every kind, and one confirmed."""
    for tag, room in (("CAM-1", "ict-suite"), ("CAM-2", "ict-suite"), ("CAM-3", "hall")):
        asset = {"tag": tag, "type": "camera", "location": room}
        must(app, "sam", "post", f"{SCHOOL}/assets", asset)
    for number, room in ((1, "ict-suite"), (2, "hall")):
        must(app, "sam", "post", f"{SCHOOL}/stock_takes", {"location": room})
        for tag in ("CAM-1", "CAM-3", "GHOST"):
            must(app, "sam", "post", f"{SCHOOL}/stock_takes/{number}/seen", {"tag": tag})
    must(app, "sam", "put", f"{SCHOOL}/stock_takes/2/confirmation", {"choices": []})


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


def _catalogue_and_progress(app):
    """Two services, one with a part; a date; documents 1 to 3, each with a second version that
    waits: in force, a strategy, declined; changes 1 to 3: a draft, submitted, implemented; what is
    put in place: with milestones, without."""
    for said in (
        {"name": "Wi-Fi", "criticality": "high", "parts": [{"words": "The controller"}]},
        {"name": "E-mail"},
    ):
        service = {"purpose": "Laptops in classrooms", "used_by": "Everybody", **said}
        must(app, "sam", "post", f"{SCHOOL}/services", service)
    sats = {"kind": "tests", "title": "SATs", "service": "wi-fi"}
    days = {"first_day": "2099-05-11", "last_day": "2099-05-14"}
    must(app, "sam", "post", f"{SCHOOL}/critical_dates", {**sats, **days})
    text = "# First\n## Then\n- Ring the desk\n\n1. Wait\n\nThat is all"
    for number, (kind, decision) in enumerate(DOCUMENTS, 1):
        said = {"kind": kind, "title": f"A {kind}", "text": text, "review_on": "2099-01-05"}
        must(app, "sam", "post", f"{SCHOOL}/documents", said)
        path = f"{SCHOOL}/documents/{number}/versions"
        if decision:
            must(app, "dora", "put", f"{path}/1", {"decision": decision, "note": "Looked at"})
        must(app, "theo", "post", path, {"text": f"{text} for now"})
    must(app, "sam", "post", f"{SCHOOL}/changes", {"title": "A", "description": "B"})
    for kind in ("service", "incident"):
        days = {"from": "2025-01-06", "to": "2026-01-01"}
        must(app, "sam", "post", f"{SCHOOL}/reports", {"kind": kind, **days})
    schedule = {"kind": "service", "rhythm": "term", "roles": ["spoc"]}
    must(app, "sam", "post", f"{SCHOOL}/reports/schedules", schedule)
    for number, steps in ((2, 1), (3, 6)):
        must(app, "sam", "post", f"{SCHOOL}/changes", {**ASKED_FOR, **PLANS})
        for who, state, more in WAY[:steps]:
            path = f"{SCHOOL}/changes/{number}/state"
            must(app, who, "put", path, {"state": state, **more})
    milestones = [{"name": "Cables laid", "due_on": "2026-01-05"}, {"name": "Tested"}]
    for more in ({"milestones": milestones}, {}):
        said = {"title": "Wi-Fi", "owner": "Theo", "summary": "All rooms", **more}
        must(app, "sam", "post", f"{SCHOOL}/implementations", said)


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
                # An incident looks different to everybody; what a register has, much the same.
                ("/incidents/<number" in route.rule and who in EVERYWHERE)
                or not any(_may(one, route) for one in earlier)
            )
        ):
            found.append(route)
    return found


def _may(role: str, route: Route) -> bool:
    return any(may([Role(role)], action) for action in route.permissions)


def addresses_of(route: Route, member: str, places: list[str]) -> list[str]:
    usual = {"school": "st-marys", "slug": "st-marys", "academic_year": "2026-27"}
    usual |= {"member": member, "urn": "100001", "day": "2099-01-05"}
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


_MAIN = re.compile(r"<main.*?</main>", re.S)
_TAG_OR_TEXT = re.compile(r"(<[^>]*>)|([^<]+)")
_WORDS_IN_TAGS = re.compile(
    r' (href|src|action|value|nonce|content|datetime|title|data-[a-z-]+)="[^"]+"'
)


def _shape(text: str) -> str:
    """The elements, and whether there are words in them: which words makes no difference to axe.
    One that is too long for a narrow page does."""
    found = []
    for tag, words in _TAG_OR_TEXT.findall(text.replace(' aria-current="page"', "")):
        if tag:
            found.append(re.sub(r"[0-9]+", "0", _WORDS_IN_TAGS.sub(r' \1="x"', tag)))
        elif words.strip():
            longest = max(map(len, words.split()))
            found.append("x" if longest <= 20 else f"x{longest}")
    return "".join(found)


def _is_new(text: str, looked_at: Path) -> bool:
    """Whether the page, or what stands around it for this person, has not been looked at yet."""
    main = "".join(_MAIN.findall(text))
    shapes = (_shape(main), _shape(text.replace(main, "")))
    return any([_is_first(looked_at / sha256(one.encode()).hexdigest()) for one in shapes])


def _is_first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@pytest.fixture
def looked_at():
    """A mark for each page that was looked at in this run, by whomever and in whichever process."""
    folder = run_folder() / "looked-at"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("who", [*EVERYWHERE, "dora", "ike", "pip"])
def test_axe_finds_nothing_on_any_page(
    app, open_as, sign_in, school_at_work, cast, ledger, looked_at, who
):
    page = open_as(getattr(cast, who), "/account", size=NARROW, bypass_csp=True)
    reader = sign_in(getattr(cast, who))
    ((school, sam),) = ledger.rows("SELECT school_id, id FROM memberships WHERE name = 'Sam Spoc'")
    member = make_key(app.config["SECRET_KEY"], school, sam)
    places = [str(one) for (one,) in ledger.rows(_PLACES)]
    wrong, never = [], []
    for route in pages_of(app, who, cast):
        was_there = False
        for path in addresses_of(route, member, places):
            answer = reader.get(path, follow_redirects=True)
            was_there = was_there or answer.status_code == 200
            if answer.status_code != 200 or not _is_new(answer.text, looked_at):
                continue
            page.goto(path)
            wrong += [f"{path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{path}: wider than {NARROW[0]} px")
        if not was_there and not any(part in route.rule for part in ELSEWHERE):
            never.append(route.rule)
    assert never == [], "nothing answers there: let the school at work have one"
    assert wrong == []
