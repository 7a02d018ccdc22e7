"""Schemathesis on the API's own description, with all its checks, as a SPOC and as LA support.

`make test` tries 8 examples for each operation as whoever has to do with it, `make fuzz` 500 for
each as both, part by part, each on a fresh database: at once they took hours before anything was
said, and gigabytes (FUZZ_EXAMPLES; FUZZ_PATHS is a regex for some of the paths; `-k` takes parts).
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis.internal import lambda_sources
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from schemathesis.transport.wsgi import WSGITransport

IS_SHORT = "FUZZ_EXAMPLES" not in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
# In the short run a SPOC tries what is a school's, and LA support what is the LA's: who is only
# refused finds the same refusal 300 times.
TRIED = {
    "sam": r"/schools/\{school\}",
    "tariq": r"^/api/v1/(?!schools/\{school\}/)",
}
# The long run's parts, and one more for whatever stands in none of them.
_ONE = r"school\}/incidents/\{number\}"
PARTS = {
    "incidents": r"school\}/incidents(/\{number\}|/suggestions)?$",
    "lines": _ONE + r"/(check|return|assignment|escalation|hand_back|approval|worklog)$",
    "outcomes": _ONE + r"/(hold|resolution|self_cure|reopening|closure|cancellation)$",
    "sheets": _ONE + r"/(notes|checks|timeline|turns|clocks|deadlines|consultations.*)$",
    "together": _ONE + r"/(links.*|parent|merge|follow_up|workaround|problem|followers)$",
    "advice": _ONE + r"/(advice.*|satisfaction|still_broken|sheet_rating)$",
    "attachments": _ONE + r"/attachments",
    "locations": r"/locations",
    "assets": r"/(assets|asset_fields|loans|labels|stock_takes)",
    "licences": r"/(licences|documents|imports)",
    "contracts": r"/(contracts|contract_offers|suppliers|payments)",
    "agreements": r"/(agreements|agreement_choices|service_levels|calendar)",
    "changes": r"/(problems|changes|implementations|services|critical_dates)",
    "diary": r"(/diary|school\}/visits|/announcements|/articles)",
    "figures": r"/(performance|reports|overview|progress|data_quality)",
}
OTHERS = "^(?!.*(" + "|".join(PARTS.values()) + "))"
DESCRIPTION = "/api/v1/openapi.json"
# A rule of the desk, a stale or a missing version refuse what has the right shape (api.md).
RIGHT_SHAPE = ["2xx", "403", "404", "409", "412", "422", "428"]
# A header that is no version of ours is only stale.
WRONG_SHAPE = ["400", "403", "404", "405", "409", "412", "415", "422", "428"]

# fmt: off
BROKEN = {
    "title": "Projector shows no picture", "expected": "The lesson", "happened": "A blue screen",
    "location": "ict-suite",
}
CHECK = {"impact": 2, "urgency": 1, "category": "display"}
FORWARD = {"to": "first_line", "note": "Tried another cable"}
STEPS = (  # what brings an incident into each state: who, method, where, body
    ("sam",   "put",    "check",       CHECK),
    ("sam",   "post",   "escalation",  FORWARD),
    ("tariq", "put",    "assignment",  {"person": "me"}),
    ("tariq", "put",    "hold",        {"reason": "awaiting_user", "follow_up_on": "2099-01-05"}),
    ("tariq", "put",    "resolution",  {"type": "permanent_fix", "text": "A new lamp"}),
    ("sam",   "put",    "closure",     None),
)
# fmt: on


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two things that schemathesis does not know: its probe without a token hands the settings of
    network sockets to our test client; and a key that comes again gives the first answer again,
    also about a room that was removed since (tests/api/test_idempotency.py)."""
    send = WSGITransport.send
    keys: set[str] = set()

    def careful(self: Any, case: Any, *, session: Any = None, **settings: Any) -> Any:
        for name in ("max_redirects", "verify", "cert", "proxies"):
            settings.pop(name, None)
        key = (case.headers or {}).get("Idempotency-Key")
        if key in keys:
            del case.headers["Idempotency-Key"]
        response = send(self, case, session=session, **settings)
        if key is not None and response.status_code < 300:
            keys.add(key)
        return response

    monkeypatch.setattr(WSGITransport, "send", careful)


@pytest.fixture(autouse=True)
def _without_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis names filters by parsing their source. While other threads run, that fails now
    and then in Python 3.11 (cpython 106905: "AST constructor recursion depth mismatch")."""
    monkeypatch.setattr(lambda_sources, "lambda_description", lambda _: "lambda: …")


@pytest.fixture(autouse=True)
def _without_climbing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemathesis tells Hypothesis how many of its requests were accepted, to find more of them by
    climbing; where nobody may do anything, it climbed for twenty minutes and sent nothing."""
    monkeypatch.setattr(hypothesis, "target", lambda *_, **__: None)


def _tries() -> list[Any]:
    """Who tries which paths: all in one in the short run, part by part in the long one."""
    if IS_SHORT or "FUZZ_PATHS" in os.environ:
        chosen = {name: os.environ.get("FUZZ_PATHS", TRIED[name]) for name in TRIED}
        return [pytest.param(name, paths, id=name) for name, paths in chosen.items()]
    parts = {**PARTS, "others": OTHERS}
    return [
        pytest.param(name, paths, id=f"{part}-{name}")
        for part, paths in parts.items()
        for name in TRIED
    ]


@pytest.mark.parametrize("name, paths", _tries())
def test_nothing_undocumented_and_no_error_of_ours(app, api, cast, at, name, paths):
    at("2026-01-13T09:10+00:00")  # what it learns from our answers is the same each time
    for steps in range(len(STEPS) + 1):
        _prepare(api, cast, steps)
    failures = list(_failures(app, getattr(cast, name).token, paths))
    assert not failures, f"{len(failures)} failures\n\n" + "\n\n".join(failures[:20])


def _prepare(api: Any, cast: Any, steps: int) -> None:
    """Two incidents that have gone so far, so that most numbers stand for something."""
    for _ in range(2):
        logged = api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
        path = f"/schools/st-marys/incidents/{logged.json['number']}"
        for who, method, where, body in STEPS[:steps]:
            answer = getattr(api(getattr(cast, who)), method)(f"{path}/{where}", body)
            assert answer.status_code == 200, answer.text


def _failures(app: Any, token: str, tried: str) -> Iterator[str]:
    config = SchemathesisConfig.from_dict(
        {
            "seed": 412,
            "workers": 1,
            "headers": {"Authorization": f"Bearer {token}"},
            "dictionaries": {
                "numbers": {"values": list(range(1, 16))},
                "slugs": {"values": ["st-marys"]},
                "keys": {"values": ["ict-suite", "library", "hall"]},
            },
            "parameters": {
                "path.school": {"dictionary": "slugs", "probability": 0.95},
                "path.number": {"dictionary": "numbers", "probability": 0.9},
                "path.key": {"dictionary": "keys", "probability": 0.7},
                "body.location": {"dictionary": "keys", "probability": 0.7},
            },
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                "no-shrink": True,
                "database": "none",
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": RIGHT_SHAPE},
                "negative_data_rejection": {"expected-statuses": WRONG_SHAPE},
            },
        }
    )
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, app, config=config)
    for event in from_schema(schema.include(path_regex=tried)).execute():
        if isinstance(event, ScenarioFinished) and event.status in (Status.FAILURE, Status.ERROR):
            yield from _said(event)
        elif isinstance(event, NonFatalError):
            where = "".join(traceback.format_exception(event.value))
            yield f"{event.label}: {event.value!r}\n{where[-2000:]}"
        elif isinstance(event, FatalError):
            raise event.exception


def _said(event: Any) -> Iterator[str]:
    """What failed, after the requests of the same scenario that led to it."""
    before: list[str] = []
    for case_id, sent in event.recorder.interactions.items():
        before.append(_request(sent))
        for check in event.recorder.checks.get(case_id, ()):
            if check.status == Status.FAILURE:
                failure = check.failure_info.failure
                yield "\n".join([check.name, failure.title, failure.message, *before[-5:]])


def _request(sent: Any) -> str:
    asked, got = sent.request, sent.response
    answer = got and f"{got.status_code} {got.content!s:.300}"
    key = asked.headers.get("Idempotency-Key")
    return f"{asked.method} {asked.uri} {asked.body!s:.300} (key {key})\n→ {answer}"
