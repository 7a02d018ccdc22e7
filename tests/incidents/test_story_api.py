"""The main path through the API: reported, checked, forwarded, taken, resolved, closed."""

BROKEN = {
    "type": "incident",
    "title": "Projector shows no picture",
    "expected": "The lesson on the board",
    "happened": "A blue screen",
    "location": "ict-suite",
}


def test_an_incident_goes_all_the_way(api, cast, at):
    at("2026-01-13T08:20+00:00")
    logged = api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    assert logged.status_code == 201, logged.text
    assert logged.json["reference"] == "STM-1"
    assert logged.json["status"] == "new"
    assert logged.json["waiting_for"] == "school_desk"
    assert logged.json["next_due_at"] == "2026-01-13T09:20:00Z"
    path = "/schools/st-marys/incidents/1"

    at("2026-01-13T08:40+00:00")
    checked = api(cast.sam).put(f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    assert checked.status_code == 200, checked.text
    assert (checked.json["status"], checked.json["priority"]) == ("queued", "P2")

    at("2026-01-13T11:05+00:00")
    forwarded = api(cast.sam).post(
        f"{path}/escalation", {"to": "first_line", "note": "Tried another cable"}
    )
    assert forwarded.status_code == 200, forwarded.text
    assert (forwarded.json["line"], forwarded.json["waiting_for"]) == (1, "first_line")
    due = {(one["kind"], one["metric"]): one["due_at"] for one in forwarded.json["clocks"]}
    assert due["sla", "response"] == "2026-01-13T12:05:00Z"
    assert due["sla", "resolution"] == "2026-01-14T10:05:00Z"

    queue = api(cast.tariq).get("/queue")
    assert [one["reference"] for one in queue.json["items"]] == ["STM-1"]

    taken = api(cast.tariq).put(f"{path}/assignment", {"person": "me"})
    assert taken.status_code == 200, taken.text
    assert (taken.json["status"], taken.json["assignee"]) == ("in_progress", "Tariq Firstline")

    resolved = api(cast.tariq).put(
        f"{path}/resolution", {"type": "permanent_fix", "text": "New lamp"}
    )
    assert resolved.status_code == 200, resolved.text
    closed = api(cast.sam).put(f"{path}/closure")
    assert closed.status_code == 200, closed.text
    assert closed.json["status"] == "closed"

    kinds = [one["kind"] for one in api(cast.rita).get(f"{path}/timeline").json["items"]]
    assert kinds == [
        "incident.logged",
        "incident.checked",
        "incident.escalated",
        "incident.taken",
        "incident.resolved",
        "incident.closed",
    ]
    turns = api(cast.rita).get(f"{path}/turns").json["items"]
    assert all(a["ended_at"] == b["began_at"] for a, b in zip(turns, turns[1:]))


def test_another_school_is_not_there_at_all(api, cast):
    api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    assert api(cast.olga).get("/schools/st-marys/incidents/1").status_code == 404
    assert api(cast.olga).get("/schools/oakfield/incidents/1").status_code == 404
