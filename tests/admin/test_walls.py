"""Who gets into the back office, what an address may say, and what does not exist there."""

from __future__ import annotations

import re

import pytest

from app.later import uuid7
from app.permissions import Role, may
from tests.cast import CAST
from tests.wall.routes import every_route

OFFICE = "/back-office/"
PARTS = (
    "people",
    "memberships",
    "la-memberships",
    "schools",
    "la-groups",
    "school-groups",
    "packs",
)
LISTS = tuple(f"{OFFICE}{part}/" for part in PARTS)


def routes(app):
    found = [one for one in every_route(app) if one.rule.startswith(OFFICE)]
    assert len(found) > 25
    return found


@pytest.mark.parametrize("player", CAST.everybody, ids=lambda one: one.email.split("@")[0])
def test_only_the_la_administrator_finds_it(app, sign_in, player):
    browser = sign_in(player)
    is_admin = may([Role(player.role)], "authority.office")
    assert is_admin == (player.role == "la_admin")
    for route in routes(app):
        ask = browser.get if route.method == "GET" else browser.post
        answer = ask(f"{route.rule}?id=1")
        if not is_admin:
            assert answer.status_code == 404, str(route)
            assert "back-office" not in answer.get_data(as_text=True)
        else:
            assert answer.status_code in (200, 404, 412, 422), f"{route} {answer.status_code}"


def test_nobody_signed_in_is_sent_to_the_sign_in_page(app):
    client = app.test_client()
    for route in routes(app):
        answer = client.open(route.rule, method=route.method)
        assert answer.status_code in (302, 400, 401), str(route)
        if route.method == "GET":
            assert answer.location.startswith("/sign-in?next="), answer.location


def test_every_route_says_the_permission(app):
    assert {route.permissions for route in routes(app)} == {("authority.office",)}


def test_nothing_deletes_exports_or_edits_many(app):
    rules = {route.rule for route in routes(app)}
    last = {rule.removeprefix(OFFICE).rstrip("/").rpartition("/")[2] for rule in rules}
    assert last == {"", *PARTS, "details", "edit", "new"}
    # Flask-Admin's own files are not served, and its templates not found.
    assert not [one for one in app.url_map.iter_rules() if "admin" in one.endpoint.split(".")]
    assert not [
        one.rule
        for one in app.url_map.iter_rules()
        if one.endpoint.startswith("office") and "static" in one.endpoint
    ]
    with pytest.raises(Exception, match=r"admin/base\.html"):
        app.jinja_env.get_template("admin/base.html")


@pytest.mark.parametrize("path", ["delete/", "action/", "ajax/update/", "export/csv/"])
def test_addresses_of_flask_admin_that_we_do_not_have(sign_in, cast, path):
    ada = sign_in(cast.ada)
    for page in LISTS:
        assert ada.post(f"{page}{path}", {"id": "1", "action": "delete"}).status_code == 404
        assert ada.get(f"{page}{path}").status_code == 404


def test_no_casework_is_among_the_models(app):
    from app.admin.office import VIEWS
    from tenants.policies import RIGHTS

    tables = {model.__tablename__ for _, model, _, _ in VIEWS}
    casework = {"incidents", "events", "turns", "clocks", "diagnostic_checks", "attachments"}
    assert not tables & casework
    # What it shows or changes, its role in the database may; and delete it may nothing of it.
    for table in tables:
        rights = RIGHTS[table][3]
        assert "D" not in rights, table


def test_a_view_of_casework_would_show_nothing(app):
    """Somebody adds one by mistake: the wall is in the database, not in what we registered."""
    from sqlalchemy.exc import ProgrammingError

    from app.admin.view import OfficeView
    from app.incidents.models import Incident
    from tenants import administering, db

    class Casework(OfficeView):
        column_list = ("title",)

    view = Casework(Incident, db, endpoint="casework_attempt", name="Casework")
    with app.test_request_context(), administering("an attempt"):
        for attempt in (
            lambda: view.get_list(0, None, None, None, None),
            lambda: view.get_one("1,1"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                attempt()
            db.session.rollback()


def test_every_link_of_the_start_page_opens(sign_in, cast):
    ada = sign_in(cast.ada)
    page = ada.get(OFFICE).get_data(as_text=True)
    links = re.findall(r'href="(/[^"]*)"', page[page.index("<main") : page.index("</main>")])
    assert len(links) >= 12
    for link in links:
        assert ada.get(link).status_code == 200, link


# --- addresses that somebody made up ---

IDS = (
    "",
    "0",
    "-1",
    "1,2",
    "1,2,3",
    "999999",
    "9" * 30,
    "9223372036854775807",
    "9223372036854775808",
    "2147483648",
    "abc",
    "1'--",
    "%00",
    "１",
    "1.0",
    "1&id=2",
    "<script>",
)


@pytest.mark.parametrize("page", ["details", "edit"])
def test_an_id_that_is_not_there_is_not_found(sign_in, cast, page):
    ada = sign_in(cast.ada)
    for part in LISTS:
        is_of_school = "memberships/" in part or "school-groups" in part
        for text in IDS:
            is_two = is_of_school and "la-" not in part and text == "1,2"
            answer = ada.get(f"{part}{page}/?id={text}")
            assert answer.status_code == 404 or (is_two and answer.status_code == 200), (
                f"{part} {text} {answer.status_code}"
            )
        assert ada.get(f"{part}{page}/").status_code == 404


QUERIES = (
    "page=-1",
    "page=999999999999999999999",
    "page=zzz",
    "sort=zzz",
    "sort=-1",
    "sort=999",
    "sort=0&desc=zzz",
    "sort=1&desc=1",
    "page_size=1000000000",
    "page_size=-5",
    "search=%00",
    "search=%25",
    "search=" + "x" * 5000,
    "search=" + "%20a" * 500,
    "search=\\",
    "search=%F0%9F%98%80%EF%BF%BF",
    "flt0_0=1",
    "flt0_role_is=zzz",
    "flt0_kind_is=%00",
    "flt0_line_is=99999999999999999999",
    "flt0_school_code_is=%27%20OR%201=1--",
    "flt0_school_code_is=STM",
    "flt_=&flt=&flt1=",
    "flt0_may_sign_in_is=yes",
    "flt0_in_force_is=ended",
    "url=https://evil.example/&next=//evil.example",
    "id=1",
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda one: one[:30])
def test_a_list_bears_any_address(sign_in, cast, query):
    ada = sign_in(cast.ada)
    for page in LISTS:
        answer = ada.get(f"{page}?{query}")
        assert answer.status_code == 200, page
        assert "evil.example" not in answer.get_data(as_text=True)
        assert "Traceback" not in answer.get_data(as_text=True)


def test_no_redirect_leads_elsewhere(sign_in, cast):
    """Flask-Admin takes `url` and `next` out of the address; ours goes to the saved row."""
    ada = sign_in(cast.ada)
    address = f"{OFFICE}la-groups/new/?url=https://evil.example/&next=https://evil.example/"
    ada.get(address)
    answer = ada.post(address, {"name": "Walked", "kind": "la", "line": "1"})
    assert answer.status_code == 303
    assert answer.location.startswith("/back-office/la-groups/details/?id=")


def test_without_the_token_nothing_is_saved(app, sign_in, cast):
    ada = sign_in(cast.ada)
    fields = {"name": "Walked", "kind": "la", "line": "1"}
    assert ada.client.post(f"{OFFICE}la-groups/new/", data=fields).status_code in (400, 403)
    assert "Walked" not in ada.get(f"{OFFICE}la-groups/").get_data(as_text=True)


# --- lists ---


@pytest.mark.parametrize("page", LISTS)
def test_a_list_takes_few_statements_whatever_it_holds(app, sign_in, cast, statements, page):
    ada = sign_in(cast.ada)
    ada.get(page)
    statements.clear()
    assert ada.get(page).status_code == 200
    sent = [one for one in statements if "SET LOCAL" not in one and "who_by" not in one]
    assert len(sent) <= 3, sent
    assert not [one for one in sent if "count(" in one.lower()], "a whole table is counted"


def test_the_start_page_counts_to_a_cap(sign_in, cast, statements):
    ada = sign_in(cast.ada)
    ada.get(OFFICE)
    statements.clear()
    page = ada.get(OFFICE)
    assert page.status_code == 200
    assert len(statements) <= 14, statements
    counting = [one for one in statements if "count(" in one.lower()]
    assert len(counting) >= 5
    assert all("LIMIT" in one for one in counting)


def test_pages_follow_one_another_and_end(app, sign_in, cast):
    from app.people.models import Person
    from tenants import administering, db

    with app.app_context(), administering("many people, in a test"):
        db.session.add_all(
            Person(email=f"many{n}@x.example", name=f"Many {n:03}", kind="staff")
            for n in range(120)
        )
        db.session.commit()
    ada, found, address = sign_in(cast.ada), [], f"{OFFICE}people/?search=many&sort=0&desc=1"
    while address:
        text = ada.get(address).get_data(as_text=True)
        found += re.findall(r">(Many \d+)</a>", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else None
    assert found == [f"Many {n:03}" for n in reversed(range(120))]
    assert "Nothing matches" in ada.get(f"{OFFICE}people/?search=nobody").get_data(as_text=True)


def test_lists_narrow(sign_in, cast):
    ada = sign_in(cast.ada)

    def names(query):
        page = ada.get(f"{OFFICE}{query}").get_data(as_text=True)
        return re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]+)</a>', page)

    assert names("memberships/?flt0_school_code_is=oak") == ["Olga Spoc", "Otto Reporter"]
    assert names("memberships/?flt0_role_is=spoc") == ["Olga Spoc", "Sam Spoc"]
    assert names("memberships/?flt1_role_is=spoc&flt0_school_code_is=stm") == ["Sam Spoc"]
    assert names("memberships/?flt0_in_force_is=ended") == []
    assert names("people/?search=RITA@st-marys") == ["Rita Reporter"]
    assert names("people/?search=%25") == []
    assert names("people/?flt0_may_sign_in_is=no") == []
    assert names("schools/?search=st+mary's") == ["St Mary’s Primary School"]
    assert names("la-groups/?flt0_line_is=2") == ["LA second line"]


def test_a_key_of_a_form_is_a_key(app, sign_in, cast):
    """The door's twin table answers a form that is sent twice."""
    ada = sign_in(cast.ada)
    ada.get(f"{OFFICE}la-groups/new/")
    fields = {"name": "Twice", "kind": "la", "line": "1", "submission_id": str(uuid7())}
    first, second = (ada.post(f"{OFFICE}la-groups/new/", fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    assert ada.get(f"{OFFICE}la-groups/").get_data(as_text=True).count(">Twice</a>") == 1
