"""API tokens, made by command."""

from __future__ import annotations

import re

import pytest

from app.people.models import ApiToken
from tests.people.signing import change_person, rows


@pytest.fixture
def tokens(app):
    return lambda *words: app.test_cli_runner().invoke(args=["tokens", *words])


def ask(app, token, path="/api/v1/schools/st-marys/locations", method="get"):
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(path, method=method.upper(), headers=headers, json=None)


def test_it_prints_a_token_and_nothing_else(app, cast, tokens):
    made = tokens("create", cast.sam.email.upper())
    assert made.exit_code == 0
    token = made.stdout.removesuffix("\n")
    assert re.fullmatch(r"deskbell_[A-Za-z0-9_-]{43}", token)
    assert ask(app, token).status_code == 200
    assert not any(token.encode() in bytes(kept) for (kept,) in rows(app, ApiToken.token_hash))


def test_a_token_for_one_school_is_good_nowhere_else(app, cast, tokens):
    token = tokens("create", cast.tariq.email, "--school", "st-marys").stdout.strip()
    assert ask(app, token).status_code == 200
    assert ask(app, token, "/api/v1/schools/oakfield/locations").status_code == 404
    assert ask(app, token, "/api/v1/queue").status_code == 403


def test_a_token_for_reading_cannot_write(app, cast, tokens):
    token = tokens("create", cast.sam.email, "--read-only").stdout.strip()
    assert ask(app, token).status_code == 200
    path = "/api/v1/schools/st-marys/incidents"
    assert ask(app, token, path, "post").status_code == 403


def test_a_token_runs_out(app, cast, tokens, at):
    at("2026-01-13T09:00:00+00:00")
    token = tokens("create", cast.sam.email, "--days", "2").stdout.strip()
    at("2026-01-15T08:59:59+00:00")
    assert ask(app, token).status_code == 200
    at("2026-01-15T09:00:00+00:00")
    assert ask(app, token).status_code == 401


def test_a_revoked_token_is_worth_nothing(app, cast, tokens):
    token = tokens("create", cast.olga.email, "--days", "7").stdout.strip()
    lines = tokens("list", cast.olga.email).stdout.splitlines()
    (number,) = [line.split()[0] for line in lines if "every school" in line][:1]
    assert token not in "\n".join(lines)
    assert tokens("revoke", number).exit_code == 0
    path = "/api/v1/schools/oakfield/locations"
    assert ask(app, token, path).status_code == 401
    assert "revoked" in tokens("list", cast.olga.email).stdout
    assert tokens("revoke", number).exit_code == 1


def test_switching_the_person_off_ends_the_token(app, cast, tokens):
    token = tokens("create", cast.sam.email).stdout.strip()
    change_person(app, cast.sam.email, is_active=False)
    assert ask(app, token).status_code == 401
    assert "switched off" in tokens("create", cast.sam.email).stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nobody@st-marys.example"], "Nobody here has the e-mail address"),
        (["rita@st-marys.example", "--school", "nowhere"], "There is no school nowhere."),
        (["rita@st-marys.example", "--school", "oakfield"], "does not belong to oakfield"),
        (["rita@st-marys.example", "--days", "0"], "--days must be from 1 to 365, not 0."),
        (["rita@st-marys.example", "--days", "366"], "--days must be from 1 to 365"),
        (["rita@st-marys.example", "--days", "-1"], "--days must be from 1 to 365"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_token(cast, tokens, words, sentence):
    made = tokens("create", *words)
    assert made.exit_code == 1
    assert sentence in made.stderr and made.stdout == ""


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer deskbell_x", "Bearer é", "x" * 9000]
)
def test_what_is_no_token_is_401(app, header):
    answer = app.test_client().get("/api/v1/schools", headers={"Authorization": header})
    assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers


def test_a_narrowed_token_of_la_staff_lists_that_school_alone(app, cast):
    made = app.test_cli_runner().invoke(
        args=["tokens", "create", cast.tariq.email, "--school", "st-marys"]
    )
    headers = {"Authorization": f"Bearer {made.output.strip()}"}
    listed = app.test_client().get("/api/v1/schools", headers=headers).json["items"]
    assert [one["slug"] for one in listed] == ["st-marys"]
