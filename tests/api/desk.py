"""Brings incidents into every state through the API."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.cast import CAST, Player
from tests.conftest import Api

SCHOOL = "/schools/st-marys"
INCIDENTS = f"{SCHOOL}/incidents"

# fmt: off
BROKEN = {
    "type": "incident", "title": "Projector shows no picture",
    "expected": "The lesson on the board", "happened": "A blue screen", "location": "ict-suite",
}
CHECK = {"impact": 2, "urgency": 1, "category": "display"}
FORWARD = {"to": "first_line", "note": "Tried another cable"}
HOLD = {"reason": "awaiting_user", "follow_up_on": "2099-01-05"}
RESOLUTION = {"type": "permanent_fix", "text": "A new lamp"}
MISSING = {"missing": "Which board is it?"}
WHY = {"reason": "It is dark again"}
TO_TECHNICIANS = {**FORWARD, "group": "technicians"}
SECOND = {"to": "second_line", "note": "Tried another lamp"}
MINE = {"person": "me"}
ASK_OWNER = {"why": "It costs money", "cost": "120.00"}
NO = {"decision": "rejected", "reason": "Not this year"}
ARTICLE = {"title": "Blue screen", "symptoms": "The picture is blue", "text": "Choose HDMI 1"}
OUTAGE = {"kind": "outage", "title": "The internet is down", "ends_at": "2099-01-05T16:00:00Z"}
TO_DO = {"title": "Renew the insurance", "kind": "renewal", "on": "2099-01-05"}
ASK = {"question": "Which lamp fits?", "group": "la-second-line"}

Step = tuple[str, str, str, Any]  # who, method, where, body
CHECKED:   tuple[Step, ...] = (("sam", "put", "check", CHECK),)
FORWARDED: tuple[Step, ...] = (*CHECKED, ("sam", "post", "escalation", FORWARD))
TAKEN:     tuple[Step, ...] = (*FORWARDED, ("tariq", "put", "assignment", MINE))
RESOLVED:  tuple[Step, ...] = (*TAKEN, ("tariq", "put", "resolution", RESOLUTION))
# How Rita's new sheet comes so far.
WAYS: dict[str, tuple[Step, ...]] = {
    "new":         (),
    "returned":    (("sam", "post", "return", MISSING),),
    "queued":      CHECKED,
    "at_desk":     (*CHECKED, ("sam", "put", "assignment", MINE)),
    "technicians": (*CHECKED, ("sam", "post", "escalation", TO_TECHNICIANS)),
    "forwarded":   FORWARDED,
    "in_progress": TAKEN,
    "on_hold":     (*TAKEN, ("tariq", "put", "hold", HOLD)),
    "second":      (*TAKEN, ("tariq", "post", "escalation", SECOND)),
    "asked":       (*CHECKED, ("sam", "post", "consultations", ASK)),
    "awaiting_approval": (*CHECKED, ("sam", "post", "approval", ASK_OWNER)),
    "rejected":    (*CHECKED, ("sam", "post", "approval", ASK_OWNER),
                    ("ike", "put", "approval", NO)),
    "linked":      (*TAKEN, ("sam", "post", "links", {"to": "1"})),
    "resolved":    RESOLVED,
    "cured":       (("rita", "put", "self_cure", None),),
    "closed":      (*RESOLVED, ("sam", "put", "closure", None)),
    "cancelled":   (("rita", "put", "cancellation", WHY),),
}
# fmt: on


# St Mary's has Tech Advisors for screens and printers.
ADVISORS_ON = (
    "INSERT INTO desk_settings (school_id, channels, is_own_first_line, may_technician_close,"
    " has_advisors, advisor_categories, advisor_minutes, lesson_minutes, is_quiet_when_closed,"
    " updated_by, version)"
    " SELECT id, '[]', false, false, true, '[\"display\", \"print\"]', 30, 60, false, 'Dora', 1"
    " FROM schools WHERE slug = 'st-marys'"
)


def program(app: Flask, player: Player | str) -> Api:
    """A program with that player's token."""
    who: Player = getattr(CAST, player) if isinstance(player, str) else player
    return Api(app.test_client(), who.token)


def send(app: Flask, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """`send(app, "sam", "put", ".../closure", If_Match='"3"')`"""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return getattr(program(app, who), method)(path, body, named)


def done(app: Flask, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """The same where it must work."""
    answer = send(app, who, method, path, body, **headers)
    assert answer.status_code < 300, f"{who} {method} {path}: {answer.text}"
    return answer


def log(app: Flask, who: str = "rita", **sheet: Any) -> str:
    """The path of a new incident."""
    logged = done(app, who, "post", INCIDENTS, {**BROKEN, **sheet})
    return f"{INCIDENTS}/{logged.json['number']}"


def bring(app: Flask, state: str, **sheet: Any) -> str:
    """The path of a new incident of Rita's in that state."""
    path = log(app, **sheet)
    for who, method, where, body in WAYS[state]:
        done(app, who, method, f"{path}/{where}", body)
    return path


def report(app: Flask, **sheet: Any) -> Any:
    """Rita hands in a sheet, with these of its fields changed."""
    return send(app, "rita", "post", INCIDENTS, {**BROKEN, **sheet})


def check_refused(answer: Any, field: str | None = None) -> None:
    """A field was wrong, and the answer says which in a sentence."""
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    if field:
        assert list(answer.json["errors"]) == [field]
        assert all(words[0].isupper() for words in answer.json["errors"][field])
