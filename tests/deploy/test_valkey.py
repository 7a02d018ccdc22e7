"""Our Valkey answers on a closed socket, and a damaged file of it stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue, SimpleWorker

from deploy.local_servers import start_valkey
from deploy.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = start_valkey(tmp_path / "a folder")
    yield server
    server.stop()


def test_it_answers_and_remembers(valkey: Valkey, tmp_path: Path) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        assert client.set("bell", "rung")
    assert valkey.sockets.stat().st_mode & 0o777 == 0o700
    valkey.stop()
    again = start_valkey(tmp_path / "a folder")
    with redis.Redis.from_url(again.url) as client:
        assert client.get("bell") == b"rung"
        assert client.config_get("port") == {"port": "0"}
    again.stop()


def test_rq_works_through_its_socket(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        queue = Queue("try", connection=client, serializer="json")
        job = queue.enqueue("operator.add", 40, 2)
        worker = SimpleWorker([queue], connection=client, serializer="json")
        worker.work(burst=True, logging_level="ERROR")
        assert job.return_value() == 42


def test_a_damaged_file_is_thrown_away(valkey: Valkey, tmp_path: Path) -> None:
    valkey.stop()
    for file in (tmp_path / "a folder" / "data").rglob("*.aof*"):
        file.write_bytes(b"not a command file\r\n" * 20)
    again = start_valkey(tmp_path / "a folder")
    assert again.is_up()
    again.stop()
