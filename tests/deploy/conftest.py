"""Servers of these tests' own, in folders of their own, beside those of the whole run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local_servers import start_postgres
from deploy.postgres import Postgres


@pytest.fixture(scope="session")
def made_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was started and stopped, to be copied: making each anew would take a second."""
    folder = tmp_path_factory.mktemp("cluster") / "pg"
    start_postgres(folder, fsync=False).stop()
    return folder


@pytest.fixture
def cluster(made_cluster: Path, tmp_path: Path) -> Path:
    shutil.copytree(made_cluster, tmp_path / "pg")
    return tmp_path / "pg"


@pytest.fixture
def start(cluster: Path) -> Iterator[Callable[..., Postgres]]:
    """Start the cluster, or one in another folder; what runs at the end of the test is stopped."""
    started: list[Postgres] = []

    def start_in(folder: Path = cluster) -> Postgres:
        started.append(start_postgres(folder, fsync=False))
        return started[-1]

    yield start_in
    for server in started:
        server.stop()
