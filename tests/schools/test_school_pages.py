"""The LA's list of schools, the page about a school, and schools as JSON."""

from __future__ import annotations

import re

import pytest

from app.schools.rules import RESERVED_SLUGS
from tenants import School, administering, db
from tests.schools.registers import ESSEX

LIST = "/authority/schools"


@pytest.fixture
def essex(app):
    """The 248 schools of Essex beside the two of the cast."""
    import io

    from app.schools import importing

    with app.app_context(), administering("Essex, in a test"):
        kept = importing.stage("essex.csv", io.BytesIO(ESSEX), la_code=881, by=None)
        importing.apply(kept, by=None)
        db.session.commit()


def names(page: str) -> list[str]:
    return re.findall(r'href="/authority/schools/[a-z0-9-]+">([^<]+)</a>', page)


def listed(browser, query: str = "") -> list[str]:
    return names(browser.get(f"{LIST}{query}").get_data(as_text=True))


# --- the list ---


def test_every_school_page_by_page(sign_in, cast, essex):
    ada = sign_in(cast.ada)
    found, address = [], LIST
    while address:
        page = ada.get(address).get_data(as_text=True)
        found += names(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else None
    assert len(found) == 250
    assert found == sorted(found)


SEARCHES = {
    "?q=hamilton": ["Hamilton Primary School"],
    "?q=STM": ["St Mary’s Primary School"],
    "?q=114706": ["Hamilton Primary School"],
    "?q=114730": ["Langham Primary Academy"],
    "?q=151529": ["Langham Primary Academy"],
    "?q=langham-primary-school": ["Langham Primary Academy"],
    "?q=st+mary's+primary": ["Dunmow St Mary’s Primary School", "St Mary’s Primary School"],
    "?q=%25": [],
    "?q=nowhere": [],
    "?status=active": ["Oakfield Academy", "St Mary’s Primary School"],
    "?q=oakfield&status=active": ["Oakfield Academy"],
    "?q=oakfield&status=": ["Oakfield Academy", "Oakfield Primary School"],
}


def test_searching(sign_in, cast, essex):
    ada = sign_in(cast.ada)
    assert {query: listed(ada, query) for query in SEARCHES} == SEARCHES


@pytest.mark.parametrize("query", ["?status=<script>", "?q=%00", "?x=1", f"?q={'y' * 3000}"])
def test_an_address_that_somebody_made_up_is_no_error(sign_in, cast, query):
    assert sign_in(cast.ada).get(f"{LIST}{query}").status_code == 200


def test_a_cursor_from_elsewhere_is_refused(sign_in, cast):
    assert sign_in(cast.ada).get(f"{LIST}?after=abc").status_code == 422


def test_the_list_takes_as_many_statements_for_250_schools_as_for_2(
    sign_in, cast, essex, statements
):
    ada = sign_in(cast.ada)
    statements.clear()
    ada.get(LIST)
    assert len(statements) <= 7, statements


def test_the_entry_of_a_school_says_where_its_facts_come_from(sign_in, cast, essex):
    page = sign_in(cast.ada).get(f"{LIST}/langham-primary-school").get_data(as_text=True)
    assert "Langham Primary Academy" in page
    assert "Open Government Licence v3.0" in page
    assert re.search(r"151529.*28 February 2025.*now.*114730.*not known.*28 February 2025", page,
                     re.DOTALL)  # fmt: skip


# --- what a school's people see ---


@pytest.mark.parametrize("player", ["rita", "sam", "sue"])
def test_a_school_tells_about_itself(sign_in, cast, player):
    page = sign_in(getattr(cast, player)).get("/st-marys/details").get_data(as_text=True)
    assert "100001" in page
    assert "Sam Spoc" in page


def test_nobody_reads_about_another_school(sign_in, cast):
    assert sign_in(cast.olga).get("/st-marys/details").status_code == 404
    assert sign_in(cast.olga).get("/oakfield/details").status_code == 200


def test_an_invented_number_of_pupils_says_so(sign_in, cast, app):
    with app.app_context(), administering("inventing, in a test"):
        school = db.session.query(School).filter_by(slug="st-marys").one()
        school.number_of_pupils, school.pupils_invented = 1210, True
        db.session.commit()
    page = sign_in(cast.rita).get("/st-marys/details").get_data(as_text=True)
    assert "1,210 (invented for the demonstration)" in page


# --- JSON ---


def test_people_see_their_own_schools(api, cast):
    answer = api(cast.rita).get("/schools").json
    assert answer == {
        "items": [
            {
                "name": "St Mary’s Primary School",
                "code": "STM",
                "slug": "st-marys",
                "urn": 100001,
                "phase": "Primary",
                "status": "active",
            }
        ],
        "next": None,
    }
    assert [one["slug"] for one in api(cast.olga).get("/schools").json["items"]] == ["oakfield"]


def test_la_staff_see_all_page_by_page(api, cast, essex):
    for player in (cast.tariq, cast.mo, cast.ada):
        found, after = [], ""
        while after is not None:
            path = f"/schools?limit=100{after and '&after=' + after}"
            answer = api(player).get(path).json
            found += [one["slug"] for one in answer["items"]]
            after = answer["next"]
        assert len(found) == len(set(found)) == 250


def test_one_school(api, cast, at):
    at("2026-01-13T09:10+00:00")
    assert api(cast.rita).get("/schools/st-marys").json == {
        "name": "St Mary’s Primary School",
        "code": "STM",
        "slug": "st-marys",
        "phase": "Primary",
        "status": "active",
        "urn": 100001,
        "spocs": [{"name": "Sam Spoc", "reachable_now": True, "until": "2026-01-13T17:00:00Z"}],
    }
    assert api(cast.olga).get("/schools/st-marys").status_code == 404


@pytest.mark.parametrize(
    ("instant", "until"),
    [
        ("2026-01-13T07:59:59+00:00", None),  # before opening
        ("2026-01-13T08:00:00+00:00", "2026-01-13T17:00:00Z"),
        ("2026-01-13T17:00:00+00:00", None),  # exactly at closing
        ("2026-07-14T07:30:00+00:00", "2026-07-14T16:00:00Z"),  # 08:30 in summer time
        ("2026-01-17T10:00:00+00:00", None),  # Saturday
        ("2026-12-25T10:00:00+00:00", None),  # Christmas Day
    ],
)
def test_whether_the_spoc_can_be_reached(api, cast, at, instant, until):
    at(instant)
    [spoc] = api(cast.rita).get("/schools/st-marys").json["spocs"]
    assert (spoc["reachable_now"], spoc["until"]) == (until is not None, until)


# --- addresses ---


def test_no_school_can_take_the_address_of_a_page(app):
    first_parts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    plain = {part for part in first_parts if re.fullmatch(r"[a-z0-9][a-z0-9-]*", part)}
    assert "queue" in plain
    assert plain - RESERVED_SLUGS == set()
