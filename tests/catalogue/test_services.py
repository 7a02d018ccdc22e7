"""The service catalogue through the API."""

from __future__ import annotations

import csv
import io

import pytest

from tests.api.desk import BROKEN, INCIDENTS, SCHOOL, check_refused, done, log, send

SERVICES = f"{SCHOOL}/services"
WIFI = {"name": "Wi-Fi", "purpose": "Laptops in classrooms", "used_by": "Everybody"}
EXAMS = [{"from": "05-01", "to": "06-30", "criticality": "high"}]


def wifi(app, **said):
    return done(app, "sam", "post", SERVICES, {**WIFI, **said}).json


def test_a_service_with_everything(app, at):
    at("2026-05-04T09:00:00+00:00")
    said = {
        **WIFI,
        "criticality": "low",
        "seasons": EXAMS,
        "owner": "Dora Owner",
        "hours": "School days",
        "skills": "Access points",
        "supported": False,
        "parts": [{"words": "The controller in the office"}],
    }
    made = done(app, "sam", "post", SERVICES, said)
    assert made.headers["Location"] == f"/api/v1{SERVICES}/wi-fi"
    shown = done(app, "sam", "get", f"{SERVICES}/wi-fi").json
    assert shown == made.json
    assert {name: shown[name] for name in said if name != "parts"} == {
        name: said[name] for name in said if name != "parts"
    }
    assert shown["criticality_today"] == "high"
    assert [one["words"] for one in shown["parts"]] == ["The controller in the office"]
    at("2026-07-01T09:00:00+00:00")
    assert done(app, "rita", "get", f"{SERVICES}/wi-fi").json["criticality_today"] == "low"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"purpose": None}, "purpose"),
        ({"used_by": ""}, "used_by"),
        ({"criticality": "vital"}, "criticality"),
        ({"seasons": [{"from": "06-31", "to": "07-01", "criticality": "high"}]}, "seasons"),
        ({"seasons": [{"from": "06-01", "to": "07-01"}]}, "seasons"),
        ({"parts": [{"asset": "NO-1"}]}, "parts"),
        ({"parts": [{"licence": 7}]}, "parts"),
        ({"parts": [{"contract": "7"}]}, "parts"),
        ({"parts": [{}]}, "parts"),
        ({"parts": [{"words": "a", "licence": 1}]}, "parts"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(app, is_unchanged, said, field):
    answer = send(app, "sam", "post", SERVICES, {**WIFI, **said})
    assert answer.status_code == 422, answer.text
    assert {name.partition(".")[0] for name in answer.json["errors"]} == {field}
    assert is_unchanged()


def test_a_name_is_taken_once(app):
    wifi(app)
    check_refused(send(app, "dora", "post", SERVICES, {**WIFI, "name": "wi-fi"}), "name")


def test_its_parts_are_things_of_the_registers(app, ledger):
    asset = {"tag": "AP-1", "type": "access_point", "location": "hall"}
    done(app, "sam", "post", f"{SCHOOL}/assets", asset)
    made = wifi(app, parts=[{"asset": "ap-1"}, {"words": "Cables"}])
    assert [one.get("asset") or one.get("words") for one in made["parts"]] == ["AP-1", "Cables"]
    # Who may not see the register of equipment does not read of it here.
    parts = done(app, "rita", "get", f"{SERVICES}/wi-fi").json["parts"]
    assert [one.get("words") for one in parts] == ["Cables"]
    change = {"parts": [{"words": "Cables"}]}
    done(app, "sam", "patch", f"{SERVICES}/wi-fi", change, If_Match='"1"')
    told = done(app, "sam", "get", f"{SERVICES}/wi-fi/timeline").json["items"][0]
    assert (told["kind"], told["from"], told["to"]) == ("service.changed", "AP-1, Cables", "Cables")


def test_a_change_says_what_changed(app):
    wifi(app)
    changed = done(app, "sam", "patch", f"{SERVICES}/wi-fi", {"name": "Wireless"}, If_Match='"1"')
    assert (changed.json["key"], changed.json["name"], changed.json["version"]) == (
        "wi-fi",
        "Wireless",
        2,
    )
    told = done(app, "dora", "get", f"{SERVICES}/wi-fi/timeline").json["items"]
    assert [(one["kind"], one["from"], one["to"]) for one in told] == [
        ("service.changed", "Wi-Fi", "Wireless"),
        ("service.added", None, "Wi-Fi"),
    ]
    same = done(app, "sam", "patch", f"{SERVICES}/wi-fi", {"name": "Wireless"}, If_Match='"2"')
    assert same.json["version"] == 2
    path = f"{SERVICES}/wi-fi"
    assert send(app, "sam", "patch", path, {"name": "A"}, If_Match='"1"').status_code == 412
    assert send(app, "sam", "patch", path, {"name": "A"}).status_code == 428


def test_who_may(app, is_unchanged):
    wifi(app)
    is_unchanged.start()
    for who in ("rita", "theo", "tariq", "pip"):
        assert send(app, who, "post", SERVICES, {**WIFI, "name": "B"}).status_code == 403
        assert send(app, who, "delete", f"{SERVICES}/wi-fi").status_code == 403
        assert send(app, who, "get", f"{SERVICES}/wi-fi").status_code == 200
    assert send(app, "olga", "get", f"{SERVICES}/wi-fi").status_code == 404
    assert send(app, "sue", "get", SERVICES).status_code == 403
    assert send(app, "olga", "get", "/schools/oakfield/services/wi-fi").status_code == 404
    assert is_unchanged()


def test_the_list_is_narrowed_and_paged(app, at):
    at("2026-05-04T09:00:00+00:00")
    for name, said in (
        ("Wi-Fi", {"criticality": "low", "seasons": EXAMS}),
        ("E-mail", {}),
        ("Backups", {"supported": False}),
        ("Old", {}),
    ):
        wifi(app, name=name, **said)
    done(app, "sam", "patch", f"{SERVICES}/old", {"archived": True}, If_Match="*")

    def names(query):
        return [one["name"] for one in done(app, "sam", "get", f"{SERVICES}?{query}").json["items"]]

    assert names("") == ["Backups", "E-mail", "Wi-Fi"]
    assert names("archived=true") == ["Backups", "E-mail", "Old", "Wi-Fi"]
    assert names("criticality=high") == ["Wi-Fi"]
    assert names("criticality=low") == []
    assert names("supported=false") == ["Backups"]
    assert names("q=BACK") == ["Backups"]
    assert names("q=100%25") == []
    first = done(app, "sam", "get", f"{SERVICES}?limit=2").json
    rest = done(app, "sam", "get", f"{SERVICES}?limit=2&after={first['next']}").json
    assert [one["name"] for one in (*first["items"], *rest["items"])] == names("")
    assert rest["next"] is None
    assert send(app, "sam", "get", f"{SERVICES}?criticality=x").status_code == 422


def test_a_longer_list_asks_no_more(app, statements):
    def asked():
        statements.clear()
        done(app, "sam", "get", SERVICES)
        return len(statements)

    wifi(app)
    few = asked()
    for number in range(12):
        wifi(app, name=f"S{number}", parts=[{"words": "A"}])
    assert asked() == few


def test_a_spreadsheet_of_the_list_as_filtered(app, sign_in, cast):
    wifi(app, name="=1+1", seasons=EXAMS)
    wifi(app, name="E-mail")
    answer = sign_in(cast.rita).get("/st-marys/services.csv?q=1%2B1")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Service", "'=1+1"]
    assert rows[1][5] == "1 May to 30 June: high"
    assert sign_in(cast.sam).get("/st-marys/services.xlsx").data[:2] == b"PK"
    assert sign_in(cast.sam).get("/st-marys/services.csv?criticality=x").status_code == 422


def test_one_with_history_is_archived_and_not_removed(app, is_unchanged):
    wifi(app)
    log(app, service="wi-fi")
    is_unchanged.start()
    refused = send(app, "sam", "delete", f"{SERVICES}/wi-fi")
    assert refused.status_code == 409
    assert "Archive it" in refused.json["detail"]
    assert is_unchanged()
    wifi(app, name="Wrong", parts=[{"words": "A"}])
    assert send(app, "sam", "delete", f"{SERVICES}/wrong").status_code == 204
    assert send(app, "sam", "delete", f"{SERVICES}/wrong").status_code == 404


def test_the_usual_services_are_added_once(app):
    said = {"names": ["Wi-Fi", "Backups"]}
    added = done(app, "sam", "post", f"{SERVICES}/presets", said).json["items"]
    assert [one["name"] for one in added] == ["Wi-Fi", "Backups"]
    assert done(app, "sam", "post", f"{SERVICES}/presets", said).json["items"] == []
    check_refused(send(app, "sam", "post", f"{SERVICES}/presets", {"names": ["Tea"]}))


# --- on incidents ---


def test_an_incident_names_its_service(app):
    wifi(app)
    path = log(app, service="wi-fi")
    log(app)
    shown = done(app, "rita", "get", path).json
    assert shown["service"] == {"key": "wi-fi", "name": "Wi-Fi"}
    found = done(app, "sam", "get", f"{INCIDENTS}?service=wi-fi").json["items"]
    assert [one["number"] for one in found] == [1]
    assert done(app, "sam", "get", f"{INCIDENTS}?service=nothing").json["items"] == []
    done(app, "rita", "patch", path, {"service": None}, If_Match="*")
    assert done(app, "rita", "get", path).json["service"] is None


def test_another_schools_service_cannot_be_named(app):
    done(app, "olga", "post", "/schools/oakfield/services", {**WIFI, "name": "Oak net"})
    check_refused(send(app, "rita", "post", INCIDENTS, {**BROKEN, "service": "oak-net"}), "service")


def test_an_archived_service_takes_nothing_new_and_stays_where_it_is_named(app):
    wifi(app)
    path = log(app, service="wi-fi")
    done(app, "sam", "patch", f"{SERVICES}/wi-fi", {"archived": True}, If_Match="*")
    check_refused(send(app, "rita", "post", INCIDENTS, {**BROKEN, "service": "wi-fi"}), "service")
    done(app, "rita", "patch", path, {"service": "wi-fi", "title": "Dark"}, If_Match="*")


def test_a_service_of_high_criticality_suggests_the_whole_school(app, at):
    at("2026-05-04T09:00:00+00:00")
    wifi(app, criticality="low", seasons=EXAMS)
    check = {"urgency": 1, "category": "network"}
    path = log(app, service="wi-fi")
    shown = done(app, "sam", "put", f"{path}/check", check).json
    assert (shown["impact"], shown["priority"]) == (1, "P1")
    # What somebody says counts for more.
    path = log(app, service="wi-fi")
    assert done(app, "sam", "put", f"{path}/check", {**check, "impact": 3}).json["priority"] == "P3"
    at("2026-07-06T09:00:00+00:00")
    path = log(app, service="wi-fi")
    check_refused(send(app, "sam", "put", f"{path}/check", check), "impact")


def test_incidents_are_counted_at_their_service(app, at):
    at("2026-01-12T09:00:00+00:00")
    wifi(app)
    log(app, service="wi-fi")
    at("2026-09-14T09:00:00+00:00")
    log(app, service="wi-fi")
    path = log(app, service="wi-fi", sensitive=True)
    done(app, "rita", "put", f"{path}/self_cure")
    shown = done(app, "sam", "get", f"{SERVICES}/wi-fi").json
    assert (shown["open_incidents"], shown["incidents_this_term"]) == (2, 2)
    # A technician does not see what is sensitive; a reporter no counts at all.
    shown = done(app, "theo", "get", f"{SERVICES}/wi-fi").json
    assert (shown["open_incidents"], shown["incidents_this_term"]) == (2, 1)
    assert done(app, "rita", "get", f"{SERVICES}/wi-fi").json["open_incidents"] is None
