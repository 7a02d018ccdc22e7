"""Asking somebody without giving it away: nothing of the incident moves [R41, R61]."""

from __future__ import annotations

import pytest

from tests.api.desk import bring, done, send
from tests.people.mailbox import Mailbox

TO_SECOND = {"question": "Have you seen this lamp?", "group": "la-second-line"}
TO_FORUM = {"source": "forum", "asked": "edugeek", "question": "Which lamp fits?"}


def test_turn_owner_and_clocks_stay_as_they_are(app):
    path = bring(app, "in_progress")
    before = done(app, "sam", "get", path).json
    turns = done(app, "sam", "get", f"{path}/turns").json["items"]
    asked = done(app, "sam", "post", f"{path}/consultations", TO_SECOND)
    assert (asked.status_code, asked.json["number"], asked.json["asked"]) == (
        201,
        1,
        "LA second line",
    )
    answer = {"answer": "A 240 watt one"}
    done(app, "sasha", "put", f"{path}/consultations/1/answer", answer)
    after = done(app, "sam", "get", path).json
    for name in ("status", "line", "group", "owner", "assignee", "waiting_for", "next_due_at"):
        assert after[name] == before[name], name
    due = [(one["metric"], one["due_at"], one["stopped_at"]) for one in before["clocks"]]
    assert [(one["metric"], one["due_at"], one["stopped_at"]) for one in after["clocks"]] == due
    now = done(app, "sam", "get", f"{path}/turns").json["items"]
    assert [one["began_at"] for one in now] == [one["began_at"] for one in turns]


def test_the_group_hears_of_the_question_and_the_desk_of_the_answer(app):
    path, mail = bring(app, "queued"), Mailbox(app)
    done(app, "sam", "post", f"{path}/consultations", TO_SECOND)
    assert any("you are asked" in one for one in mail.subjects("sasha@la.example"))
    assert not any("you are asked" in one for one in mail.subjects("tariq@la.example"))
    done(app, "sasha", "put", f"{path}/consultations/1/answer", {"answer": "No"})
    assert any("answered" in one for one in mail.subjects("sam@st-marys.example"))


def test_of_somebody_outside_only_the_words_are_kept(app):
    path = bring(app, "in_progress")
    made = done(app, "tariq", "post", f"{path}/consultations", TO_FORUM).json
    assert (made["source"], made["asked"], made["answer"]) == ("forum", "edugeek", None)
    done(app, "tariq", "put", f"{path}/consultations/1/answer", {"answer": "The long one"})
    shown = done(app, "sam", "get", f"{path}/consultations").json["items"]
    assert (shown[0]["answer"], shown[0]["answered_by"]) == ("The long one", "Tariq Firstline")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"question": "?"}, "group"),
        ({"question": "?", "group": "no-such"}, "group"),
        ({"question": "?", "source": "forum"}, "asked"),
        ({"group": "la-second-line"}, "question"),
        ({"question": "?", "source": "oracle"}, "source"),
    ],
)
def test_what_is_missing_is_said(app, body, field):
    answer = send(app, "sam", "post", f"{bring(app, 'queued')}/consultations", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_question_is_answered_once_and_by_whom_it_was_put_to(app):
    path = bring(app, "forwarded")
    done(app, "sam", "post", f"{path}/consultations", TO_SECOND)
    where = f"{path}/consultations/1/answer"
    assert send(app, "tariq", "put", where, {"answer": "x"}).status_code == 403
    assert (
        send(app, "sasha", "put", f"{path}/consultations/2/answer", {"answer": "x"}).status_code
        == 404
    )
    done(app, "sasha", "put", where, {"answer": "Yes"})
    assert send(app, "sasha", "put", where, {"answer": "No"}).status_code == 409


def test_the_reporter_reads_nothing_of_it(app):
    path = bring(app, "in_progress")
    done(app, "sam", "post", f"{path}/consultations", {**TO_SECOND, "question": "Zebrafinch"})
    assert send(app, "rita", "get", f"{path}/consultations").status_code == 403
    assert "Zebrafinch" not in done(app, "rita", "get", f"{path}/timeline").text


def test_the_la_is_not_asked_about_a_sensitive_one_that_it_cannot_read(app):
    path = bring(app, "queued", sensitive=True)
    answer = send(app, "sam", "post", f"{path}/consultations", TO_SECOND)
    assert answer.status_code == 409
    assert "sensitive" in answer.json["detail"]


def test_they_page_like_every_list(app):
    path = bring(app, "queued")
    for _ in range(3):
        done(app, "sam", "post", f"{path}/consultations", TO_FORUM)
    first = done(app, "sam", "get", f"{path}/consultations?limit=2").json
    rest = done(app, "sam", "get", f"{path}/consultations?limit=2&after={first['next']}").json
    assert [one["number"] for one in (*first["items"], *rest["items"])] == [1, 2, 3]
    assert rest["next"] is None
