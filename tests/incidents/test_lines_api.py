"""Lines and their groups: where work goes when nobody says, and by rule; and the way back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.incidents.passed_on import AssignmentRule
from app.people.groups import forget_groups
from app.people.models import AreaTeam, LaMembership, LaSupportGroup, Membership
from app.reachability.models import Absence, LaAbsence
from app.schools.desk_settings import USUAL_CHANNELS, DeskSettings
from tenants import acting_in, administering, db
from tests.api.desk import CHECK, FORWARD, SECOND, TO_TECHNICIANS, WHY, bring, done, log, send
from tests.incidents.invariants import check_incident
from tests.incidents.supply import a_supplier, in_school, la_group, school_id, with_supplier

TODAY = date(2026, 1, 13)


@pytest.fixture(autouse=True)
def _tuesday(at):
    at("2026-01-13T09:00+00:00")


def own_first_line(app):
    in_school(
        app,
        DeskSettings(
            channels=list(USUAL_CHANNELS),
            advisor_categories=[],
            is_own_first_line=True,
            updated_by="x",
        ),
    )


def rule(app, line, category="any", **facts):
    in_school(app, AssignmentRule(line=line, category=category, made_by="Sam Spoc", **facts))


def membership(app, name, model=Membership):
    with app.app_context(), acting_in(school_id(app)):
        return db.session.scalar(select(model.id).where(model.name == name))


def la_group_id(app, key):
    with app.app_context(), acting_in(school_id(app)):
        return db.session.scalar(select(LaSupportGroup.id).where(LaSupportGroup.key == key))


# --- where forwarded work goes ---


def test_without_a_first_line_of_its_own_work_goes_to_the_la(app):
    path = bring(app, "forwarded")
    shown = done(app, "sam", "get", path).json
    assert (shown["group"], shown["line"], shown["waiting_for"]) == (
        "LA first line",
        1,
        "first_line",
    )


def test_a_school_with_its_own_first_line_forwards_there_and_from_there_to_second_line(app, ledger):
    own_first_line(app)
    path = bring(app, "forwarded")
    shown = done(app, "sam", "get", path).json
    assert (shown["group"], shown["line"]) == ("School technicians", 1)
    assert [one["kind"] for one in shown["clocks"]] == ["ola", "ola"]
    assert shown["forwarded_at"] is None
    shown = done(app, "theo", "post", f"{path}/escalation", SECOND).json
    assert (shown["group"], shown["line"]) == ("LA second line", 2)
    assert {one["kind"] for one in shown["clocks"]} == {"ola", "sla"}
    assert shown["forwarded_at"] == "2026-01-13T09:00:00Z"
    check_incident(ledger, 1)


def test_the_desk_may_choose_the_la_all_the_same(app):
    own_first_line(app)
    path = bring(app, "queued")
    body = {**FORWARD, "group": "la-first-line"}
    assert done(app, "sam", "post", f"{path}/escalation", body).json["group"] == "LA first line"


def test_second_line_hands_back_to_whoever_had_it(app):
    path = bring(app, "technicians")
    done(app, "theo", "post", f"{path}/escalation", SECOND)
    shown = done(app, "sasha", "post", f"{path}/hand_back", WHY).json
    assert (shown["group"], shown["line"]) == ("School technicians", 1)


def test_straight_to_second_line_only_where_there_is_no_first(app, ledger):
    path = bring(app, "queued")
    refused = send(app, "sam", "post", f"{path}/escalation", SECOND)
    assert refused.status_code == 409
    assert "first line" in refused.json["detail"]
    ledger.rows("UPDATE la_support_groups SET line = 2 WHERE key = 'la-first-line'")
    ledger.rows("UPDATE support_groups SET is_archived = true")
    forget_groups()
    shown = done(app, "sam", "post", f"{path}/escalation", SECOND).json
    assert (shown["line"], shown["waiting_for"]) == (2, "second_line")
    assert done(app, "sasha", "get", path).json["line"] == 2


def test_giving_it_from_technicians_to_the_la_starts_what_the_la_promises(app):
    path = bring(app, "technicians")
    body = {"group": "la-first-line"}
    shown = done(app, "sam", "put", f"{path}/assignment", body).json
    assert shown["forwarded_at"] is not None
    assert {one["kind"] for one in shown["clocks"]} == {"ola", "sla"}


def test_an_area_team_gets_the_work_of_its_schools_only(app):
    north = la_group(app, "north", 1, name="North area", is_area_team=True)
    with app.app_context(), administering("an area of the tests"):
        db.session.add(AreaTeam(school_id=school_id(app), line=1, la_group_id=north))
        db.session.commit()
    assert done(app, "sam", "get", bring(app, "forwarded")).json["group"] == "North area"
    theirs = "/schools/oakfield/incidents"
    sheet = {
        "type": "request",
        "title": "A mouse",
        "impact": 3,
        "urgency": 3,
        "category": "hardware",
    }
    number = done(app, "olga", "post", theirs, sheet).json["number"]
    shown = done(app, "olga", "post", f"{theirs}/{number}/escalation", FORWARD).json
    assert shown["group"] == "LA first line"


# --- rules ---


def test_a_rule_names_group_and_person_and_nobody_has_answered_by_it(app):
    rule(
        app,
        1,
        "display",
        la_group_id=la_group_id(app, "la-first-line"),
        la_membership_id=membership(app, "Tariq Firstline", LaMembership),
    )
    path = bring(app, "forwarded")
    shown = done(app, "sam", "get", path).json
    assert (shown["group"], shown["assignee"], shown["status"]) == (
        "LA first line",
        "Tariq Firstline",
        "queued",
    )
    response = next(
        one for one in shown["clocks"] if (one["kind"], one["metric"]) == ("sla", "response")
    )
    assert (response["state"], response["stopped_at"]) == ("running", None)
    last = done(app, "sam", "get", f"{path}/timeline").json["items"][-1]
    assert (last["actor"], last["kind"], last["to"]) == (
        "Deskbell",
        "incident.assigned",
        "Tariq Firstline",
    )
    assert "projector, board or screen at first line" in last["note"]


def test_the_stand_in_gets_it_while_the_person_is_away_and_nobody_when_both_are(app):
    theo = membership(app, "Theo Technician")
    sam, dora = membership(app, "Sam Spoc"), membership(app, "Dora Owner")
    rule(app, 0, membership_id=sam, stand_in_id=dora)
    first = log(app)
    assert done(app, "sam", "put", f"{first}/check", CHECK).json["assignee"] == "Sam Spoc"
    in_school(
        app, Absence(membership_id=sam, first_day=TODAY, last_day=TODAY, created_by="Sam Spoc")
    )
    second = log(app)
    assert done(app, "sam", "put", f"{second}/check", CHECK).json["assignee"] == "Dora Owner"
    last = done(app, "sam", "get", f"{second}/timeline").json["items"][-1]
    assert last["note"].endswith("Sam Spoc is away")
    in_school(
        app, Absence(membership_id=dora, first_day=TODAY, last_day=TODAY, created_by="Sam Spoc")
    )
    third = log(app)
    assert done(app, "sam", "put", f"{third}/check", CHECK).json["assignee"] is None
    assert theo


def test_the_special_rule_comes_before_the_general_and_the_form_before_both(app):
    second = la_group(app, "networks", 1, name="Networks")
    rule(app, 1, la_group_id=la_group_id(app, "la-first-line"))
    rule(app, 1, "display", la_group_id=second)
    assert done(app, "sam", "get", bring(app, "forwarded")).json["group"] == "Networks"
    shown = done(app, "sam", "get", bring(app, "technicians")).json
    assert (shown["group"], shown["assignee"]) == ("School technicians", None)


def test_the_la_logging_for_a_school_goes_by_its_rule(app):
    rule(app, 1, la_membership_id=membership(app, "Mo Manager", LaMembership))
    shown = done(app, "tariq", "get", log(app, "tariq")).json
    assert (shown["line"], shown["assignee"]) == (1, "Mo Manager")


def test_a_rule_gives_nothing_to_somebody_who_may_not_work_any_more(app, ledger):
    rule(app, 0, membership_id=membership(app, "Dora Owner"))
    first = log(app)
    assert done(app, "sam", "put", f"{first}/check", CHECK).json["assignee"] == "Dora Owner"
    ledger.rows("UPDATE memberships SET role = 'reporter' WHERE name = 'Dora Owner'")
    second = log(app)
    assert done(app, "sam", "put", f"{second}/check", CHECK).json["assignee"] is None
    rule(app, 1, la_membership_id=membership(app, "Tariq Firstline", LaMembership))
    ledger.rows("DELETE FROM la_support_group_members")
    path = bring(app, "queued")
    assert done(app, "sam", "post", f"{path}/escalation", FORWARD).json["assignee"] is None


def test_an_absence_at_the_la_counts_too(app):
    mo, tariq = (membership(app, name, LaMembership) for name in ("Mo Manager", "Tariq Firstline"))
    rule(app, 1, la_membership_id=mo, la_stand_in_id=tariq)
    with app.app_context(), administering("an absence of the tests"):
        db.session.add(
            LaAbsence(la_membership_id=mo, first_day=TODAY, last_day=TODAY, created_by="Mo")
        )
        db.session.commit()
    assert done(app, "sam", "get", bring(app, "forwarded")).json["assignee"] == "Tariq Firstline"


# --- suppliers ---


def test_a_supplier_gets_it_with_its_contracts_clocks(app, sign_in, cast, ledger):
    key = a_supplier(app, sign_in, cast)
    path = with_supplier(app, key)
    shown = done(app, "sam", "get", path).json
    assert (shown["line"], shown["waiting_for"], shown["group"]) == (3, "supplier", "Lamps Ltd")
    theirs = {one["metric"]: one for one in shown["clocks"] if one["kind"] == "uc"}
    assert set(theirs) == {"response", "resolution"}
    assert theirs["response"]["due_at"] == "2026-01-13T10:00:00Z"
    assert theirs["response"]["agreement"] == "lamps-care"
    assert shown["owner"] == "Sam Spoc"
    check_incident(ledger, 1)


def test_the_contracts_key_finds_the_supplier(app, sign_in, cast):
    a_supplier(app, sign_in, cast)
    path = bring(app, "second")
    body = {"to": "supplier", "contract": "lamps-care", "note": "Dark"}
    assert done(app, "sasha", "post", f"{path}/escalation", body).json["group"] == "Lamps Ltd"
    other = bring(app, "second")
    for contract in ("la-standard", "no-such-thing"):
        body = {"to": "supplier", "contract": contract, "note": "Dark"}
        refused = send(app, "sasha", "post", f"{other}/escalation", body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["contract"])


@pytest.mark.parametrize("who", ["sam", "dora", "sasha", "mo"])
def test_it_is_taken_back_by_the_desk_or_the_las_line(app, sign_in, cast, ledger, who):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    shown = done(app, who, "post", f"{path}/hand_back", WHY).json
    assert (shown["group"], shown["line"]) == ("LA second line", 2)
    states = {one["state"] for one in shown["clocks"] if one["kind"] == "uc"}
    assert states == {"cancelled"}
    check_incident(ledger, 1)


@pytest.mark.parametrize("who", ["rita", "ike", "theo", "tariq"])
def test_nobody_else_takes_it_back(app, sign_in, cast, who):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    assert send(app, who, "post", f"{path}/hand_back", WHY).status_code == 403


def test_second_line_records_what_the_supplier_did(app, sign_in, cast):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    body = {"type": "permanent_fix", "text": "Lamps Ltd brought a lamp"}
    shown = done(app, "sasha", "put", f"{path}/resolution", body).json
    assert shown["status"] == "resolved"
    resolution = [one for one in shown["clocks"] if one["kind"] == "uc"][-1]
    assert resolution["state"] == "met"
    other = with_supplier(app, "lamps-ltd")
    assert send(app, "sasha", "put", f"{other}/assignment", {"person": "me"}).status_code == 403


def test_from_one_supplier_to_the_next_the_clocks_begin_anew(app, sign_in, cast, at):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    sam = sign_in(cast.sam)
    sam.get("/st-marys/support/suppliers/new")
    sam.post(
        "/st-marys/support/suppliers/new", {"name": "Cables Ltd", "agreement": "la:lamps-care"}
    )
    at("2026-01-13T11:00+00:00")
    shown = done(app, "mo", "put", f"{path}/assignment", {"group": "cables-ltd"}).json
    theirs = [one for one in shown["clocks"] if one["kind"] == "uc"]
    assert [one["started_at"][11:16] for one in theirs] == ["09:00", "09:00", "11:00", "11:00"]
    # The first supplier had not answered within the hour: that stays said.
    assert theirs[0]["state"] == "breached"
    assert [one["state"] for one in theirs[1:]] == ["cancelled", "running", "running"]


def test_turns_say_how_much_of_them_was_open_time(app, at):
    at("2026-01-13T16:00+00:00")
    path = bring(app, "queued")
    at("2026-01-14T09:00+00:00")
    done(app, "sam", "post", f"{path}/escalation", TO_TECHNICIANS)
    queued, technicians = done(app, "sam", "get", f"{path}/turns").json["items"][-2:]
    assert queued["seconds"] == 17 * 3600
    assert 0 < queued["open_seconds"] < 3 * 3600
    assert (technicians["seconds"], technicians["open_seconds"]) == (0, 0)


def test_a_rule_gives_a_sensitive_one_at_the_desk_to_nobody(app):
    rule(app, 0, membership_id=membership(app, "Theo Technician"))
    path = log(app, sensitive=True)
    assert done(app, "sam", "put", f"{path}/check", CHECK).json["assignee"] is None
    assert send(app, "theo", "get", path).status_code == 404
