"""Sends requests when they are due, answered or not: `python -m tests.load.client PLAN OUT`.

Time counts from when a request was due, so a slow answer makes those behind it slow too. A process
of its own, so that the desk's figures are not the harness's. It ends when told to (SIGTERM).
"""

from __future__ import annotations

import json
import random
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.load.mix import Ask, Mix

THREADS = 64
TIMEOUT = 30.0


class Client:
    def __init__(self, plan: dict[str, Any], out: Path) -> None:
        self._port = plan["port"]
        self._mix = Mix(**plan["mix"])
        self._gap = 1 / plan["rate"]
        self._chance = random.Random(plan["mix"]["seed"])
        self._lock = threading.Lock()
        self._due = time.time() + 0.5
        self._out = out.open("a")
        self.told_to_end = threading.Event()

    def run(self) -> None:
        threads = [threading.Thread(target=self._send_again_and_again) for _ in range(THREADS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self._out.close()

    def _send_again_and_again(self) -> None:
        while not self.told_to_end.is_set():
            with self._lock:
                # As people do: at random, so many a second on average.
                self._due += self._chance.expovariate(1) * self._gap
                due, ask = self._due, self._mix.next()
            if self.told_to_end.wait(max(0.0, due - time.time())):
                return
            sent = time.time()
            status = self._send(ask)
            row = [ask.kind, due, sent, time.time(), status]
            with self._lock:
                self._out.write(json.dumps(row) + "\n")

    def _send(self, ask: Ask) -> int:
        """A connection for each, as the proxy makes them (deploy/nginx.conf)."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), TIMEOUT) as connection:
                connection.sendall(_request(ask))
                return _status(connection)
        except (OSError, ValueError):
            return 0


# By hand: the client works on the desk's own cores, and http.client takes several times as much of
# them, most of it to read headers that nobody looks at. What is sent, and when, is the same.


def _request(ask: Ask) -> bytes:
    body = (ask.body or "").encode()
    headers = {"Host": "127.0.0.1", "Accept-Encoding": "identity", **ask.headers}
    if ask.body is not None:
        headers["Content-Length"] = str(len(body))
    lines = [f"{ask.method} {ask.path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _status(connection: socket.socket) -> int:
    """Of an answer that has come whole; one that was cut off is an OSError."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += _more(connection)
    head, _, body = said.partition(b"\r\n\r\n")
    status = int(head[9:12])
    length = re.search(rb"\ncontent-length: *(\d+)", head, re.I)
    if length:
        missing = int(length[1]) - len(body)
        while missing > 0:
            missing -= len(_more(connection))
    elif status not in (204, 304):
        while not body.endswith(b"0\r\n\r\n"):  # in pieces, of which this is the last
            body += _more(connection)
    return status


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError
    return piece


if __name__ == "__main__":
    client = Client(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
    signal.signal(signal.SIGTERM, lambda *_: client.told_to_end.set())
    client.run()
