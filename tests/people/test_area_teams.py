"""Area teams: which of the LA's teams serves which school, kept by its administrator."""

from __future__ import annotations

import pytest

from tests.incidents.pages import text_of
from tests.incidents.supply import la_group

HERE = "/authority/area-teams"


@pytest.fixture
def north(app):
    return la_group(app, "north", 1, name="North area", is_area_team=True)


def test_the_ticked_schools_are_served_by_the_team(sign_in, cast, ledger, north):
    ada = sign_in(cast.ada)
    assert "Oakfield Academy" in text_of(ada.get(HERE))
    answer = ada.post(HERE, {"team": "north", "schools": "oakfield"})
    assert answer.status_code == 303
    assert ledger.rows("SELECT line, la_group_id FROM area_teams") == [(1, north)]
    assert "North area" in text_of(ada.get(HERE))
    told = ledger.rows("SELECT kind, to_value, note FROM events")
    assert told == [("area_team.set", "North area", "line 1")]
    assert ada.post(HERE, {"team": "none-1", "schools": "oakfield"}).status_code == 303
    assert ledger.rows("SELECT count(*) FROM area_teams")[0][0] == 0
    assert len(ledger.rows("SELECT 1 FROM la_events WHERE kind = 'area_team.set'")) == 2


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"schools": "oakfield"}, "Choose a team"),
        ({"team": "la-first-line", "schools": "oakfield"}, "one of the area teams"),
        ({"team": "north"}, "Tick at least one school"),
        ({"team": "north", "schools": "no-such"}, "Tick schools of the list"),
    ],
)
def test_what_cannot_be_is_refused(sign_in, cast, north, is_unchanged, sent, sentence):
    ada = sign_in(cast.ada)
    ada.get(HERE)
    is_unchanged.start()
    answer = ada.post(HERE, sent)
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert is_unchanged()


@pytest.mark.parametrize("who", ["sam", "mo", "tariq"])
def test_for_anybody_else_the_page_is_not_there(sign_in, cast, who):
    assert sign_in(getattr(cast, who)).get(HERE).status_code == 404
