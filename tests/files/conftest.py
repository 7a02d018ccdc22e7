"""An empty store for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.files.desk import folder


@pytest.fixture(autouse=True)
def empty_store(app: Any) -> Iterator[None]:
    for path in folder(app).glob("*"):
        shutil.rmtree(path, ignore_errors=True)
    yield
