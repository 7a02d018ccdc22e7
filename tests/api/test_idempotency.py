"""The same POST twice gives the first answer again (api.md; A10)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.api.desk import BROKEN, FORWARD, INCIDENTS, SCHOOL, bring, done, send

KEY = "7d9c0b52-9a0e-4c41"


def post(app: Any, who: str, body: Any, key: str = KEY, path: str = INCIDENTS) -> Any:
    return send(app, who, "post", path, body, Idempotency_Key=key)


def count(ledger: Any, table: str = "incidents") -> int:
    return int(ledger.rows(f"SELECT count(*) FROM {table}")[0][0])


def test_the_first_answer_comes_again(app, ledger):
    first, second = post(app, "rita", BROKEN), post(app, "rita", BROKEN)
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    for header in ("Location", "ETag", "Content-Type"):
        assert first.headers[header] == second.headers[header]
    assert count(ledger) == 1


def test_the_first_answer_comes_again_after_things_have_moved_on(app):
    first = post(app, "rita", BROKEN)
    done(app, "rita", "put", f"{INCIDENTS}/1/self_cure")
    assert post(app, "rita", BROKEN).data == first.data


@pytest.mark.parametrize(
    ("path", "body"),
    [("notes", {"text": "We come"}), ("checks", {"check": "Lamp"}), ("escalation", FORWARD)],
)
def test_steps_too(app, ledger, path, body):
    address = f"{bring(app, 'at_desk')}/{path}"
    first = post(app, "sam", body, path=address)
    events = count(ledger, "events")
    second = post(app, "sam", body, path=address)
    assert first.status_code in (200, 201), first.text
    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert count(ledger, "events") == events


def test_another_body_under_the_same_key(app, ledger):
    post(app, "rita", BROKEN)
    answer = post(app, "rita", {**BROKEN, "title": "Another"})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["errors"]
    assert count(ledger) == 1


def test_another_address_under_the_same_key(app, ledger):
    post(app, "rita", BROKEN)
    assert post(app, "rita", {"text": "x"}, path=f"{INCIDENTS}/1/notes").status_code == 422
    assert count(ledger) == 1


def test_another_persons_and_another_schools_key_is_another_key(app, ledger):
    assert post(app, "rita", BROKEN).json["number"] == 1
    assert post(app, "ravi", BROKEN).json["number"] == 2
    assert post(app, "otto", BROKEN, path="/schools/oakfield/incidents").json["number"] == 1
    assert post(app, "mo", BROKEN).json["number"] == 3
    assert post(app, "mo", BROKEN, path="/schools/oakfield/incidents").json["number"] == 2
    assert count(ledger) == 5


def test_a_refused_request_leaves_its_key_free(app):
    assert post(app, "rita", {**BROKEN, "location": "no-such-room"}).status_code == 422
    assert post(app, "rita", BROKEN).status_code == 201


@pytest.mark.parametrize("key", ["x", "x" * 255, "~!@#$%^&*()", "a b"])
def test_good_keys(app, key):
    assert post(app, "rita", BROKEN, key).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "x" * 8000, "a\tb", "\x7f", "caf\xe9", "\xff"])
def test_keys_that_are_too_long_or_cannot_be_printed(app, is_unchanged, key):
    answer = post(app, "rita", BROKEN, key)
    assert answer.status_code == 422, answer.text
    assert "Idempotency-Key" in answer.json["errors"]
    assert is_unchanged()


def test_sixteen_at_once_make_one_incident(app, ledger):
    """F8, over and over."""
    for number in range(1, 7):
        key = f"{KEY}-{number}"
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _, key=key: post(app, "rita", BROKEN, key), range(16)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.data for answer in answers}) == 1
        assert count(ledger) == number
        assert count(ledger, "events") == number


def test_a_key_is_good_for_a_day(app, ledger):
    """Older ones are forgotten (workers/housekeeping.py); younger ones are not."""
    from app import clock
    from tenants import administering, db
    from workers.housekeeping import forget_answers

    post(app, "rita", BROKEN)
    for hours, made in ((23, 1), (25, 2)):
        with app.app_context(), administering("the tests"):
            forget_answers(clock.now() + timedelta(hours=hours))
            db.session.commit()
        assert post(app, "rita", BROKEN).status_code == 201
        assert count(ledger) == made


def test_sixteen_keys_at_once_make_sixteen_numbers(app, ledger):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: post(app, "rita", BROKEN, f"key-{n}"), range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json["number"] for answer in answers) == list(range(1, 17))


def test_two_bodies_at_once_under_one_key(app, ledger):
    bodies = [{**BROKEN, "title": f"Dark {number % 2}"} for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: post(app, "rita", body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [422] * 4
    assert count(ledger) == 1


def test_two_rooms_of_one_name_at_once(app):
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: send(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Attic"}),
                range(8),
            )
        )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 422}


def test_eight_people_take_it_at_once(app, ledger):
    """Everybody is told something true, and the turns still tile."""
    from tests.incidents.invariants import check_incident

    path = bring(app, "forwarded")
    with ThreadPoolExecutor(8) as pool:
        people = ["tariq", "mo"] * 4
        answers = list(
            pool.map(
                lambda who: send(app, who, "put", f"{path}/assignment", {"person": "me"}), people
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    check_incident(ledger, 1)
