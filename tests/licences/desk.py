"""What the tests of licences share."""

from __future__ import annotations

from typing import Any

LICENCES = "/schools/st-marys/licences"
SAID = {
    "product": "Paint Studio",
    "metric": "device",
    "quantity": 30,
    "start": "2025-01-01",
}


def licence(api: Any, cast: Any, **said: Any) -> Any:
    """A licence of Sam's, made."""
    made = api(cast.sam).post(LICENCES, {**SAID, **said})
    assert made.status_code == 201, made.text
    return made


def asset(api: Any, cast: Any, tag: str) -> None:
    made = api(cast.sam).post("/schools/st-marys/assets", {"tag": tag, "type": "laptop"})
    assert made.status_code == 201, made.text


def changed(api: Any, who: Any, number: int, **said: Any) -> Any:
    """With the version that is there now."""
    path = f"{LICENCES}/{number}"
    version = api(who).get(path).headers["ETag"]
    return api(who).patch(path, said, {"If-Match": version})
