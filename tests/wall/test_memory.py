"""What a process remembers of one school never reaches another: pages, counts, choices.

The walk beside this fills Oakfield and looks at St Mary's. Here somebody *reads* Oakfield first, so
that whatever is kept between requests is warm with it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import CAST, Player
from tests.incidents.pages import forwarded, text_of
from tests.wall.routes import Route, every_route
from tests.wall.world import MARK, fill_registers, words_of

HOME, OTHER = "st-marys", "oakfield"
OURS = "Kingfisher"
# Also when an earlier test has left the process warm, these show the room that is new.
SURELY = {"GET /<slug:school>/incidents/new", "GET /api/v1/schools/<slug:school>/locations"}


@pytest.fixture
def marked(api, oakfield, cast):
    """Each school has a room and an incident number 1 with its own word in them."""
    sam, rita = api(cast.sam), api(cast.rita)
    room = sam.post(f"/schools/{HOME}/locations", {"name": f"{OURS} room"}).json["key"]
    fill_registers(sam, HOME, OURS, room)
    sheet = {"title": OURS, "expected": OURS, "happened": OURS, "location": room}
    assert rita.post(f"/schools/{HOME}/incidents", sheet).status_code == 201
    assert rita.post(f"/schools/{HOME}/incidents/1/notes", {"text": OURS}).status_code == 201


def _gets(app: Any) -> list[Route]:
    """Every page and list of a school, and of its incident number 1."""
    return [
        one
        for one in every_route(app)
        if one.method == "GET"
        and "school" in one.parameters
        and set(one.parameters) <= {"school", "number"}
    ]


def _read(app: Any, sign_in: Any, api: Any, player: Player, school: str) -> dict[str, str]:
    """All of it as one person sees it there: address without the school → what it said."""
    browser, program = sign_in(player), api(player)
    found = {}
    for route in _gets(app):
        path = route.path(school=school, number="1")
        ask = program.get if route.is_api else browser.get
        answer = ask(path.removeprefix("/api/v1"))
        assert answer.status_code < 500, str(route)
        found[str(route)] = words_of(answer)
    return found


def _shows(found: dict[str, str], word: str) -> set[str]:
    return {route for route, said in found.items() if word.lower() in said.lower()}


@pytest.mark.parametrize(
    ("here", "there"),
    [(CAST.sam, CAST.olga), (CAST.rita, CAST.otto), (CAST.mo, CAST.mo)],
    ids=["spoc", "reporter", "la_manager"],
)
def test_what_was_read_in_one_school_does_not_show_in_the_next(
    app, api, sign_in, marked, here, there
):
    """Where the one finds its own word, the other finds its own, in whatever order they ask."""
    theirs = _read(app, sign_in, api, there, OTHER)
    ours = _read(app, sign_in, api, here, HOME)
    again = _read(app, sign_in, api, there, OTHER)
    assert _shows(theirs, MARK) >= SURELY
    assert _shows(theirs, MARK) == _shows(ours, OURS) == _shows(again, MARK)
    assert _shows(theirs, OURS) == _shows(ours, MARK) == _shows(again, OURS) == set()


def test_how_many_there_are_is_counted_in_each_school(sign_in, marked, cast):
    """Twelve in Oakfield, one in St Mary's, read in turn by each school's own and by the LA."""
    sam, olga, mo = sign_in(cast.sam), sign_in(cast.olga), sign_in(cast.mo)
    for reader, school, said in (
        (olga, OTHER, "12 entries"),
        (sam, HOME, "1 entry"),
        (mo, OTHER, "12 entries"),
        (mo, HOME, "1 entry"),
        (olga, OTHER, "12 entries"),
    ):
        assert f"<span>{said}</span>" in text_of(reader.get(f"/{school}/incidents"))


def test_counts_of_the_queue_are_those_of_whoever_asks(api, cast, sign_in):
    """They are kept for 15 seconds, but for nobody else."""
    forwarded(api, cast)
    first_line, second_line = sign_in(cast.tariq), sign_in(cast.sasha)
    for reader, said in ((first_line, 1), (second_line, 0), (first_line, 1)):
        assert f"My groups <b>{said}</b>" in text_of(reader.get("/queue"))
