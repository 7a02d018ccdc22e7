"""Sends requests when they are due, answered or not: `python -m tests.load.client PLAN OUT`.

Time counts from when a request was due, so a slow answer makes those behind it slow too. A process
of its own, so that the desk's figures are not the harness's. It ends when told to (SIGTERM).
"""

from __future__ import annotations

import http.client
import json
import random
import signal
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
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request(ask.method, ask.path, ask.body, ask.headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


if __name__ == "__main__":
    client = Client(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
    signal.signal(signal.SIGTERM, lambda *_: client.told_to_end.set())
    client.run()
