"""Contracts as the tests write them down, by program."""

from __future__ import annotations

from typing import Any

HERE = "/schools/st-marys/contracts"
PAGES = "/st-marys/contracts"
SUPPORT = {
    "name": "Printer support",
    "kind": "maintenance",
    "start": "2020-08-01",
    "initial_months": 36,
    "renewal": "tacit",
    "renewal_months": 12,
    "notice_months": 3,
    "annual_charge": "8850.00",
}


def added(program: Any, **more: Any) -> Any:
    """What the API says of a new one."""
    answer = program.post(HERE, {**SUPPORT, **more})
    assert answer.status_code == 201, answer.json
    return answer.json


def signed(api: Any, cast: Any, **more: Any) -> Any:
    number = added(api(cast.sam), **more)["number"]
    answer = api(cast.ike).put(f"{HERE}/{number}/signature")
    assert answer.status_code == 200, answer.json
    return answer.json


def change(program: Any, number: int, headers: dict[str, str] | None = None, **said: Any) -> Any:
    version = program.get(f"{HERE}/{number}").json["version"]
    return program.patch(f"{HERE}/{number}", said, headers or {"If-Match": f'"{version}"'})


def supplier(program: Any, name: str = "Copy Ltd", **more: Any) -> str:
    answer = program.post("/schools/st-marys/suppliers", {"name": name, "kind": "company", **more})
    assert answer.status_code == 201, answer.json
    return str(answer.json["key"])
