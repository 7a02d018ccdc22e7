"""What a school's desk decides for itself: the page, the JSON, and who changed it."""

from __future__ import annotations

from typing import Any

import pytest

from app.incidents import schemas as incidents
from app.schools.desk_settings import DeskRules
from app.schools.settings_schemas import ADVISOR_CATEGORIES, CHANNELS
from tests.incidents.pages import text_of, version_on
from tests.ledger import Ledger

HERE = "/st-marys/settings"
API = "/schools/st-marys/settings"
USUAL = {
    "channels": ["web", "phone"],
    "advisor_categories": [],
    "advisor_minutes": "30",
    "lesson_minutes": "60",
    "is_quiet_when_closed": "true",
}


def save(browser: Any, **changed: Any) -> Any:
    return browser.post(HERE, {**USUAL, "version": version_on(browser.get(HERE)), **changed})


def put(api: Any, body: Any, version: str | None = None) -> Any:
    etag = version or api.get(API).headers["ETag"]
    return api.put(API, body, {"If-Match": etag})


def test_the_words_are_those_of_incidents() -> None:
    assert CHANNELS == incidents.CHANNEL_WORDS
    sensitive = {"safeguarding_filtering"}
    assert set(incidents.CATEGORY_WORDS) - sensitive == set(ADVISOR_CATEGORIES)
    assert all(incidents.CATEGORY_WORDS[key] == words for key, words in ADVISOR_CATEGORIES.items())


def test_the_desk_owner_changes_them_and_history_says_so(
    sign_in: Any, cast: Any, ledger: Ledger, app: Any
) -> None:
    dora = sign_in(cast.dora)
    answer = save(
        dora,
        has_advisors="true",
        advisor_categories=["print", "display"],
        phone="01206 555 100",
        channels=["phone", "email"],
    )
    assert answer.status_code == 303
    events = ledger.rows(
        "SELECT actor, to_value, visibility FROM events WHERE kind = 'desk.settings_changed'"
    )
    ((actor, said, visibility),) = events
    assert (actor, visibility) == ("Dora Owner", "internal")
    assert "phone: 01206 555 100" in said
    assert "advisor_categories: print, display" in said
    page = text_of(dora.get(HERE))
    assert 'value="01206 555 100"' in page
    from app.schools.desk_settings import settings_here
    from tenants import acting_in

    (school,) = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0]
    (other,) = ledger.rows("SELECT id FROM schools WHERE slug = 'oakfield'")[0]
    with app.app_context(), acting_in(school):
        assert settings_here().advisor_categories == ("print", "display")
    with app.app_context(), acting_in(other):
        assert settings_here() == DeskRules()


def test_who_may(sign_in: Any, cast: Any) -> None:
    for player, status in (
        (cast.dora, 200),
        (cast.ike, 200),
        (cast.sam, 403),
        (cast.rita, 403),
        (cast.mo, 403),
        (cast.olga, 404),
    ):
        assert sign_in(player).get(HERE).status_code == status, player.name


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": []},
        {"channels": ["pigeon"]},
        {"phone": "call me"},
        {"email": "nobody"},
        {"advisor_minutes": "4"},
        {"lesson_minutes": "181"},
        {"has_advisors": "true"},
        {"advisor_categories": ["safeguarding_filtering"]},
    ],
)
def test_what_makes_no_sense_is_refused(
    sign_in: Any, cast: Any, ledger: Ledger, wrong: Any
) -> None:
    assert save(sign_in(cast.dora), **wrong).status_code == 422
    assert ledger.rows("SELECT 1 FROM desk_settings") == []


def test_two_who_change_them_at_once_see_each_other(sign_in: Any, cast: Any) -> None:
    dora, ike = sign_in(cast.dora), sign_in(cast.ike)
    version = version_on(dora.get(HERE))
    assert save(ike, lesson_minutes="50").status_code == 303
    answer = save(dora, version=version)
    assert answer.status_code == 412
    page = text_of(answer)
    assert "Ike Ictowner changed this" in page
    assert "50" in page
    assert save(dora, version=version_on(answer)).status_code == 303
    assert 'value="60"' in text_of(dora.get(HERE))


def test_as_json(api: Any, cast: Any) -> None:
    dora = api(cast.dora)
    first = dora.get(API)
    assert (first.json["version"], first.json["updated_by"]) == (0, None)
    assert dora.put(API, {"channels": ["web"]}).status_code == 428
    body = {"channels": ["web", "answerphone"], "lesson_minutes": 50, "may_technician_close": True}
    answer = put(dora, body)
    assert answer.status_code == 200, answer.text
    assert answer.json["version"] == 1
    assert answer.json["updated_by"] == "Dora Owner"
    assert answer.json["is_quiet_when_closed"] is True, "left out: as usual"
    assert put(dora, body, first.headers["ETag"]).status_code == 412
    assert put(dora, {**body, "lesson_minutes": "x"}).status_code == 422
    assert put(dora, {**body, "version": 1}).status_code == 422
    again = put(dora, {"channels": ["web"]})
    assert again.json["may_technician_close"] is False
    assert dora.get(API).json == again.json
