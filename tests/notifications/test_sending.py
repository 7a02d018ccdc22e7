"""Nothing is lost, nothing is sent twice, and nobody gets what they may not read."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.notifications.waiting import TASK_WORDS
from app.relay import relay_engine
from tenants.db import forget_connections
from tests.incidents.pages import BROKEN, HERE, forwarded, logged
from tests.ledger import Ledger
from tests.notifications.conftest import Sink
from tests.notifications.test_choices import at_once
from workers.drain import drain
from workers.jobs import TASKS

Deliver = Callable[[], int]
SECRET = "Jo Bloggs has been seen"


def undone(ledger: Ledger) -> list[Any]:
    return ledger.rows(
        "SELECT task, attempts, last_error, failed_at IS NOT NULL FROM outbox"
        " WHERE done_at IS NULL AND task <> 'decide_clocks' ORDER BY id"
    )


def test_a_second_run_sends_nothing(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger
) -> None:
    logged(api, cast)
    deliver()
    assert len(sink.taken) == 2
    assert deliver() == 0
    assert len(sink.taken) == 2
    assert undone(ledger) == []


def test_while_the_server_is_away_nothing_is_lost_and_then_each_comes_once(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger
) -> None:
    sink.stop()
    for _ in range(3):
        logged(api, cast)
    deliver()
    assert [row[1:] for row in undone(ledger)] == [(1, row[2], False) for row in undone(ledger)]
    assert len(undone(ledger)) == 6
    assert all(row[2].startswith("ConnectionRefusedError, ") for row in undone(ledger))
    sink.start()
    at_once(ledger)
    deliver()
    assert len(sink.taken) == 6
    assert len({one.message["Message-ID"] for one in sink.taken}) == 6
    assert undone(ledger) == []


def test_a_server_that_asks_for_patience_gets_it(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger
) -> None:
    sink.answers[cast.rita.email] = f"450 4.2.0 {cast.rita.email}: later"
    logged(api, cast)
    deliver()
    ((task, attempts, said, is_over),) = undone(ledger)
    assert (task, attempts, is_over) == ("send_mail", 1, False)
    assert said.startswith("SMTP 450, ")
    assert cast.rita.email not in said
    sink.answers.clear()
    at_once(ledger)
    deliver()
    assert len(sink.to(cast.rita.email)) == 1


def test_a_refused_address_is_told_to_the_desk_once(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger, sign_in: Any
) -> None:
    sink.answers[cast.rita.email] = f"550 5.1.1 {cast.rita.email} is unknown here"
    for _ in range(2):
        logged(api, cast)
    deliver()
    logged(api, cast)
    deliver()
    failed = undone(ledger)
    assert [row[3] for row in failed] == [True] * len(failed)
    assert all(row[2].startswith("SMTP 550, ") for row in failed)
    events = ledger.rows("SELECT note, visibility FROM events WHERE kind = 'mail.refused'")
    assert events == [("Rita Reporter", "internal")]
    page = sign_in(cast.sam).get("/st-marys/mail-troubles").get_data(as_text=True)
    assert "Rita Reporter" in page
    assert cast.rita.email in page
    assert "SMTP 550" in page
    assert ledger.rows("SELECT count(*) FROM outbox WHERE task = 'send_mail'") == [(5,)], (
        "the third is not even written for her"
    )


@pytest.mark.parametrize(
    ("place", "said"), [("rita", "554 5.7.1 relay denied"), ("MAIL", "530 5.7.1 sign in first")]
)
def test_a_relay_that_refuses_us_silences_nobody(
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    ledger: Ledger,
    place: str,
    said: str,
) -> None:
    sink.answers[cast.rita.email if place == "rita" else place] = said
    logged(api, cast)
    deliver()
    assert {row[1:2] + row[3:] for row in undone(ledger)} == {(1, False)}
    assert ledger.rows("SELECT 1 FROM mail_troubles") == []
    sink.answers.clear()
    at_once(ledger)
    deliver()
    assert len(sink.to(cast.rita.email)) == 1
    assert undone(ledger) == []


def test_a_slow_server_does_not_get_the_same_mail_again_at_once(
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It took it and says so too late: nobody can know, so it comes again, but a minute later."""
    monkeypatch.setattr("app.notifications.transports.TAKING_SECONDS", 0.3)
    sink.may_answer.clear()
    logged(api, cast)
    deliver()
    deliver()
    assert [row[1:] for row in undone(ledger)] == [(1, row[2], False) for row in undone(ledger)]
    assert {row[2].split(",")[0] for row in undone(ledger)} == {"SMTPServerDisconnected"}
    assert len(sink.taken) == 2, "one for each of the two who hear of it"


def test_an_invitation_that_cannot_arrive_is_told_to_the_desk(
    sink: Sink, deliver: Deliver, cast: Any, ledger: Ledger, sign_in: Any
) -> None:
    """Nobody's address is mistyped more often."""
    sink.answers["new@st-marys.example"] = "550 5.1.1 unknown"
    sam = sign_in(cast.sam)
    page = "/st-marys/people/invitations/new"
    sam.get(page)
    said = {"email": "new@st-marys.example", "name": "Nia New", "role": "reporter"}
    assert sam.post(page, said).status_code == 303
    deliver()
    assert "Nia New" in sam.get("/st-marys/mail-troubles").get_data(as_text=True)
    kinds = ledger.rows("SELECT note FROM events WHERE kind = 'mail.refused'")
    assert kinds == [("Nia New",)]


def test_every_task_has_words_for_the_administrator() -> None:
    assert set(TASK_WORDS) == set(TASKS)


def test_after_trying_again_mail_goes_there(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger, sign_in: Any
) -> None:
    sink.answers[cast.rita.email] = "550 unknown"
    logged(api, cast)
    deliver()
    sink.answers.clear()
    sam = sign_in(cast.sam)
    sam.get("/st-marys/mail-troubles")
    again = "/st-marys/mail-troubles/again"
    assert sam.post(again, {"address": cast.rita.email}).status_code == 303
    assert sam.post(again, {"address": cast.rita.email}).status_code == 404
    logged(api, cast)
    deliver()
    assert len(sink.to(cast.rita.email)) == 1
    kinds = ledger.rows("SELECT note FROM events WHERE kind = 'mail.tried_again'")
    assert kinds == [("Rita Reporter",)]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_worker_killed_after_the_server_took_it_sends_the_same_mail_again(
    app: Flask, sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger, sign_in: Any
) -> None:
    """Once more than needed, but the same Message-ID: a mail program shows it once."""
    logged(api, cast)
    ledger.rows("UPDATE outbox SET done_at = now() WHERE task = 'decide_clocks'")
    child = os.fork()
    if child == 0:
        try:
            _drain_and_die_before_the_commit(app)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(sink.taken) == 1
    deliver()
    first = sink.taken[0]
    both = sink.to(first.receivers[0])
    assert len(both) == 2
    assert both[0].message["Message-ID"] == both[1].message["Message-ID"]
    assert len(sink.taken) == 3


def _drain_and_die_before_the_commit(app: Flask) -> None:
    from app.notifications.transports import Smtp

    send = Smtp.send

    def send_and_die(self: Smtp, *args: Any) -> None:
        send(self, *args)
        os._exit(9)

    Smtp.send = send_and_die  # type: ignore[method-assign]
    with app.app_context():
        forget_connections()
        drain(relay_engine(app.config["SETTINGS"]), 20)


def test_whoever_has_left_meanwhile_gets_nothing(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger
) -> None:
    sink.stop()
    logged(api, cast)
    deliver()
    ledger.rows("UPDATE people SET is_active = false WHERE email = %s", cast.rita.email)
    ledger.rows("UPDATE memberships SET valid_to = current_date - 1 WHERE name = %s", cast.sam.name)
    sink.start()
    at_once(ledger)
    deliver()
    assert sink.taken == []
    assert undone(ledger) == []


def test_a_sensitive_incident_is_told_to_few_and_without_its_words(
    sink: Sink, deliver: Deliver, api: Any, cast: Any
) -> None:
    number = logged(api, cast, title=SECRET, happened=SECRET, sensitive=True)
    body = {"text": SECRET, "visibility": "public"}
    assert api(cast.sam).post(f"/schools{HERE}/{number}/notes", body).status_code in (200, 201)
    deliver()
    assert {one.receivers[0] for one in sink.taken} == {cast.rita.email, cast.sam.email}
    for mail in sink.taken:
        said = mail.subject + mail.plain + mail.html
        assert "Bloggs" not in said
        assert "STM-1" in said


def test_a_sensitive_incident_reaches_a_line_once_it_is_forwarded(
    sink: Sink, deliver: Deliver, api: Any, cast: Any
) -> None:
    forwarded(api, cast, title=SECRET, sensitive=True)
    deliver()
    (mail,) = sink.to(cast.tariq.email)
    assert "Bloggs" not in mail.subject + mail.plain


def test_a_reporter_without_an_account_hears_without_a_link(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger
) -> None:
    body = {**BROKEN, "reporter_name": "Vi Visitor", "reporter_email": "vi@elsewhere.example"}
    assert api(cast.sam).post(f"/schools{HERE}", body).status_code == 201
    deliver()
    (mail,) = sink.to("vi@elsewhere.example")
    assert "http" not in mail.plain
    assert "STM-1" in mail.plain
    assert mail.message["List-Unsubscribe"] is None
    assert sink.to(cast.sam.email) == []
    stored = ledger.rows("SELECT payload::text FROM outbox")
    assert "vi@" not in str(stored)


def test_neither_log_nor_outbox_says_who_or_what(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, ledger: Ledger, caplog: Any
) -> None:
    caplog.set_level("DEBUG")
    sink.answers[cast.rita.email] = f"550 5.1.1 {cast.rita.email}"
    sink.answers[cast.sam.email] = f"451 {cast.sam.email} later"
    logged(api, cast, title=SECRET)
    deliver()
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("deskbell")]
    said = str(ours) + str(ledger.rows("SELECT payload, last_error FROM outbox"))
    assert "SMTP 550" in said
    for secret in (cast.rita.email, cast.sam.email, "Bloggs", "Rita"):
        assert secret not in said


def test_many_events_cost_few_statements(
    sink: Sink, deliver: Deliver, api: Any, cast: Any, statements: list[str]
) -> None:
    for _ in range(10):
        logged(api, cast)
    statements.clear()
    deliver()
    assert len(sink.taken) == 20
    # Reading for all at once, then for each mail: the scope, the claim, and nothing more.
    assert len(statements) <= 20 * 2 + 30, len(statements)
