"""A technician’s own contact is not shown to the school's staff: they call the desk (R75)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import bring
from tests.incidents.pages import text_of
from tests.ledger import Ledger

NUMBERS = {"theo": "07700 900111", "tariq": "07700 900222"}
PAGES = (
    "",
    "/st-marys/incidents/mine",
    "/st-marys/details",
    "/st-marys/reachability",
    "/st-marys/people",
)
DATA = ("", "/timeline", "/turns", "/clocks", "/notes")


@pytest.fixture
def worked_on(app: Any, ledger: Ledger, cast: Any) -> list[str]:
    """Rita's two incidents: with the school's technician, and with the LA's."""
    for name, phone in NUMBERS.items():
        ledger.rows(
            "UPDATE people SET phone = %s WHERE email = %s RETURNING 1",
            phone,
            getattr(cast, name).email,
        )
    from tests.api.desk import done

    ours = bring(app, "technicians")
    done(app, "theo", "put", f"{ours}/assignment", {"person": "me"})
    theirs = bring(app, "in_progress")
    for who, path in (("theo", ours), ("tariq", theirs)):
        done(app, who, "post", f"{path}/notes", {"text": "We come at three"})
    return [ours, theirs]


@pytest.mark.parametrize("who", ["rita", "sam", "dora", "ike", "pip"])
def test_neither_address_nor_number_of_whoever_mends_stands_anywhere(
    sign_in: Any, api: Any, cast: Any, worked_on: list[str], who: str
) -> None:
    player = getattr(cast, who)
    secrets = [*NUMBERS.values(), cast.theo.email, cast.tariq.email]
    browser, program = sign_in(player), api(player)
    seen = 0
    for path in worked_on:
        page = path.replace("/schools", "")
        texts = [text_of(browser.get(part or page)) for part in PAGES]
        texts += [program.get(path + part).get_data(as_text=True) for part in DATA]
        seen += sum("Theo Technician" in one or "Tariq Firstline" in one for one in texts)
        for text in texts:
            assert not [one for one in secrets if one in text]
    assert seen or who == "pip", "their names are shown"
