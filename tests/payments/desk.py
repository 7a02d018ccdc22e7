"""What the tests of payments share."""

from __future__ import annotations

from typing import Any

PAYMENTS = "/schools/st-marys/payments"
SAID = {"description": "Broadband", "amount": "100.00", "vat": "20.00", "due_on": "2026-03-02"}


def planned(api: Any, who: Any, **said: Any) -> Any:
    body = {name: value for name, value in {**SAID, **said}.items() if value is not None}
    made = api(who).post(PAYMENTS, body)
    assert made.status_code == 201, made.text
    return made


def scheduled(api: Any, who: Any, **said: Any) -> list[str]:
    """The days on which its payments are due."""
    made = planned(api, who, due_on=None, schedule=said)
    return [one["due_on"] for one in made.json["payments"]]


def moved(api: Any, who: Any, status: str, number: int = 1, **said: Any) -> Any:
    return api(who).put(f"{PAYMENTS}/{number}/status", {"status": status, **said})


def brought(api: Any, cast: Any, *statuses: str, number: int = 1) -> Any:
    """One that Sam planned, taken on by whoever may."""
    for status in statuses:
        said = {"reason": "No money"} if status == "cancelled" else {}
        who = cast.ike if status == "approved" else cast.sam
        answer = moved(api, who, status, number, **said)
        assert answer.status_code == 200, answer.text
    return answer


def changed(api: Any, who: Any, number: int, **said: Any) -> Any:
    """With the version that is there now."""
    path = f"{PAYMENTS}/{number}"
    version = api(who).get(path).headers["ETag"]
    return api(who).patch(path, said, {"If-Match": version})
