"""People and memberships in the back office: each change has its effect and leaves its line."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.people.models import ApiToken, LaMembership, Membership, Person
from tenants import administering, db
from tests.admin.office import (
    OFFICE,
    Sheet,
    la_events,
    la_membership,
    membership,
    person_id,
    row,
    school_events,
)
from tests.cast import Player
from tests.people.signing import new_person

NASTY = "<script>alert(1)</script>\"'&{{7*7}}"


def edit(browser, app, player):
    return Sheet(browser, f"people/edit/?id={person_id(app, player)}")


def part(browser, app, player):
    return Sheet(browser, f"memberships/edit/?id={membership(app, player)}")


def la_part(browser, app, player):
    return Sheet(browser, f"la-memberships/edit/?id={la_membership(app, player)}")


def last_day(day):
    return {"valid_to-day": day.day, "valid_to-month": day.month, "valid_to-year": day.year}


# --- one person ---


def test_a_changed_name_is_shown_everywhere_and_in_both_histories(app, sign_in, cast):
    answer = edit(sign_in(cast.ada), app, cast.rita).send(name="Rita Newname", reason="Married")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert (
        "person.name_changed",
        "Rita Newname",
        "Rita Reporter",
        "Rita Newname",
        "Ada Admin",
        "Married",
    ) in la_events(app)
    assert ("member.name_changed", "Rita Reporter", "Rita Newname", "Ada Admin") in school_events(
        app, "st-marys"
    )
    assert "Rita Newname" in sign_in(cast.sam).get("/st-marys/people").get_data(as_text=True)
    assert "Rita Newname" in sign_in(cast.ada).get(answer.location).get_data(as_text=True)


def test_whoever_is_switched_off_is_out_at_once(app, sign_in, api, cast):
    rita = sign_in(cast.rita)
    assert rita.get("/account").status_code == 200
    assert api(cast.rita).get("/schools").status_code == 200
    answer = edit(sign_in(cast.ada), app, cast.rita).send(is_active=None, reason="Left")
    assert answer.status_code == 303
    assert rita.get("/account").status_code == 302
    assert api(cast.rita).get("/schools").status_code == 401
    assert ("person.switched_off", "Rita Reporter", None, None, "Ada Admin", "Left") in la_events(
        app
    )
    number = person_id(app, cast.rita)
    tokens = select(ApiToken.revoked_at.is_not(None)).where(ApiToken.person_id == number)
    assert row(app, tokens) == (True,)
    # And on again: they sign in anew, the old cookie stays dead.
    assert edit(sign_in(cast.ada), app, cast.rita).send(is_active="true").status_code == 303
    assert rita.get("/account").status_code == 302
    assert sign_in(cast.rita).get("/account").status_code == 200
    assert la_events(app)[-1][0] == "person.switched_on"


def test_nobody_switches_themselves_off(app, sign_in, cast):
    answer = edit(sign_in(cast.ada), app, cast.ada).send(is_active=None)
    assert answer.status_code == 409
    assert "ask another LA administrator" in answer.get_data(as_text=True)
    assert row(app, select(Person.is_active).where(Person.email == cast.ada.email)) == (True,)


def test_a_new_address_is_lower_case_unique_and_the_one_to_sign_in_with(app, sign_in, cast):
    ada = sign_in(cast.ada)
    taken = edit(ada, app, cast.rita).send(email="SAM@st-marys.example")
    assert taken.status_code == 422
    assert "This is the address of Sam Spoc already" in taken.get_data(as_text=True)
    assert edit(ada, app, cast.rita).send(email="not an address").status_code == 422
    assert edit(ada, app, cast.rita).send(email="R.New@st-marys.example").status_code == 303
    assert row(app, select(Person.email).where(Person.name == "Rita Reporter")) == (
        "r.new@st-marys.example",
    )
    kind, _, before, after, *_ = la_events(app)[-1]
    assert (kind, before, after) == (
        "person.email_changed",
        cast.rita.email,
        "r.new@st-marys.example",
    )


def test_a_new_address_ends_links_that_were_sent_to_the_old_one(app, sign_in, cast):
    from app.later import uuid7
    from app.people.invited import ResetLink
    from tenants import at_the_front_door

    number, link, now = person_id(app, cast.rita), uuid7(), clock.now()
    with app.app_context(), at_the_front_door():
        db.session.add(
            ResetLink(
                id=link, person_id=number, created_at=now, expires_at=now + timedelta(hours=1)
            )
        )
        db.session.commit()
    assert edit(sign_in(cast.ada), app, cast.rita).send(email="other@x.example").status_code == 303
    with app.app_context(), at_the_front_door():
        assert db.session.get_one(ResetLink, link).used_at is not None


def test_a_new_address_ends_everything_and_the_old_one_hears_of_it(app, sign_in, api, cast):
    from app.later import DoorOutbox
    from tests.people.mailbox import Mailbox, text_of
    from tests.people.signing import rows

    mailbox, rita = Mailbox(app), sign_in(cast.rita)
    assert edit(sign_in(cast.ada), app, cast.rita).send(email="other@x.example").status_code == 303
    assert rita.get("/account").status_code == 302
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 401
    for _, task, payload in rows(app, DoorOutbox.id, DoorOutbox.task, DoorOutbox.payload):
        assert "@" not in str(payload), task
    (mail,) = mailbox.to(cast.rita.email)
    assert mail["Subject"] == "The e-mail address of your account was changed"
    assert "other@x.example" not in text_of(mail)
    assert mailbox.to("other@x.example") == []


def test_another_change_tells_nobody_and_ends_nothing(app, sign_in, api, cast):
    from tests.people.mailbox import Mailbox

    mailbox, rita = Mailbox(app), sign_in(cast.rita)
    assert edit(sign_in(cast.ada), app, cast.rita).send(phone="01632 960001").status_code == 303
    assert rita.get("/account").status_code == 200
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 200
    assert mailbox.to(cast.rita.email) == []


def test_nothing_changed_leaves_no_line(app, sign_in, cast):
    assert edit(sign_in(cast.ada), app, cast.rita).send().status_code == 303
    assert la_events(app) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "\u202eevil"),
        ("phone", "call me"),
        ("kind", "boss"),
        ("email", "x" * 300),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(app, sign_in, cast, field, value):
    answer = edit(sign_in(cast.ada), app, cast.rita).send(**{field: value, "reason": "Typed"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert 'value="Typed"' in page
    assert la_events(app) == []


def test_a_field_that_no_form_names_is_not_set(app, sign_in, cast):
    before = row(
        app, select(Person.password_hash, Person.version).where(Person.name == "Rita Reporter")
    )
    sheet = edit(sign_in(cast.ada), app, cast.rita)
    assert sheet.send(password_hash="x", id="1", created_at="2020-01-01").status_code == 303
    assert (
        row(app, select(Person.password_hash, Person.version).where(Person.name == "Rita Reporter"))
        == before
    )


def test_a_stale_save_shows_who_and_both_texts(app, sign_in, cast):
    ada = sign_in(cast.ada)
    old, quick = edit(ada, app, cast.rita), edit(ada, app, cast.rita)
    assert quick.send(phone="01632 960002").status_code == 303
    answer = old.send(phone="01632 960003", reason="Mine")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "Ada Admin changed this on" in page
    assert "01632 960002" in page
    assert 'value="01632 960003"' in page
    assert page.count("Saved now") == 1
    assert len(la_events(app)) == 1
    # The page that came back is up to date: sending it again is an informed choice.
    from tests.admin.office import fields_of

    old.fields = {**fields_of(page), "submission_id": "another"}
    assert old.send().status_code == 303
    assert row(app, select(Person.phone).where(Person.name == "Rita Reporter")) == ("01632 960003",)


def test_without_a_version_nothing_is_saved(app, sign_in, cast):
    assert edit(sign_in(cast.ada), app, cast.rita).send(version=None, name="X").status_code in (
        412,
        422,
    )
    assert la_events(app) == []


def test_hostile_text_is_shown_as_text(app, sign_in, cast):
    ada = sign_in(cast.ada)
    assert edit(ada, app, cast.rita).send(name=NASTY, reason=NASTY).status_code == 303
    pages = (
        "",
        "people/",
        f"people/details/?id={person_id(app, cast.rita)}",
        f"people/edit/?id={person_id(app, cast.rita)}",
        "memberships/",
        f"memberships/details/?id={membership(app, cast.rita)}",
        f"memberships/edit/?id={membership(app, cast.rita)}",
        f"people/?search={NASTY}",
    )
    for address in pages:
        page = ada.get(f"{OFFICE}{address}").get_data(as_text=True)
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page, address
        assert "49" not in page.split("alert(1)")[1][:40], address


# --- memberships of schools ---


def test_a_new_role_ends_one_membership_and_begins_another(app, sign_in, cast):
    rita = sign_in(cast.rita)
    assert rita.get("/st-marys/people").status_code == 403
    old = membership(app, cast.rita)
    answer = part(sign_in(cast.ada), app, cast.rita).send(role="spoc", reason="New job")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    # What they reported points at it, so it keeps its number.
    new = membership(app, cast.rita)
    assert new == old
    assert answer.location.endswith(f"id={new.replace(',', '%2C')}") or new in answer.location
    rows = _parts(app, cast.rita)
    today = clock.today()
    assert [(role, ends and ends < today) for role, ends in rows] == [
        ("reporter", True),
        ("spoc", None),
    ]
    # What they were signed in as is over, and they may do what a SPOC may.
    assert rita.get("/account").status_code == 302
    assert sign_in(cast.rita).get("/st-marys/people").status_code == 200
    assert (
        "member.role_changed",
        "Rita Reporter, St Mary’s Primary School",
        "reporter",
        "spoc",
        "Ada Admin",
        "New job",
    ) in la_events(app)
    assert "member.role_changed" in [one[0] for one in school_events(app, "st-marys")]
    assert school_events(app, "oakfield") == []


def test_a_last_day_that_is_over_ends_it_now(app, sign_in, cast):
    rita = sign_in(cast.rita)
    yesterday = clock.today() - timedelta(days=1)
    days = {
        "valid_to-day": yesterday.day,
        "valid_to-month": yesterday.month,
        "valid_to-year": yesterday.year,
    }
    assert part(sign_in(cast.ada), app, cast.rita).send(**days).status_code == 303
    assert rita.get("/st-marys/incidents/new").status_code == 302
    assert sign_in(cast.rita).get("/st-marys/incidents/new").status_code == 404
    assert "member.last_day_changed" in [one[0] for one in la_events(app)]
    assert "member.ended" in [one[0] for one in school_events(app, "st-marys")]
    # It has ended: it cannot be begun again from here.
    again = part(sign_in(cast.ada), app, cast.rita).send(role="spoc")
    assert again.status_code == 409
    assert "Invite them again" in again.get_data(as_text=True)


def test_a_job_title_is_a_line_of_the_schools_history(app, sign_in, cast):
    assert part(sign_in(cast.ada), app, cast.rita).send(job_role="Cook").status_code == 303
    assert ("member.job_role_changed", None, "Cook", "Ada Admin") in school_events(app, "st-marys")
    assert la_events(app)[-1][0] == "member.job_title_changed"


def test_a_stale_membership_is_not_overwritten(app, sign_in, cast):
    ada = sign_in(cast.ada)
    old = part(ada, app, cast.rita)
    assert part(ada, app, cast.rita).send(job_role="Cook").status_code == 303
    assert old.send(job_role="Caretaker").status_code == 412
    assert len(la_events(app)) == 1


# --- the LA's own ---


def test_an_la_role_changes_like_a_schools(app, sign_in, cast):
    tariq = sign_in(cast.tariq)
    answer = la_part(sign_in(cast.ada), app, cast.tariq).send(role="la_manager")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert tariq.get("/queue").status_code == 302
    today = clock.today()
    with app.app_context(), administering("a look"):
        found = db.session.execute(
            select(LaMembership.role, LaMembership.valid_to)
            .where(LaMembership.name == "Tariq Firstline")
            .order_by(LaMembership.id)
        ).all()
    assert [(role, ends and ends < today) for role, ends in found] == [
        ("la_first_line", True),
        ("la_manager", None),
    ]
    assert (
        "member.role_changed",
        "Tariq Firstline, LA",
        "la_first_line",
        "la_manager",
        "Ada Admin",
        None,
    ) in la_events(app)


def test_an_la_membership_that_has_ended_stays_ended(app, sign_in, cast):
    tariq, yesterday = sign_in(cast.tariq), clock.today() - timedelta(days=1)
    assert (
        la_part(sign_in(cast.ada), app, cast.tariq).send(**last_day(yesterday)).status_code == 303
    )
    assert tariq.get("/queue").status_code == 302
    assert sign_in(cast.tariq).get("/queue").status_code == 403
    nothing = dict.fromkeys(last_day(yesterday), "")
    for change in (nothing, {"role": "la_manager"}):
        answer = la_part(sign_in(cast.ada), app, cast.tariq).send(**change)
        assert answer.status_code == 409, answer.get_data(as_text=True)
        assert "Invite them again" in answer.get_data(as_text=True)
    assert [one[0] for one in la_events(app)] == ["member.last_day_changed"]


@pytest.mark.parametrize("open_part", [part, la_part])
def test_a_new_role_cannot_have_ended_already(app, sign_in, cast, open_part):
    player, role = (cast.rita, "spoc") if open_part is part else (cast.tariq, "la_manager")
    yesterday = clock.today() - timedelta(days=1)
    answer = open_part(sign_in(cast.ada), app, player).send(role=role, **last_day(yesterday))
    assert answer.status_code == 422
    assert "cannot have ended already" in answer.get_data(as_text=True)
    before = open_part(sign_in(cast.ada), app, player).send(**last_day(date(2020, 1, 1)))
    assert before.status_code == 422
    assert la_events(app) == []


def test_the_administrator_does_not_lock_everybody_out(app, sign_in, cast):
    ada = sign_in(cast.ada)
    for change in (
        {"role": "la_manager"},
        {"valid_to-day": 1, "valid_to-month": 1, "valid_to-year": 2030},
    ):
        assert la_part(ada, app, cast.ada).send(**change).status_code == 409
    assert la_events(app) == []


def test_a_token_does_not_become_more_with_an_la_role(app, sign_in, api, cast):
    assert api(cast.tariq).get("/queue").status_code == 200
    assert la_part(sign_in(cast.ada), app, cast.tariq).send(role="la_manager").status_code == 303
    assert api(cast.tariq).get("/queue").status_code == 401


@pytest.fixture
def bea(app):
    """The second administrator."""
    return new_person(app, Player("bea@la.example", "Bea Admin", "la_admin", None))


def _end(app, browser, player):
    return la_part(browser, app, player), last_day(clock.today() - timedelta(days=1))


def _switch_off(app, browser, player):
    return edit(browser, app, player), {"is_active": None}


@pytest.mark.parametrize("of_ada", [_end, _switch_off])
@pytest.mark.parametrize("of_bea", [_end, _switch_off])
def test_two_administrators_who_end_each_other_do_not_both_succeed(
    app, sign_in, cast, bea, of_ada, of_bea
):
    forms = [of_ada(app, sign_in(cast.ada), bea), of_bea(app, sign_in(bea), cast.ada)]
    start, statuses = threading.Barrier(2), []

    def send(sheet, change):
        start.wait()
        statuses.append(sheet.send(**change).status_code)

    threads = [threading.Thread(target=send, args=form) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The other was refused, or was signed out before it began.
    assert statuses.count(303) == 1, statuses


def test_the_last_administrator_is_neither_ended_nor_switched_off(app, cast, bea):
    """As the one who was quicker leaves it: Bea's part was over when she pressed the button."""
    from app.admin import people_actions
    from app.errors import Refused

    with app.app_context(), administering("a test"):
        db.session.execute(
            update(LaMembership)
            .where(LaMembership.name == bea.name)
            .values(valid_to=clock.today() - timedelta(days=1))
        )
        db.session.commit()
    ada = person_id(app, cast.ada)
    with app.app_context(), administering("a test"):
        with pytest.raises(Refused, match="Nobody would be left"):
            people_actions._keep_an_administrator(ada)
        people_actions._keep_an_administrator(person_id(app, bea))


def test_a_role_that_somebody_has_already_is_refused(app, sign_in, cast):
    with app.app_context(), administering("two parts, in a test"):
        db.session.add(
            LaMembership(
                person_id=person_id(app, cast.tariq), name="Tariq Firstline", role="la_manager"
            )
        )
        db.session.commit()
    ada = sign_in(cast.ada)
    with app.app_context(), administering("a look"):
        first = db.session.scalar(
            select(LaMembership.id).where(LaMembership.role == "la_first_line")
        )
    sheet = Sheet(ada, f"la-memberships/edit/?id={first}")
    assert sheet.send(role="la_manager").status_code == 422


def test_an_administrator_who_has_a_second_factor_gives_it_freshly(app, sign_in, cast):
    ada = sign_in(cast.ada)
    address = f"{OFFICE}people/edit/?id={person_id(app, cast.rita)}"
    assert ada.get(address).status_code == 200
    with app.app_context(), administering("a second factor, in a test"):
        db.session.execute(
            update(Person)
            .where(Person.email == cast.ada.email)
            .values(second_factor_since=clock.now() - timedelta(days=1))
        )
        db.session.commit()
    assert ada.get(address).status_code in (302, 303, 403)
    assert "second-factor" in ada.get(address).location


def _parts(app, player):
    with app.app_context(), administering("a look"):
        return [
            tuple(one)
            for one in db.session.execute(
                select(Membership.role, Membership.valid_to)
                .join(Person, Person.id == Membership.person_id)
                .where(Person.email == player.email)
                .order_by(Membership.valid_from, Membership.id)
            )
        ]
