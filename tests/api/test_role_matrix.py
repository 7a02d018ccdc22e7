"""The role matrix of domain.md 2.6 through the API: every action, every role, one test a cell.

2xx it works; 403 the role may not do it (here, or not with this one); 404 it is not to be seen;
409 and 422 the role may, but not now and not so.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import (
    BROKEN,
    CHECK,
    FORWARD,
    HOLD,
    MINE,
    MISSING,
    RESOLUTION,
    SCHOOL,
    SECOND,
    TO_TECHNICIANS,
    WHY,
    send,
)

# fmt: off
ROLES = {
    "rita": "reporter_own", "ravi": "reporter", "pip": "tech_advisor", "sam": "spoc",
    "dora": "service_desk_owner", "ike": "ict_owner", "theo": "technician",
    "tariq": "la_first_line", "sasha": "la_second_line", "mo": "la_manager", "ada": "la_admin",
    "sue": "supplier", "olga": "spoc_elsewhere",
}
PEOPLE = tuple(ROLES)
ACTIONS: dict[str, tuple[str, str, Any]] = {  # method, where after the incident, body
    "read":          ("get",    "",             None),
    "timeline":      ("get",    "/timeline",    None),
    "turns":         ("get",    "/turns",       None),
    "clocks":        ("get",    "/clocks",      None),
    "notes":         ("get",    "/notes",       None),
    "checks":        ("get",    "/checks",      None),
    "mend":          ("patch",  "",             {"title": "The board is dark"}),
    "return":        ("post",   "/return",      MISSING),
    "hand_in":       ("delete", "/return",      None),
    "check":         ("put",    "/check",       CHECK),
    "override":      ("put",    "/check",       {"priority": "P1", "priority_reason": "Ofsted"}),
    "forward":       ("post",   "/escalation",  FORWARD),
    "to_technician": ("post",   "/escalation",  TO_TECHNICIANS),
    "escalate":      ("post",   "/escalation",  SECOND),
    "to_supplier":   ("post",   "/escalation",  {"to": "supplier", "note": "n", "group": "lamps"}),
    "hand_back":     ("post",   "/hand_back",   WHY),
    "take":          ("put",    "/assignment",  MINE),
    "give":          ("put",    "/assignment",  {"person": "Tariq Firstline"}),
    "hold":          ("put",    "/hold",        HOLD),
    "resume":        ("delete", "/hold",        None),
    "diagnose":      ("post",   "/checks",      {"check": "The lamp", "minutes": 5}),
    "resolve":       ("put",    "/resolution",  RESOLUTION),
    "self_cure":     ("put",    "/self_cure",   None),
    "close":         ("put",    "/closure",     None),
    "reopen":        ("post",   "/reopening",   WHY),
    "cancel":        ("put",    "/cancellation", WHY),
    "note":          ("post",   "/notes",       {"text": "We come at three"}),
    "note_internal": ("post",   "/notes",       {"text": "Bad lamps", "visibility": "internal"}),
    "files":         ("get",    "/attachments", None),
    "change_room":   ("patch",  "",             {"name": "Loft"}),
    "remove_room":   ("delete", "",             None),
}
ELSEWHERE: dict[str, tuple[str, str, Any]] = {  # what is about no incident
    "log":           ("post", f"{SCHOOL}/incidents", BROKEN),
    "log_for":       ("post", f"{SCHOOL}/incidents", {**BROKEN, "reporter_name": "Mrs Brown"}),
    "list":          ("get",  f"{SCHOOL}/incidents", None),
    "queue":         ("get",  "/queue", None),
    "counts":        ("get",  "/queue/counts", None),
    "schools":       ("get",  "/schools", None),
    "school":        ("get",  SCHOOL, None),
    "rooms":         ("get",  f"{SCHOOL}/locations", None),
    "add_room":      ("post", f"{SCHOOL}/locations", {"name": "Mrs Brown’s class"}),
    "preview":       ("post", f"{SCHOOL}/deadlines/preview",
                      {"priority": "P2", "started_at": "2026-01-13T09:10:00Z"}),
}
TABLE = """
action        state            rita ravi pip  sam  dora ike  theo tariq sasha mo   ada  sue  olga
read          new              200  404  404  200  200  200  200  200   200   200  403  404  404
read          advice           200  404  200  200  200  200  200  200   200   200  403  404  404
read          resolved         200  404  404  200  200  200  404  200   200   200  403  404  404
read          cured            200  404  404  200  200  200  404  404   404   200  403  404  404
read          hidden           200  404  404  200  200  200  404  404   404   404  403  404  404
read          hidden_forwarded 200  404  404  200  200  200  404  200   200   200  403  404  404
timeline      new              200  404  404  200  200  200  200  200   200   200  403  404  404
timeline      hidden           200  404  404  200  200  200  404  404   404   404  403  404  404
turns         new              200  404  404  200  200  200  200  200   200   200  403  404  404
clocks        new              200  404  404  200  200  200  200  200   200   200  403  404  404
notes         new              200  404  404  200  200  200  200  200   200   200  403  404  404
checks        in_progress      403  403  403  200  200  403  200  200   200   200  403  403  404
mend          new              200  404  404  200  200  403  403  403   403   200  403  403  404
mend          forwarded        409  404  404  200  200  403  403  200   403   200  403  403  404
return        new              403  403  403  200  200  403  403  403   403   403  403  403  404
hand_in       returned         200  404  404  200  200  403  403  403   403   403  403  403  404
check         new              403  403  403  200  200  403  403  403   403   200  403  403  404
check         forwarded        403  403  403  200  200  403  403  200   403   200  403  403  404
override      new              403  403  403  422  422  409  403  403   403   422  403  403  404
override      forwarded        403  403  403  200  200  200  403  200   403   200  403  403  404
forward       queued           403  403  403  200  200  403  403  403   403   403  403  403  404
to_technician queued           403  403  403  200  200  403  403  403   403   403  403  403  404
escalate      forwarded        403  403  403  403  403  403  403  200   403   200  403  403  404
escalate      technicians      403  403  403  403  403  403  200  403   403   200  403  403  404
to_supplier   second           403  403  403  403  403  403  403  403   200   200  403  403  404
hand_back     forwarded        403  403  403  403  403  403  403  200   403   200  403  403  404
hand_back     technicians      403  403  403  403  403  403  200  403   403   200  403  403  404
take          queued           403  403  403  200  200  403  403  403   403   200  403  403  404
take          technicians      403  403  403  200  200  403  200  403   403   200  403  403  404
take          forwarded        403  403  403  200  200  403  403  200   403   200  403  403  404
take          second           403  403  403  200  200  403  403  403   200   200  403  403  404
give          forwarded        403  403  403  200  200  403  403  403   403   200  403  403  404
hold          in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
resume        on_hold          403  403  403  200  200  403  403  200   403   200  403  403  404
diagnose      in_progress      403  403  403  201  201  403  403  201   403   201  403  403  404
resolve       in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
resolve       technicians      403  403  403  200  200  403  200  403   403   200  403  403  404
self_cure     in_progress      200  404  404  200  200  403  403  403   403   403  403  403  404
close         resolved         403  403  403  200  200  403  403  403   403   403  403  403  404
reopen        resolved         200  404  403  200  200  403  403  403   403   200  403  403  404
cancel        new              200  404  404  200  200  403  403  403   403   403  403  403  404
note          forwarded        201  404  404  201  201  201  403  201   403   201  403  403  404
note_internal forwarded        403  404  404  201  201  403  403  201   403   201  403  403  404
files         new              200  404  404  200  200  200  200  200   200   200  403  403  404
files         hidden           200  404  404  200  200  200  404  404   404   404  403  403  404
change_room   attic            403  403  403  200  200  200  200  403   403   403  403  403  404
remove_room   attic            403  403  403  204  204  204  204  403   403   403  403  403  404
log           -                201  201  201  201  201  201  201  201   201   201  403  403  404
log_for       -                422  422  422  201  201  201  201  201   201   201  403  403  404
list          -                200  200  200  200  200  200  200  200   200   200  403  200  404
queue         -                403  403  403  403  403  403  403  200   200   200  403  403  403
counts        -                403  403  403  403  403  403  403  200   200   200  403  403  403
schools       -                200  200  200  200  200  200  200  200   200   200  200  200  200
school        -                200  200  200  200  200  200  200  200   200   200  200  200  404
rooms         -                200  200  200  200  200  200  200  200   200   200  403  200  404
add_room      -                403  403  403  201  201  201  201  403   403   403  403  403  404
preview       -                200  200  200  200  200  200  200  200   200   200  200  200  404
"""
# fmt: on


def _cells() -> list[Any]:
    cells = []
    for line in TABLE.strip().splitlines()[1:]:
        action, state, *statuses = line.split()
        assert len(statuses) == len(PEOPLE), line
        cells += [
            pytest.param(action, state, who, int(status), id=f"{action}-{state}-{ROLES[who]}")
            for who, status in zip(PEOPLE, statuses, strict=True)
        ]
    return cells


@pytest.mark.parametrize(("action", "state", "who", "expected"), _cells())
def test_cell(prepared, action, state, who, expected):
    if action in ELSEWHERE:
        method, path, body = ELSEWHERE[action]
    else:
        method, where, body = ACTIONS[action]
        path = prepared.path[state] + where
    headers = {"If_Match": prepared.etag(state)} if method == "patch" else {}
    answer = send(prepared.app, who, method, path, body, **headers)
    assert answer.status_code == expected, answer.text
    if expected >= 400:
        assert answer.mimetype == "application/problem+json"
        assert not prepared.is_changed()


def test_every_permission_of_the_api_stands_in_the_table(prepared):
    """A new endpoint must get its row."""
    from app.door import permissions_of

    used = {action for line in TABLE.strip().splitlines()[1:] for action in [line.split()[0]]}
    assert used == {*ACTIONS, *ELSEWHERE}
    walked = {(m, w.lstrip("/")) for m, w, _ in ACTIONS.values()}
    for rule in prepared.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/schools/<slug:school>/incidents/<number:number>"):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            where = rule.rule.partition("<number:number>")[2].lstrip("/")
            if "attachments" in where and (method, where) != ("GET", "attachments"):
                continue  # They need a file; tests/files/test_serving.py has their tables.
            assert (method.lower(), where) in walked, f"{method} {rule.rule} has no row"
            assert permissions_of(prepared.app, rule.endpoint, method)
