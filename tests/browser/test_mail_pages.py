"""The pages about mail with something on them: axe finds nothing, and 320 px hold them."""

from __future__ import annotations

from typing import Any

from app.later import uuid7
from app.notifications.post import folder
from app.notifications.transports import file_name
from tests.browser.conftest import NARROW, violations
from tests.ledger import Ledger

LONG = "a-very-long-name-of-somebody-with-many-names-indeed-0123456789"


def test_with_long_words_on_them(app: Any, open_as: Any, cast: Any, ledger: Ledger) -> None:
    ledger.rows("UPDATE local_authority SET is_demo = true")
    ledger.rows(
        "INSERT INTO mail_troubles SELECT id, %s, %s, 'SMTP 550', now(), now() FROM schools",
        f"{LONG}@{LONG}.example",
        LONG,
    )
    ledger.rows(
        "INSERT INTO door_outbox (id, task, payload, next_try_at, attempts, failed_at, last_error)"
        " SELECT gen_random_uuid(), 'send_reset', '{}', now(), 1,"
        " CASE WHEN n > 1 THEN now() END, %s FROM generate_series(0, 2) n",
        f"SMTP 550, Permanent at {LONG}.py:1",
    )
    name = file_name(uuid7())
    there = folder()
    assert there is not None
    head = f"To: {LONG} <{LONG}@{LONG}.example>\nSubject: {LONG}{LONG}\n"
    (there / name).write_text(f"{head}\nhttp://localhost/{LONG}{LONG}\n")
    wrong = []
    for who, paths in (
        (cast.sam, ("/st-marys/mail-troubles", "/account/mail")),
        (cast.ada, ("/waiting", "/mail-not-sent", f"/mail-not-sent/{name}")),
    ):
        page = open_as(who, "/account", size=NARROW, bypass_csp=True)
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, path
            wrong += [f"{path}: {one}" for one in violations(page)]
            if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
                wrong.append(f"{path}: wider than {NARROW[0]} px")
    assert wrong == []
