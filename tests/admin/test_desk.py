"""Schools, support groups and packs in the back office."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.contracts.models import LaAgreement, LaAgreementVersion
from app.people.models import (
    LaSupportGroup,
    LaSupportGroupMember,
    SupportGroup,
    SupportGroupMember,
)
from tenants import School, SchoolIdentifier, administering, db
from tests.admin.office import (
    OFFICE,
    Sheet,
    count,
    fields_of,
    la_events,
    la_membership,
    membership,
    row,
    school_events,
)

SCHOOL = select(School.id).where(School.slug == "st-marys")


def school(browser, app):
    return Sheet(browser, f"schools/edit/?id={row(app, SCHOOL)[0]}")


def pack(browser, app, key="la-standard"):
    number = row(app, select(LaAgreement.id).where(LaAgreement.key == key))[0]
    return Sheet(browser, f"packs/edit/?id={number}")


def on(day):
    return {"valid_from-day": day.day, "valid_from-month": day.month, "valid_from-year": day.year}


# --- schools ---


def test_facts_of_a_school_change_and_both_histories_say_so(app, sign_in, cast):
    answer = school(sign_in(cast.ada), app).send(
        number_of_pupils="210", website="www.st-marys.example", reason="They wrote"
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert row(
        app, select(School.number_of_pupils, School.website).where(School.slug == "st-marys")
    ) == (
        210,
        "www.st-marys.example",
    )
    name = "St Mary’s Primary School"
    assert ("school.number_of_pupils_changed", name, None, "210", "Ada Admin", "They wrote") in (
        la_events(app)
    )
    assert ("school.number_of_pupils_changed", None, "210", "Ada Admin") in school_events(
        app, "st-marys"
    )
    assert school_events(app, "oakfield") == []


def test_slug_code_and_state_are_not_in_the_form(app, sign_in, cast):
    ada = sign_in(cast.ada)
    sheet = school(ada, app)
    assert not {"slug", "code", "status"} & set(sheet.fields)
    before = row(
        app, select(School.slug, School.code, School.status).where(School.slug == "st-marys")
    )
    assert sheet.send(slug="x-y", code="XYZ", status="left", name="St Mary’s").status_code == 303
    assert (
        row(app, select(School.slug, School.code, School.status).where(School.slug == "st-marys"))
        == before
    )
    page = ada.get(f"{OFFICE}schools/details/?id={row(app, SCHOOL)[0]}").get_data(as_text=True)
    assert 'href="/authority/schools/st-marys"' in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("number_of_pupils", "-1"),
        ("number_of_pupils", "many"),
        ("postcode", "nowhere"),
        ("website", "javascript:alert(1)"),
        ("phase", "Castle"),
    ],
)
def test_facts_that_cannot_be_are_refused(app, sign_in, cast, field, value):
    assert school(sign_in(cast.ada), app).send(**{field: value}).status_code == 422
    assert la_events(app) == []


def test_a_stale_school_is_not_overwritten(app, sign_in, cast):
    ada = sign_in(cast.ada)
    old = school(ada, app)
    assert school(ada, app).send(postcode="CM1 1AA").status_code == 303
    answer = old.send(postcode="CM2 2BB")
    assert answer.status_code == 412
    assert "CM1 1AA" in answer.get_data(as_text=True)


def test_a_new_school_begins_as_invited(app, sign_in, cast):
    fields = {"name": "Hilltop Primary School", "phase": "Primary", "urn": "123456"}
    answer = Sheet(sign_in(cast.ada), "schools/new/").send(**fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    found = row(
        app,
        select(
            School.slug, School.code, School.status, SchoolIdentifier.urn, SchoolIdentifier.la_code
        )
        .join(SchoolIdentifier, SchoolIdentifier.school_id == School.id)
        .where(School.name == "Hilltop Primary School"),
    )
    assert found == ("hilltop-primary-school", "HIL", "invited", 123456, 881)
    assert la_events(app)[-1][0] == "school.added"
    again = Sheet(sign_in(cast.ada), "schools/new/").send(**fields)
    assert again.status_code == 422
    assert "URN 123456 belongs to Hilltop Primary School" in again.get_data(as_text=True)


# --- groups ---


def la_group(browser, app, key="la-first-line"):
    number = row(app, select(LaSupportGroup.id).where(LaSupportGroup.key == key))[0]
    return Sheet(browser, f"la-groups/edit/?id={number}")


def test_people_go_in_and_out_of_an_la_group(app, sign_in, cast):
    ada, sasha = sign_in(cast.ada), str(la_membership(app, cast.sasha))
    sheet = la_group(ada, app)
    tariq = str(la_membership(app, cast.tariq))
    assert sheet.fields["members"] == [tariq]
    answer = sheet.send(members=[sasha])
    assert answer.status_code == 303, answer.get_data(as_text=True)
    group = row(app, select(LaSupportGroup.id).where(LaSupportGroup.key == "la-first-line"))[0]
    members = select(LaSupportGroupMember.membership_id).where(
        LaSupportGroupMember.group_id == group
    )
    assert row(app, members) == (int(sasha),)
    assert [one[:4] for one in la_events(app)] == [
        ("group.member_removed", "LA first line", "Tariq Firstline", None),
        ("group.member_added", "LA first line", None, "Sasha Secondline"),
    ]
    assert "Sasha Secondline" in ada.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("members", [["999999"], ["x"], ["-1"], ["1", "1", "1", "1", "1", "1"]])
def test_only_people_offered_can_be_members(app, sign_in, cast, members):
    before = count(app, LaSupportGroupMember)
    answer = la_group(sign_in(cast.ada), app).send(members=members)
    assert answer.status_code in (303, 422)
    assert count(app, LaSupportGroupMember) <= before
    if answer.status_code == 422:
        assert la_events(app) == []


def test_a_new_group_of_a_supplier_can_be_escalated_to(app, sign_in, cast):
    answer = Sheet(sign_in(cast.ada), "la-groups/new/").send(
        name="Broadband Ltd", kind="supplier", line="3"
    )
    assert answer.status_code == 303
    assert row(
        app,
        select(LaSupportGroup.key, LaSupportGroup.line).where(
            LaSupportGroup.name == "Broadband Ltd"
        ),
    ) == (
        "broadband-ltd",
        3,
    )
    assert la_events(app)[-1][:2] == ("group.added", "Broadband Ltd")
    again = Sheet(sign_in(cast.ada), "la-groups/new/").send(
        name="Broadband Ltd!", kind="supplier", line="3"
    )
    assert again.status_code == 422


def test_a_schools_group_takes_only_its_own_people(app, sign_in, cast):
    ada = sign_in(cast.ada)
    key = ",".join(map(str, row(app, select(SupportGroup.school_id, SupportGroup.id))))
    sheet = Sheet(ada, f"school-groups/edit/?id={key}")
    foreign = membership(app, cast.olga).split(",")[1]
    assert sheet.send(members=[foreign]).status_code == 422
    sam = membership(app, cast.sam).split(",")[1]
    sheet = Sheet(ada, f"school-groups/edit/?id={key}")
    assert sheet.send(members=[sam], name="Menders").status_code == 303
    assert row(app, select(SupportGroupMember.membership_id)) == (int(sam),)
    assert {one[0] for one in school_events(app, "st-marys")} == {
        "group.name_changed",
        "group.member_added",
        "group.member_removed",
    }
    assert school_events(app, "oakfield") == []


def test_a_stale_group_is_not_overwritten(app, sign_in, cast):
    ada = sign_in(cast.ada)
    old = la_group(ada, app)
    assert la_group(ada, app).send(name="Front line").status_code == 303
    assert old.send(name="Other").status_code == 412


# --- packs ---


def test_saving_a_pack_as_it_is_makes_no_version(app, sign_in, cast):
    """What the form shows of the stored terms, read back, is the same terms."""
    before = count(app, LaAgreementVersion)
    for key in ("la-standard", "desk-standard"):
        answer = pack(sign_in(cast.ada), app, key).send(**on(clock.today()))
        assert answer.status_code == 409, answer.get_data(as_text=True)
        assert "Nothing differs" in answer.get_data(as_text=True)
    assert count(app, LaAgreementVersion) == before


def test_a_change_is_a_new_version_from_a_day_on(app, sign_in, cast, at):
    from app.contracts.queries import agreement_in_force
    from app.contracts.rules import Kind

    ada, begins = sign_in(cast.ada), clock.today() + timedelta(days=7)
    answer = pack(ada, app).send(
        mon="7.30-12:00, 13:00 to 18:00",
        p1_response="15 min",
        p2_resolution="1 h 30 min",
        p4_resolution="2 working days",
        terms="2026-09-02 to 2026-12-18",
        closures="2026-12-24",
        term_time_only="true",
        reason="Agreed",
        **on(begins),
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with app.app_context(), administering("a look"):
        first, second = db.session.execute(
            select(
                LaAgreementVersion.number, LaAgreementVersion.valid_from, LaAgreementVersion.terms
            )
            .join(LaAgreement, LaAgreement.id == LaAgreementVersion.agreement_id)
            .where(LaAgreement.key == "la-standard")
            .order_by(LaAgreementVersion.number)
        ).all()
        assert first.terms["calendar"]["week"]["mon"] == [["08:00", "17:00"]]
        assert (second.number, second.valid_from) == (2, begins)
        calendar, targets = second.terms["calendar"], second.terms["targets"]
        assert calendar["week"]["mon"] == [["07:30", "12:00"], ["13:00", "18:00"]]
        assert calendar["week"]["tue"] == [["08:00", "17:00"]]
        assert calendar["terms"] == [["2026-09-02", "2026-12-18"]]
        assert targets["P1"] == {"response_minutes": 15, "resolution_minutes": 360}
        assert targets["P2"]["resolution_minutes"] == 90
        assert targets["P4"] == {"response_minutes": 240, "resolution_working_days": 2}
        assert agreement_in_force(Kind.SLA, clock.today()).version_id != 0
        assert agreement_in_force(Kind.SLA, begins).valid_from == begins
        assert agreement_in_force(Kind.SLA, begins - timedelta(days=1)).valid_from != begins
    kind, subject, before, after, _, note = la_events(app)[-1]
    assert (kind, subject, before, after) == ("pack.version_added", "LA standard", "1", "2")
    assert note == f"from {begins.isoformat()}; Agreed"
    page = ada.get(answer.location).get_data(as_text=True)
    assert "07:30–12:00, 13:00–18:00" in page
    assert "first answer within 15 min, resolved within 6 h" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("mon", "17:00-08:00", "two times"),
        ("mon", "all day", "opening and closing times"),
        ("mon", "08:00-12:00, 11:00-17:00", "must not overlap"),
        ("mon", "25:00-26:00", "two times"),
        ("p1_response", "soon", "like 30 min"),
        ("p1_response", "0 min", "whole number from 1"),
        ("p1_resolution", "999999 min", "whole number from 1"),
        ("terms", "autumn", "first and last day of each term"),
        ("terms", "2026-09-02 to 2026-12-18\n2026-12-01 to 2027-01-02", "must not overlap"),
        ("closures", "2026-02-30", "real dates"),
        ("closures", "Christmas", "real dates"),
        ("pause_reasons", ["weather"], "Choose from"),
        ("name", "", "Enter the name"),
    ],
)
def test_terms_that_cannot_be_are_refused_beside_their_field(
    app, sign_in, cast, field, value, said
):
    before = count(app, LaAgreementVersion)
    tomorrow = clock.today() + timedelta(days=1)
    answer = pack(sign_in(cast.ada), app).send(**{field: value}, **on(tomorrow))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422, page
    assert said in page
    assert f'href="#{field}"' in page
    assert count(app, LaAgreementVersion) == before
    if isinstance(value, str) and field != "name":
        assert fields_of(page)[field] == value


def test_a_pack_that_never_opens_is_refused(app, sign_in, cast):
    tomorrow = clock.today() + timedelta(days=1)
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    assert pack(sign_in(cast.ada), app).send(**week, **on(tomorrow)).status_code == 422


def test_a_version_cannot_begin_in_the_past_or_before_the_newest(app, sign_in, cast):
    ada, today = sign_in(cast.ada), clock.today()
    yesterday = pack(ada, app).send(mon="", **on(today - timedelta(days=1)))
    assert yesterday.status_code == 422
    assert "That day is over" in yesterday.get_data(as_text=True)
    assert pack(ada, app).send(mon="", **on(today + timedelta(days=9))).status_code == 303
    earlier = pack(ada, app).send(tue="", **on(today + timedelta(days=8)))
    assert earlier.status_code == 422
    assert "choose a later day" in earlier.get_data(as_text=True)


def test_two_new_versions_from_one_page_are_one(app, sign_in, cast):
    ada, tomorrow = sign_in(cast.ada), clock.today() + timedelta(days=1)
    old = pack(ada, app)
    assert pack(ada, app).send(mon="", **on(tomorrow)).status_code == 303
    answer = old.send(mon="09:00-10:00", **on(tomorrow + timedelta(days=1)))
    assert answer.status_code == 412
    assert "Ada Admin changed this" in answer.get_data(as_text=True)


def test_a_new_pack_stands_beside_the_standard_ones(app, sign_in, cast):
    sheet = Sheet(sign_in(cast.ada), "packs/new/")
    answer = sheet.send(name="Broadband", kind="uc", **on(clock.today()))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert row(
        app,
        select(LaAgreement.key, LaAgreement.kind, LaAgreement.is_default).where(
            LaAgreement.name == "Broadband"
        ),
    ) == (
        "broadband",
        "uc",
        False,
    )
    assert la_events(app)[-1][0] == "pack.added"


def test_a_version_of_a_pack_cannot_be_rewritten_even_by_the_office(app):
    """The database says it too: the office may add versions, not change them."""
    from sqlalchemy.exc import ProgrammingError

    with app.app_context(), administering("an attempt"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(update(LaAgreementVersion).values(number=9))
        db.session.rollback()
