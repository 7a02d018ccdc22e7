"""Bring a file, as a program does, and let the worker do its part."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.relay import relay_engine
from tests.cast import CAST, Player
from workers.drain import drain

IMPORTS = "/schools/st-marys/imports"


class Bringing:
    """`bringing.done("assets", content)` is what came of a file that was imported."""

    def __init__(self, app: Flask, api: Callable[[Player], Any]) -> None:
        self.app = app
        self.api = api

    def sent(
        self, register: str, content: bytes, name: str = "list.csv", who: Player = CAST.sam
    ) -> Any:
        data = {"register": register, "file": (io.BytesIO(content), name)}
        return self.api(who).post(IMPORTS, data=data)

    def brought(self, register: str, content: bytes, name: str = "list.csv", **more: Any) -> Any:
        answer = self.sent(register, content, name, **more)
        assert answer.status_code == 201, answer.text
        return answer.json

    def work(self) -> None:
        with self.app.app_context():
            relay = relay_engine(self.app.config["SETTINGS"])
            while drain(relay):
                pass

    def step(self, number: int, what: str, body: Any = None, who: Player = CAST.sam) -> Any:
        answer = self.api(who).post(f"{IMPORTS}/{number}/{what}", json=body)
        assert answer.status_code == 202, answer.text
        self.work()
        return self.api(who).get(f"{IMPORTS}/{number}").json

    def checked(self, register: str, content: bytes, name: str = "list.csv", **more: Any) -> Any:
        """With `choose` what goes to the mapping first."""
        choose = more.pop("choose", None)
        number = self.brought(register, content, name, **more)["number"]
        if choose is not None:
            answer = self.api(CAST.sam).put(f"{IMPORTS}/{number}/mapping", json=choose)
            assert answer.status_code == 200, answer.text
        return self.step(number, "check", **more)

    def done(self, register: str, content: bytes, name: str = "list.csv", **more: Any) -> Any:
        mode = more.pop("mode", "good_rows")
        found = self.checked(register, content, name, **more)
        assert found["state"] == "checked", found
        return self.step(found["number"], "run", {"mode": mode})

    def mistakes(self, number: int) -> list[tuple[int, str | None, str]]:
        items = self.api(CAST.sam).get(f"{IMPORTS}/{number}/mistakes?limit=100").json["items"]
        return [(one["line"], one["column"], one["said"]) for one in items]


@pytest.fixture
def bringing(app: Flask, api: Callable[[Player], Any]) -> Bringing:
    return Bringing(app, api)


def counts(one: dict[str, Any]) -> tuple[int, int, int, int]:
    return one["added"], one["changed"], one["unchanged"], one["refused"]
