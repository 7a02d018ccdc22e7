"""Every step in every state (domain.md 2.2): it works and leaves its trace, or is refused in one
sentence and leaves none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import (
    ASK_OWNER,
    CHECK,
    FORWARD,
    HOLD,
    MINE,
    MISSING,
    NO,
    RESOLUTION,
    SECOND,
    WHY,
    send,
)
from tests.incidents.invariants import check_incident

# fmt: off
STATES = {  # the column, and which prepared incident stands in it
    "new": "new", "returned": "returned", "advice": "advised", "queued": "forwarded",
    "in_progress": "in_progress", "on_hold": "on_hold", "awaiting_approval": "awaiting_approval",
    "resolved": "resolved", "closed": "closed", "cancelled": "cancelled", "rejected": "rejected",
}
STEPS: dict[str, tuple[str, str, str, Any, str]] = {  # who may, method, where, body, event
    "return":     ("sam", "post",   "/return",       MISSING,    "returned"),
    "hand_in":    ("sam", "delete", "/return",       None,       "handed_in"),
    "check":      ("sam", "put",    "/check",        CHECK,      "checked"),
    "take":       ("mo",  "put",    "/assignment",   MINE,       "taken"),
    "give":       ("mo",  "put",    "/assignment",   {"person": "Tariq Firstline"}, "assigned"),
    "give_group": ("mo",  "put",    "/assignment",   {"group": "la-first-line"},    "assigned"),
    "forward":    ("sam", "post",   "/escalation",   FORWARD,    "escalated"),
    "escalate":   ("mo",  "post",   "/escalation",   SECOND,     "escalated"),
    "hand_back":  ("mo",  "post",   "/hand_back",    WHY,        "handed_back"),
    "hold":       ("sam", "put",    "/hold",         HOLD,       "held"),
    "resume":     ("sam", "delete", "/hold",         None,       "resumed"),
    "diagnose":   ("sam", "post",   "/checks",       {"check": "The lamp"}, "diagnosed"),
    "resolve":    ("sam", "put",    "/resolution",   RESOLUTION, "resolved"),
    "self_cure":  ("sam", "put",    "/self_cure",    None,       "self_cured"),
    "close":      ("sam", "put",    "/closure",      None,       "closed"),
    "reopen":     ("sam", "post",   "/reopening",    WHY,        "reopened"),
    "cancel":     ("sam", "put",    "/cancellation", WHY,        "cancelled"),
    "mend":       ("sam", "patch",  "",              {"title": "All boards are dark"}, "mended"),
    "note":       ("sam", "post",   "/notes",        {"text": "We come at three"}, "noted"),
    "ask":        ("sam", "post",   "/approval",     ASK_OWNER,  "approval_asked"),
    "approve":    ("ike", "put",    "/approval",     {"decision": "approved"}, "approved"),
    "reject":     ("ike", "put",    "/approval",     NO,         "rejected"),
    "log_work":   ("sam", "post",   "/worklog",      {"minutes": 5}, "work_logged"),
    "link":       ("sam", "post",   "/links",        {"to": "4"}, "linked"),
    "parent":     ("sam", "put",    "/parent",       {"parent": "4"}, "parent_set"),
    "merge":      ("sam", "put",    "/merge",        {"into": "4"}, "merged"),
    "follow_up":  ("sam", "put",    "/follow_up",    {"on": "2099-01-05", "reason": "Look"},
                   "follow_up_set"),
    "workaround": ("sam", "put",    "/workaround",   {"text": "The other one"}, "worked_around"),
    "advise":     ("pip", "put",    "/advice",       {"tried": "Off and on"}, "advised"),
    "pass_on":    ("sam", "post",   "/advice/pass_on", None,     "passed_on"),
    "accept":     ("sam", "put",    "/advice/acceptance", None,  "advice_accepted"),
    "rate":       ("rita", "put",   "/satisfaction", {"score": 5}, "rated"),
}
SHORT = {state[:3]: state for state in STATES} | {
    "pro": "in_progress", "hol": "on_hold", "app": "awaiting_approval",
}
ACTORS = {
    "sam": "Sam Spoc", "mo": "Mo Manager", "ike": "Ike Ictowner", "rita": "Rita Reporter",
    "pip": "Pip Advisor",
}
# What it is afterwards, by its first letters; 409 is a refusal, 403 a step nobody takes there.
TABLE = """
step       new ret adv que pro hol app res clo can rej
return     ret 409 409 409 409 409 409 409 409 409 409
hand_in    409 new 409 409 409 409 409 409 409 409 409
check      que 409 409 que pro hol 409 409 409 409 409
take       409 409 409 pro pro pro 409 409 409 409 409
give       409 409 409 pro pro pro 409 409 409 409 409
give_group 409 409 409 que que que 409 409 409 409 409
forward    409 409 409 403 403 403 409 403 403 409 409
escalate   403 403 403 que que que 403 409 409 403 403
hand_back  409 409 409 que que que 409 409 409 409 409
hold       409 409 409 409 hol hol 409 409 409 409 409
resume     409 409 409 409 409 pro 409 409 409 409 409
diagnose   409 409 409 que pro hol 409 409 409 409 409
resolve    409 409 409 res res res 409 409 409 409 409
self_cure  res res res res res res res 409 409 409 409
close      409 409 409 409 409 409 409 clo 409 409 409
reopen     409 409 409 409 409 409 409 pro 409 409 409
cancel     can can 409 can 409 409 409 409 409 409 409
mend       new ret adv que pro hol app 409 409 409 409
note       new ret adv que pro hol app res 409 409 409
ask        409 409 409 app app 409 409 409 409 409 409
approve    409 409 409 409 409 409 que 409 409 409 409
reject     409 409 409 409 409 409 rej 409 409 409 409
log_work   new 409 409 que pro hol 409 res 409 409 409
link       new ret adv que pro hol app res 409 409 409
parent     new ret adv que pro hol app res 409 409 409
merge      res res 409 res res res 409 409 409 409 409
follow_up  new ret 409 que pro hol app 409 409 409 409
workaround 409 409 409 que pro hol 409 409 409 409 409
advise     404 404 adv 404 404 404 404 404 404 404 404
pass_on    409 409 new 409 409 409 409 409 409 409 409
accept     409 409 res 409 409 409 409 409 409 409 409
rate       409 409 409 409 409 409 409 res clo 409 409
"""
# Done twice, these do nothing more; the others are refused or only say the same again.
AGAIN_IS_REFUSED = {
    "return", "hand_in", "resume", "self_cure", "close", "reopen", "cancel", "resolve",
    "ask", "approve", "reject", "merge", "link", "pass_on", "accept",
}
# fmt: on


def _cells() -> list[Any]:
    header, *lines = TABLE.strip().splitlines()
    states = [SHORT[word] for word in header.split()[1:]]
    return [
        pytest.param(step, state, SHORT.get(expected, expected), id=f"{step}-{state}")
        for step, *row in map(str.split, lines)
        for state, expected in zip(states, row, strict=True)
    ]


@pytest.mark.parametrize(("step", "state", "expected"), _cells())
def test_step(prepared, step, state, expected):
    who, method, where, body, kind = STEPS[step]
    key = STATES[state]
    path = prepared.path[key]
    headers = {"If_Match": prepared.etag(key)} if method == "patch" else {}
    answer = send(prepared.app, who, method, path + where, body, **headers)
    if expected.isdecimal():
        assert answer.status_code == int(expected), answer.text
        assert answer.mimetype == "application/problem+json"
        assert not prepared.is_changed()
        if expected == "409":
            said = answer.json["detail"]
            assert said.startswith(f"STM-{prepared.number(key)} "), said
            assert said.endswith(".")
            assert said.count(". ") <= 1
        return
    assert answer.status_code in (200, 201), answer.text
    shown = send(prepared.app, "mo", "get", path).json
    assert shown["status"] == expected
    check_incident(prepared.ledger, prepared.number(key))
    events = send(prepared.app, "mo", "get", f"{path}/timeline").json["items"]
    assert events[-1]["kind"] == f"incident.{kind}"
    assert events[-1]["actor"] == ACTORS[who]


@pytest.mark.parametrize("step", sorted(STEPS))
def test_the_same_step_twice_is_refused_or_harmless(prepared, step):
    who, method, where, body, _ = STEPS[step]
    key = next(
        STATES[state]
        for name, state, expected in (cell.values for cell in _cells())
        if name == step and (not expected.isdecimal() or step == "forward")
    )
    if step == "forward":  # from the desk itself, where no column of the table stands
        key = "queued"
    path = prepared.path[key]
    headers = {"If_Match": "*"} if method == "patch" else {}
    first = send(prepared.app, who, method, path + where, body, **headers)
    assert first.status_code in (200, 201), first.text
    before = prepared.ledger.now()
    second = send(prepared.app, who, method, path + where, body, **headers)
    if step in AGAIN_IS_REFUSED:
        assert second.status_code == 409, second.text
    if second.status_code >= 400:
        assert second.status_code in (403, 409), second.text
        assert prepared.ledger.now() == before
    elif step not in ("note", "diagnose", "log_work"):
        assert second.json["status"] == first.json["status"]
    check_incident(prepared.ledger, prepared.number(key))


def test_taking_twice_writes_nothing_the_second_time(prepared):
    path = prepared.path["forwarded"]
    send(prepared.app, "tariq", "put", f"{path}/assignment", MINE)
    before = prepared.ledger.now()
    again = send(prepared.app, "tariq", "put", f"{path}/assignment", MINE)
    assert again.status_code == 200
    assert prepared.ledger.now() == before
