"""Oakfield full of things, made once for each process and put back for each test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.cast import CAST, Player
from tests.conftest import Api, Browser
from tests.servers import Snapshot
from tests.wall.walk import Asker
from tests.wall.world import fill_oakfield


@pytest.fixture(scope="session")
def _filled(_app: Flask, _snapshot: Snapshot, database_name: str) -> Snapshot:
    _snapshot.restore()
    fill_oakfield(lambda player: Api(_app.test_client(), player.token), CAST)
    return Snapshot(database_name)


@pytest.fixture
def oakfield(app: Flask, _filled: Snapshot) -> None:
    """All that `fill_oakfield` makes is there."""
    _filled.restore()


@pytest.fixture
def asker(
    app: Flask, sign_in: Callable[[Player], Browser], api: Callable[[Player], Api]
) -> Callable[[Player], Asker]:
    return lambda player: Asker(app, sign_in, api, player)
