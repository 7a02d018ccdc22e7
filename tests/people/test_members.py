"""What people are in a school: another role, a last day, the end; and what follows (A21)."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.people.keys import make_key, read_key
from app.people.members import last_day_of
from app.people.models import ApiToken, Membership, Person
from app.people.rules import MAY_GIVE, ROLES_AT_SCHOOL
from app.permissions import Role
from tenants import School, administering, db
from tests.people.signing import rows
from tests.people.test_invitations import events, memberships

PEOPLE = "/st-marys/people"


def number_of(app, player):
    with app.app_context(), administering("a test"):
        return db.session.execute(
            select(Membership.school_id, Membership.id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Person.email == player.email,
                func.coalesce(Membership.valid_to, date.max) >= clock.now().date(),
            )
            .order_by(Membership.id.desc())
        ).first()


def page_of(app, player):
    school, number = number_of(app, player)
    return f"{PEOPLE}/{make_key(app.config['SECRET_KEY'], school, number)}"


def version_on(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def change(browser, page, what, **data):
    shown = browser.get(page)
    assert shown.status_code == 200, shown.text[:2000]
    return browser.post(f"{page}/{what}", {"version": version_on(shown.text), **data})


def day(on):
    if on is None:
        return {}
    return {"valid_to-day": on.day, "valid_to-month": on.month, "valid_to-year": on.year}


def test_another_role_ends_one_part_and_begins_another(app, sign_in, api, cast):
    rita, dora = sign_in(cast.rita), sign_in(cast.dora)
    page = page_of(app, cast.rita)
    assert page in dora.get(PEOPLE).text
    answer = change(dora, page, "role", role="spoc")
    assert (answer.status_code, answer.location) == (303, PEOPLE)
    today = clock.now().date()
    assert [row[1:2] + row[3:] for row in memberships(app, cast.rita.email)] == [
        ("spoc", today, None),
        ("reporter", date(2021, 1, 1), today - timedelta(days=1)),
    ]
    assert events(app)[-1] == (
        "member.role_changed", "Dora Owner", "Single point of contact (SPOC)"
    )  # fmt: skip
    # The old cookie is good for nothing; signing in again opens the new role.
    assert rita.get("/account").status_code == 302
    assert rita.post("/account/keyboard-shortcuts").status_code == 401
    assert sign_in(cast.rita).get("/st-marys/desk").status_code == 200


def test_what_they_reported_stays_theirs(app, sign_in, api, cast):
    sheet = {"title": "Dark screen", "expected": "a", "happened": "b", "location": "ict-suite"}
    assert api(cast.rita).post("/schools/st-marys/incidents", sheet).status_code == 201
    change(sign_in(cast.dora), page_of(app, cast.rita), "role", role="spoc")
    assert "Dark screen" in sign_in(cast.rita).get("/st-marys/incidents/mine").text


def test_the_groups_of_a_role_end_with_it(app, sign_in, cast, ledger):
    groups = "SELECT count(*) FROM support_group_members"
    dora = sign_in(cast.dora)
    change(dora, page_of(app, cast.theo), "role", role="reporter")
    assert ledger.rows(groups) == [(0,)]
    change(dora, page_of(app, cast.rita), "role", role="technician")
    assert ledger.rows(groups) == [(1,)]


def test_a_part_that_has_not_begun_begins_no_earlier(app, sign_in, cast):
    with app.app_context(), administering("a test"):
        school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        with administering("a test", school):
            db.session.execute(
                update(Membership)
                .where(Membership.role == "supplier")
                .values(valid_from=date(2199, 1, 1))
            )
            db.session.commit()
    change(sign_in(cast.dora), page_of(app, cast.sue), "role", role="technician")
    assert [row[1:2] + row[3:] for row in memberships(app, cast.sue.email)] == [
        ("technician", date(2199, 1, 1), None)
    ]


def test_a_leaver_is_outside_at_once(app, sign_in, api, cast):
    rita = sign_in(cast.rita)
    change(sign_in(cast.dora), page_of(app, cast.rita), "end")
    assert rita.get("/account").status_code == 302
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 401
    again = sign_in(cast.rita)
    assert again.get("/st-marys/").status_code == 404
    assert cast.rita.name not in sign_in(cast.sam).get(PEOPLE).text
    assert events(app)[-1][:2] == ("member.ended", "Dora Owner")


def test_whoever_still_belongs_elsewhere_keeps_what_is_theirs_there(app, sign_in, api, cast):
    _also_at_oakfield(app, cast.rita)
    token = _narrowed_token(app, cast.rita, "st-marys")
    change(sign_in(cast.dora), page_of_first(app, cast.rita), "end")
    assert api(cast.rita).get("/schools/oakfield/locations").status_code == 200
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 404
    revoked = dict(rows(app, ApiToken.id, ApiToken.revoked_at))
    assert revoked[token] is not None
    assert sign_in(cast.rita).get("/oakfield/").status_code == 303


def _also_at_oakfield(app, player, role="reporter"):
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person).where(Person.email == player.email))
        school = db.session.scalar(select(School.id).where(School.slug == "oakfield"))
        who, name = person.id, person.name
        with administering("a test", school):
            db.session.add(
                Membership(
                    school_id=school,
                    person_id=who,
                    name=name,
                    role=role,
                    valid_from=date(2021, 1, 1),
                )
            )
            db.session.commit()


def page_of_first(app, player):
    with app.app_context(), administering("a test"):
        school, number = db.session.execute(
            select(Membership.school_id, Membership.id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.email == player.email)
            .order_by(Membership.id)
        ).first()
    return f"{PEOPLE}/{make_key(app.config['SECRET_KEY'], school, number)}"


def _narrowed_token(app, player, slug):
    from app.people.actions import make_token
    from tenants import at_the_front_door

    with app.app_context(), at_the_front_door():
        person = db.session.scalar(select(Person.id).where(Person.email == player.email))
        school = db.session.scalar(select(School.id).where(School.slug == slug))
        make_token(
            person,
            name="narrowed",
            school_id=school,
            is_read_only=True,
            lasts=timedelta(days=9),
            now=clock.now(),
        )
        db.session.commit()
        return db.session.scalar(select(ApiToken.id).where(ApiToken.name == "narrowed"))


def test_a_last_day_is_set_shown_and_taken_off(app, sign_in, cast):
    dora, page = sign_in(cast.dora), page_of(app, cast.rita)
    soon = clock.today() + timedelta(days=20)
    assert change(dora, page, "last-day", **day(soon)).status_code == 303
    assert "Ends soon" in dora.get(PEOPLE).text
    assert events(app)[-1] == ("member.last_day_set", "Dora Owner", soon.isoformat())
    assert change(dora, page, "last-day").status_code == 303
    assert "Ends soon" not in dora.get(PEOPLE).text
    assert memberships(app, cast.rita.email)[0][4] is None


def test_after_the_last_day_one_is_outside(app, sign_in, cast, at):
    at("2026-01-13T09:00:00+00:00")
    dora = sign_in(cast.dora)
    change(dora, page_of(app, cast.rita), "last-day", **day(date(2026, 1, 14)))
    at("2026-01-14T12:00:00+00:00")
    assert sign_in(cast.rita).get("/st-marys/").status_code == 303
    at("2026-01-15T09:00:00+00:00")
    assert sign_in(cast.rita).get("/st-marys/").status_code == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"valid_to-day": "1", "valid_to-month": "2", "valid_to-year": "2021"}, "today or later"),
        ({"valid_to-day": "31", "valid_to-month": "2", "valid_to-year": "2099"}, "a real date"),
        ({"valid_to-day": "x", "valid_to-month": "", "valid_to-year": ""}, "needs a month"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_kept(app, sign_in, cast, data, sentence):
    answer = change(sign_in(cast.dora), page_of(app, cast.rita), "last-day", **data)
    assert answer.status_code == 422 and sentence in answer.text
    assert f'value="{data["valid_to-day"]}"' in answer.text


# --- somebody must be left who may do this ---


def test_the_last_who_may_manage_stays(app, sign_in, cast, is_unchanged):
    dora = sign_in(cast.dora)
    assert change(dora, page_of(app, cast.ike), "end").status_code == 303
    page = page_of(app, cast.dora)
    for what, data in (
        ("end", {}),
        ("role", {"role": "reporter"}),
        ("last-day", day(clock.today() + timedelta(days=3))),
    ):
        is_unchanged.start()
        answer = change(dora, page, what, **data)
        assert answer.status_code == 409, what
        assert "nobody could look after the school’s people" in answer.text
        assert is_unchanged()
    assert dora.get(page).status_code == 200


def test_another_managing_role_is_no_way_out_of_it_either(app, sign_in, cast):
    """Changing from the one managing role to the other keeps somebody who manages."""
    dora = sign_in(cast.dora)
    change(dora, page_of(app, cast.ike), "end")
    assert change(dora, page_of(app, cast.dora), "role", role="ict_owner").status_code == 409


def test_somebody_with_a_last_day_does_not_count(app, sign_in, cast):
    dora = sign_in(cast.dora)
    soon = clock.today() + timedelta(days=9)
    assert change(dora, page_of(app, cast.ike), "last-day", **day(soon)).status_code == 303
    assert change(dora, page_of(app, cast.dora), "end").status_code == 409


def test_two_who_end_each_other_at_the_same_moment_do_not_both_succeed(app, sign_in, cast):
    browsers = {"dora": sign_in(cast.dora), "ike": sign_in(cast.ike)}
    pages = {"dora": page_of(app, cast.ike), "ike": page_of(app, cast.dora)}
    versions = {who: version_on(browsers[who].get(pages[who]).text) for who in browsers}
    start, statuses = threading.Barrier(2), []

    def end(who):
        start.wait()
        answer = browsers[who].post(f"{pages[who]}/end", {"version": versions[who]})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=end, args=(who,)) for who in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The other was refused, signed out already, or has not the right any more.
    assert statuses.count(303) == 1, statuses
    managing = [
        row
        for player in (cast.dora, cast.ike)
        for row in memberships(app, player.email)
        if row[4] is None
    ]
    assert len(managing) == 1


def test_the_las_administrator_may_end_the_last_one(app, sign_in, cast):
    ada = sign_in(cast.ada)
    for player in (cast.ike, cast.dora):
        assert change(ada, page_of(app, player), "end").status_code == 303


def test_one_may_leave_when_somebody_else_manages(app, sign_in, cast):
    dora = sign_in(cast.dora)
    assert change(dora, page_of(app, cast.dora), "end").status_code == 303
    assert dora.get(PEOPLE).status_code == 302


# --- who may (A32) ---


@pytest.mark.parametrize(
    ("who", "status"),
    [("rita", 403), ("ravi", 403), ("sam", 403), ("theo", 403), ("pip", 403), ("sue", 403),
     ("tariq", 403), ("sasha", 403), ("mo", 403), ("olga", 404), ("otto", 404)],
)  # fmt: skip
def test_nobody_else_promotes_anybody_or_themselves(app, sign_in, cast, who, status, is_unchanged):
    browser = sign_in(getattr(cast, who))
    browser.get("/account")
    pages = [page_of(app, cast.rita)]
    if getattr(cast, who).school == "st-marys":
        pages.append(page_of(app, getattr(cast, who)))
    is_unchanged.start()
    for page in pages:
        assert browser.get(page).status_code == status
        for what, data in (("role", {"role": "ict_owner"}), ("end", {}), ("last-day", {})):
            answer = browser.post(f"{page}/{what}", {"version": "1", **data})
            assert answer.status_code == status, what
    assert is_unchanged()


@pytest.mark.parametrize("who", ["dora", "ike", "ada"])
def test_who_manages_gives_what_the_table_says(app, sign_in, cast, who):
    shown = sign_in(getattr(cast, who)).get(page_of(app, cast.rita)).text
    offered = set(re.findall(r'name="role" type="radio" value="([^"]+)"', shown))
    table = {one.value for one in MAY_GIVE[Role(getattr(cast, who).role)]}
    assert offered == table & {one.value for one in ROLES_AT_SCHOOL}


@pytest.mark.parametrize("role", ["la_admin", "la_manager", "", "nobody"])
def test_no_body_makes_anybody_the_las(app, sign_in, cast, role, is_unchanged):
    dora = sign_in(cast.dora)
    shown = dora.get(page_of(app, cast.dora)).text
    is_unchanged.start()
    data = {"version": version_on(shown), "role": role}
    assert dora.post(f"{page_of(app, cast.rita)}/role", data).status_code == 422
    assert is_unchanged()


def test_a_foreign_member_is_as_absent(app, sign_in, cast):
    """Dora with Olga's key in her own school, with her own key in Olga's, and with none."""
    school, number = number_of(app, cast.olga)
    secret = app.config["SECRET_KEY"]
    home, _ = number_of(app, cast.dora)
    keys = {
        "hers": make_key(secret, school, number),
        "forged": make_key(secret, home, number),
        "absent": make_key(secret, home, 987654),
        "none": "0" * 32,
    }
    dora, pages = sign_in(cast.dora), set()
    for key in keys.values():
        for path in ("", "/role", "/end"):
            page = f"{PEOPLE}/{key}{path}"
            answer = dora.post(page, {"version": "1"}) if path else dora.get(page)
            assert answer.status_code == 404
            pages.add(re.sub(r'nonce="[^"]+"', "", answer.text))
    assert len(pages) == 1


def test_nothing_of_the_body_names_somebody_else(app, sign_in, cast):
    dora = sign_in(cast.dora)
    olga = dict(rows(app, Person.email, Person.id))[cast.olga.email]
    data = {"role": "technician", "person_id": olga, "school_id": "2", "id": "1"}
    assert change(dora, page_of(app, cast.rita), "role", **data).status_code == 303
    assert [row[:2] for row in memberships(app, cast.olga.email)] == [("oakfield", "spoc")]


def test_one_is_nothing_twice(app, sign_in, cast):
    dora = sign_in(cast.dora)
    answer = change(dora, page_of(app, cast.rita), "role", role="reporter")
    assert answer.status_code == 422 and "is that already" in answer.text
    change(dora, page_of(app, cast.rita), "role", role="spoc")
    answer = change(dora, page_of(app, cast.rita), "role", role="spoc")
    assert answer.status_code == 422


def test_there_and_back_on_one_day(app, sign_in, cast):
    """Dates are whole days: a part that began today never was, and none is in force beside it."""
    dora = sign_in(cast.dora)
    for role in ("spoc", "reporter", "spoc", "reporter", "spoc"):
        assert change(dora, page_of(app, cast.rita), "role", role=role).status_code == 303
    now = [row for row in memberships(app, cast.rita.email) if row[4] is None]
    assert [row[1] for row in now] == ["spoc"]
    assert change(dora, page_of(app, cast.rita), "end").status_code == 303
    assert sign_in(cast.rita).get("/st-marys/").status_code == 404


@pytest.mark.parametrize(
    ("began", "taken", "first", "last"),
    [
        (date(2026, 1, 1), set(), date(2026, 1, 1), date(2026, 1, 12)),
        (date(2026, 1, 13), {date(2026, 1, 13)}, date(2026, 1, 12), date(2026, 1, 12)),
        (date(2026, 2, 1), {date(2026, 1, 12)}, date(2026, 1, 11), date(2026, 1, 11)),
    ],
)
def test_the_days_of_a_part_that_is_over(began, taken, first, last):
    assert last_day_of(began, date(2026, 1, 13), taken.__contains__) == (first, last)


# --- two at once ---


def test_a_stale_change_shows_what_is_there_now_and_what_was_wanted(
    app, sign_in, cast, is_unchanged
):
    dora, ike, page = sign_in(cast.dora), sign_in(cast.ike), page_of(app, cast.rita)
    old = version_on(dora.get(page).text)
    assert change(ike, page, "last-day", **day(date(2099, 8, 31))).status_code == 303
    is_unchanged.start()
    answer = dora.post(f"{page}/last-day", {"version": old, **day(date(2098, 7, 20))})
    assert answer.status_code == 412
    assert "Ike Ictowner changed this" in answer.text
    assert "31 Aug 2099" in answer.text and 'value="2098"' in answer.text
    assert is_unchanged()
    for what in ("role", "end"):
        stale = dora.post(f"{page}/{what}", {"version": old, "role": "spoc"})
        assert stale.status_code == 412, what
        assert dora.post(f"{page}/{what}", {"role": "spoc"}).status_code == 412
    assert is_unchanged()
    data = {"version": version_on(answer.text), **day(date(2098, 7, 20))}
    assert dora.post(f"{page}/last-day", data).status_code == 303


def test_the_page_of_people_asks_no_more_than_before(app, sign_in, cast, statements):
    browser = sign_in(cast.dora)
    browser.get(PEOPLE)
    statements.clear()
    browser.get(PEOPLE)
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 3


# --- the key in the address ---


def test_a_key_says_nothing_and_is_good_in_its_school_only():
    keys = {make_key("s" * 32, school, number) for school in (1, 2) for number in range(50)}
    assert len(keys) == 100 and all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    key = make_key("s" * 32, 1, 7)
    assert read_key("s" * 32, 1, key) == 7
    assert read_key("s" * 32, 2, key) is None
    assert read_key("t" * 32, 1, key) is None
    flipped = f"{int(key, 16) ^ 1:032x}"
    for bad in (flipped, key.upper(), key[:-1], key + "0", "", "x" * 32, f" {key}"):
        assert read_key("s" * 32, 1, bad) is None or bad == key


def test_an_old_row_that_ended_cannot_be_changed_any_more(app, sign_in, cast):
    page = page_of(app, cast.rita)
    with app.app_context(), administering("a test"):
        school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        with administering("a test", school):
            db.session.execute(
                update(Membership)
                .where(Membership.role == "reporter", Membership.school_id == school)
                .values(valid_to=date(2022, 1, 1))
            )
            db.session.commit()
    assert sign_in(cast.dora).get(page).status_code == 404
