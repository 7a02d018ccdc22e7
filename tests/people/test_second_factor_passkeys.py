"""Passkeys over HTTP, with an authenticator in Python that can be bent."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.people.factors import Passkey, PasskeyChallenge
from app.people.models import SignIn
from tests.people.authenticator import USER_PRESENT, Authenticator
from tests.people.factors import Visitor, codes_on, events, give_app, in_with_code, second_factor
from tests.people.signing import COOKIE, REPORT, change_person, hidden, rows


@pytest.fixture
def required(app):
    with second_factor(app, is_required=True):
        yield


@pytest.fixture
def sams(app, cast, required):
    """Sam's passkey, set up at his first sign-in."""
    key = Authenticator()
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.add_passkey(key)
    assert answer.location == "/second-factor/codes?next=/st-marys/"
    assert len(codes_on(visitor.get(answer.location).text)) == 10
    assert visitor.is_in()
    return key


def test_the_question_asks_for_a_verified_discoverable_passkey(app, cast, required):
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    visitor.get("/second-factor/set-up")
    options = visitor.ask("/second-factor/set-up/passkey/challenge").json["options"]
    assert options["rp"] == {"id": "localhost", "name": "Deskbell"}
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert options["user"]["name"] == cast.sam.email
    assert cast.sam.email not in options["user"]["id"]


def test_a_passkey_that_is_known_is_not_made_twice(app, cast, sams):
    visitor = Visitor(app)
    visitor.sign_in_with(sams)
    visitor.get("/second-factor/set-up")
    question = visitor.ask("/second-factor/set-up/passkey/challenge").json
    assert len(question["options"]["excludeCredentials"]) == 1
    sent = {"challenge": question["challenge"], "credential": sams.make(question["options"])}
    answer = visitor.post("/second-factor/set-up/passkey", sent)
    assert answer.location == "/second-factor/set-up"
    assert "known here already" in visitor.get(answer.location).text
    assert len(rows(app, Passkey.id)) == 1


def test_password_and_passkey(app, cast, sams):
    visitor = Visitor(app)
    assert visitor.knock(cast.sam).location == "/second-factor"
    assert not visitor.is_in()
    before = visitor.client.get_cookie(COOKIE).value
    assert visitor.show_passkey(sams, next="/st-marys/people").location == "/st-marys/people"
    assert visitor.is_in()
    assert visitor.client.get_cookie(COOKIE).value != before


def test_a_passkey_alone_is_both_factors(app, cast, sams):
    visitor = Visitor(app)
    assert visitor.sign_in_with(sams, next="/st-marys/people").location == "/st-marys/people"
    assert visitor.is_in()
    newest = rows(app, SignIn.created_at, SignIn.second_factor_at)[-1]
    assert newest.second_factor_at == newest.created_at


def test_a_passkey_gives_back_what_was_typed(app, cast, sams):
    visitor = Visitor(app)
    visitor.sign_in_with(sams)
    visitor.get(REPORT)
    visitor.client.delete_cookie(COOKIE)
    lost = visitor.post(REPORT, {"title": "Smoke in the hall"})
    assert lost.status_code == 401
    question = visitor.ask("/sign-in/passkey/challenge").json
    sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
    done = visitor.post("/sign-in/passkey", {**sent, "carried": hidden(lost.text, "carried")})
    assert "Smoke in the hall" in done.text


def test_a_whole_school_signs_in_by_passkey_from_one_address(app, cast, sams, monkeypatch):
    monkeypatch.setattr("app.people.throttle.PER_ADDRESS", 3)
    for _ in range(5):
        assert Visitor(app).sign_in_with(sams).status_code == 303
    for _ in range(4):
        last = Visitor(app).sign_in_with(Authenticator())
    assert last.status_code == 429
    assert last.headers["Retry-After"] == "300"


def test_a_shared_computer_stays_one(app, cast, sams):
    Visitor(app).sign_in_with(sams, shared_computer="true")
    assert rows(app, SignIn.created_at, SignIn.is_shared_computer)[-1].is_shared_computer


def test_somebody_switched_off_does_not_get_in(app, cast, sams):
    change_person(app, cast.sam.email, is_active=False)
    visitor = Visitor(app)
    assert visitor.sign_in_with(sams).status_code == 422
    assert not visitor.is_in()


# --- what is refused ---


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://deskbell.evil.example"},
        {"origin": "http://localhost:8001"},
        {"rp_id": "evil.example"},
        {"flags": USER_PRESENT},
        {"flags": 0},
    ],
    ids=["origin", "port", "host", "no finger", "nobody there"],
)
def test_what_a_passkey_says_must_be_said_to_us_by_the_person(app, cast, sams, bent):
    for name, value in bent.items():
        setattr(sams, name, value)
    for visitor in (Visitor(app), Visitor(app)):
        if visitor.sign_in_with(sams).status_code != 422 or visitor.is_in():
            raise AssertionError(bent)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    assert visitor.show_passkey(sams).status_code == 422
    assert not visitor.is_in()


@pytest.mark.parametrize(
    "bent", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"flags": USER_PRESENT}]
)
def test_no_passkey_is_made_for_another_site_or_without_a_finger(app, cast, required, bent):
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.add_passkey(Authenticator(**bent))
    assert answer.location == "/second-factor/set-up"
    assert not rows(app, Passkey.id)
    assert not visitor.is_in()


def test_another_persons_passkey_is_no_second_factor_of_mine(app, cast, sams):
    give_app(app, cast.dora)
    visitor = Visitor(app)
    visitor.knock(cast.dora)
    assert visitor.show_passkey(sams).status_code == 422
    assert not visitor.is_in()
    assert "second_factor_refused" in events(app, cast.dora)


def test_a_question_is_answered_once(app, cast, sams):
    visitor = Visitor(app)
    visitor.get("/sign-in")
    question = visitor.ask("/sign-in/passkey/challenge").json
    sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
    assert visitor.post("/sign-in/passkey", sent).status_code == 303
    other = Visitor(app)
    other.get("/sign-in")
    assert other.post("/sign-in/passkey", sent).status_code == 422
    assert not other.is_in()


def test_a_question_that_was_answered_wrongly_is_spent(app, cast, sams):
    visitor = Visitor(app)
    visitor.get("/sign-in")
    question = visitor.ask("/sign-in/passkey/challenge").json
    right = sams.show(question["options"])
    sent = {"challenge": question["challenge"], "credential": right}
    broken = json.loads(right)
    broken["response"]["signature"] = "AAAA"
    wrong = visitor.post("/sign-in/passkey", {**sent, "credential": json.dumps(broken)})
    assert wrong.status_code == 422
    assert visitor.post("/sign-in/passkey", sent).status_code == 422


def test_a_question_is_good_for_five_minutes(app, cast, sams, at):
    now = at("2026-03-02T09:00:00+00:00")
    for seconds, status in ((299, 303), (300, 422)):
        at(now.isoformat())
        visitor = Visitor(app)
        visitor.get("/sign-in")
        question = visitor.ask("/sign-in/passkey/challenge").json
        at((now + timedelta(seconds=seconds)).isoformat())
        sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
        assert visitor.post("/sign-in/passkey", sent).status_code == status, seconds


def test_old_questions_do_not_pile_up(app, cast, at):
    visitor = Visitor(app)
    for minute in range(0, 30, 6):
        at(f"2026-03-02T09:{minute:02}:00+00:00")
        visitor.get("/sign-in")
        visitor.ask("/sign-in/passkey/challenge")
    assert len(rows(app, PasskeyChallenge.id)) == 1


def test_a_question_for_somebody_else_is_none_for_me(app, cast, sams):
    give_app(app, cast.dora)
    dora, sam = Visitor(app), Visitor(app)
    dora.knock(cast.dora)
    sam.knock(cast.sam)
    question = dora.ask("/second-factor/passkey/challenge").json
    sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
    assert sam.post("/second-factor/passkey", sent).status_code == 422
    # Nor is one that was put to nobody, or one that was put to me for a sign-in without a password.
    question = sam.ask("/sign-in/passkey/challenge").json
    sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
    assert sam.post("/second-factor/passkey", sent).status_code == 422
    question = sam.ask("/second-factor/passkey/challenge").json
    sent = {"challenge": question["challenge"], "credential": sams.show(question["options"])}
    assert sam.post("/sign-in/passkey", sent).status_code == 422


def test_a_counter_that_went_back_is_refused_and_noted(app, cast, sams):
    assert Visitor(app).sign_in_with(sams).status_code == 303
    assert Visitor(app).sign_in_with(sams).status_code == 303
    sams.count -= 1  # a copy of the key, from before
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    assert visitor.show_passkey(sams).status_code == 422
    assert "passkey_counter_went_back" in events(app, cast.sam)
    sams.count = -1  # it says nought, after it has counted
    assert Visitor(app).sign_in_with(sams).status_code == 422


def test_a_passkey_that_never_counts_is_fine(app, cast, sams):
    for _ in range(2):
        sams.count = -1
        assert Visitor(app).sign_in_with(sams).status_code == 303


def test_an_unknown_passkey_is_told_no_more_than_a_wrong_one(app, cast, sams):
    unknown, wrong = Authenticator(), Authenticator(credential_id=sams.credential_id)
    said = []
    for key in (unknown, wrong):
        answer = Visitor(app).sign_in_with(key)
        assert answer.status_code == 422
        said.append("That passkey could not be used." in answer.text)
    assert said == [True, True]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"id": 7}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        '{"clientDataJSON": "AA", "attestationObject": "AA", "authenticatorData": "AA", '
        '"signature": "AA"}}',
        '{"id": "é", "rawId": null}',
        "[" * 5000,
        '{"id": "' + "A" * 30_000 + '"}',
    ],
)
def test_nonsense_is_refused_in_a_sentence(app, cast, sams, answer):
    visitor = Visitor(app)
    visitor.get("/sign-in")
    challenge = visitor.ask("/sign-in/passkey/challenge").json["challenge"]
    for number in (challenge, "", "x"):
        sent = {"challenge": number, "credential": answer}
        assert visitor.post("/sign-in/passkey", sent).status_code == 422
    visitor.knock(cast.dora)
    visitor.get("/second-factor/set-up")
    challenge = visitor.ask("/second-factor/set-up/passkey/challenge").json["challenge"]
    sent = {"challenge": challenge, "credential": answer}
    assert visitor.post("/second-factor/set-up/passkey", sent).location == "/second-factor/set-up"


def test_a_question_needs_our_own_page(app, cast):
    assert app.test_client().post("/sign-in/passkey/challenge").status_code == 400


# --- looked after ---


def test_passkeys_are_listed_named_and_removed(app, cast, sams):
    visitor = Visitor(app)
    visitor.sign_in_with(sams)
    second = Authenticator()
    assert visitor.add_passkey(second).location == "/account/second-factor"
    page = visitor.get("/account/second-factor").text
    assert page.count(">Rename<") == 2
    number = rows(app, Passkey.created_at, Passkey.id)[0].id
    path = f"/account/passkeys/{number}"
    visitor.get(path)
    assert visitor.post(path, {"name": ""}).status_code == 422
    assert visitor.post(path, {"name": "Work laptop"}).status_code == 303
    assert "Remove Work laptop" in visitor.get("/account/second-factor").text
    assert visitor.post(f"{path}/removal").status_code == 303
    assert "Work laptop" not in visitor.get("/account/second-factor").text
    assert Visitor(app).sign_in_with(sams).status_code == 422
    assert Visitor(app).sign_in_with(second).status_code == 303
    assert {"passkey_added", "passkey_removed"} <= set(events(app, cast.sam))


def test_the_last_passkey_stays_where_one_is_required(app, cast, sams):
    visitor = Visitor(app)
    visitor.sign_in_with(sams)
    visitor.get("/account/second-factor")
    number = rows(app, Passkey.id)[0].id
    assert visitor.post(f"/account/passkeys/{number}/removal").status_code == 409


def test_somebody_elses_passkey_is_not_there(app, cast, sams):
    give_app(app, cast.dora)
    visitor = in_with_code(app, cast.dora)
    path = f"/account/passkeys/{rows(app, Passkey.id)[0].id}"
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {"name": "Mine"}).status_code == 404


def test_removing_wants_a_fresh_proof(app, cast, sams, at):
    now = at("2026-03-02T09:00:00+00:00")
    visitor = Visitor(app)
    visitor.sign_in_with(sams)
    visitor.add_passkey(Authenticator())
    at((now + timedelta(minutes=16)).isoformat())
    visitor.get("/account/second-factor")
    number = rows(app, Passkey.id)[0].id
    answer = visitor.post(f"/account/passkeys/{number}/removal")
    assert answer.status_code == 401 and "Confirm that it is you" in answer.text
    assert len(rows(app, Passkey.id)) == 2
