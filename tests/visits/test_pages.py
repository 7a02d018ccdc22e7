"""Visits on pages, without JavaScript: book, agree, arrive, write down, sign; and the day plan."""

from __future__ import annotations

import re

import pytest

from tests.incidents.pages import forwarded, text_of, version_on

VISITS = "/st-marys/visits"


def starts(day: int, time: str) -> dict[str, str]:
    return {
        "starts_at-day": str(day),
        "starts_at-month": "1",
        "starts_at-year": "2026",
        "starts_at-time": time,
    }


TUESDAY = {**starts(13, "14:00"), "minutes": "60", "kind": "regular", "visitor": "Tariq Firstline"}


@pytest.fixture
def monday(at):
    return at("2026-01-12T09:00+00:00")


def booked(sign_in, cast, **more):
    answer = sign_in(cast.tariq).post(f"{VISITS}/new", {**TUESDAY, **more})
    assert answer.status_code == 303, text_of(answer)[:3000]
    return answer.headers["Location"]


def test_a_visit_from_booking_to_signature(sign_in, cast, api, at, monday):
    first = forwarded(api, cast)
    second = forwarded(api, cast, title="Printer jams")
    there = booked(sign_in, cast, note="Bring a ladder")
    sam, tariq = sign_in(cast.sam), sign_in(cast.tariq)
    page = text_of(sam.get(there))
    assert "Not agreed by the desk yet." in page
    assert "Received by" in page and "Sam Spoc" in page

    agenda = sam.get(f"{there}/agenda")
    assert f'name="order-{first}" type="text" inputmode="numeric" value="1"' in text_of(agenda)
    answer = sam.post(
        f"{there}/agenda",
        {
            "version": version_on(agenda),
            f"order-{first}": "2",
            f"order-{second}": "1",
            "agreed": "true",
        },
    )
    assert answer.status_code == 303
    page = text_of(sam.get(there))
    assert page.index("Printer jams") < page.index("Projector shows no picture")
    assert "Agreed by Sam Spoc" in page
    assert "Write down the arrival" not in page

    # The reporter knows, and so does whoever comes.
    assert "A visit is agreed for Tue 13 Jan, 14:00." in text_of(
        sign_in(cast.rita).get(f"/st-marys/incidents/{first}")
    )
    plan = text_of(tariq.get("/day-plan?on=2026-01-13"))
    assert "Bring a ladder" in plan and "Printer jams" in plan and "St Mary’s" in plan
    brief = text_of(tariq.get(f"{there}/brief"))
    assert "Signed for the school" in brief and "Reported by Rita Reporter" in brief

    at("2026-01-13T14:02+00:00")
    sam, tariq = sign_in(cast.sam), sign_in(cast.tariq)  # a day later their sessions are over
    assert (
        tariq.post(f"{there}/arrival", {"version": version_on(tariq.get(there))}).status_code == 303
    )
    early = tariq.post(f"{there}/departure", {"version": version_on(tariq.get(there))})
    assert "Say first what became of the jobs" in text_of(tariq.get(early.headers["Location"]))
    form = tariq.get(f"{there}/outcomes")
    wrong = tariq.post(
        f"{there}/outcomes",
        {
            "version": version_on(form),
            f"outcome-{first}": "done",
            f"minutes-{first}": "a while",
            f"note-{first}": "New lamp",
        },
    )
    assert wrong.status_code == 422
    assert 'value="a while"' in text_of(wrong) and "New lamp" in text_of(wrong)
    saved = tariq.post(
        f"{there}/outcomes",
        {
            "version": version_on(wrong),
            f"outcome-{first}": "done",
            f"minutes-{first}": "25",
            f"note-{first}": "New lamp",
            f"outcome-{second}": "follow_up",
        },
    )
    assert saved.status_code == 303
    tariq.post(f"{there}/departure", {"version": version_on(tariq.get(there))})
    page = text_of(sam.get(there))
    assert "Sign what was done" in page and "New lamp" in page
    sam.post(f"{there}/signature", {"version": version_on(sam.get(there))})
    assert "Sam Spoc, Tue 13 Jan, 14:02" in text_of(sam.get(there))
    history = text_of(sign_in(cast.rita).get(f"/st-marys/incidents/{first}"))
    assert "Visited: done" in history and "A visit is agreed for" in history
    assert "A visit is agreed for Tue 13 Jan, 14:00.</" not in history


def test_a_gap_is_named_and_the_next_times_are_one_press_away(sign_in, cast, monday):
    tariq = sign_in(cast.tariq)
    refused = tariq.post(f"{VISITS}/new", {**TUESDAY, **starts(17, "10:00"), "note": "Ladder"})
    page = text_of(refused)
    assert refused.status_code == 409
    assert "The school is closed on Sat 17 Jan: weekend." in page
    assert "Ladder" in page
    section = page[page.index('id="slots"') : page.index("</section>", page.index('id="slots"'))]
    form = re.search(r"<form.*?</form>", section, re.S)
    assert form
    fields = dict(re.findall(r'name="([a-z_-]+)" value="([^"]*)"', form[0]))
    assert fields["starts_at-day"] == "19" and fields["note"] == "Ladder"
    answer = tariq.post(f"{VISITS}/new", fields)
    assert answer.status_code == 303, text_of(answer)[:2000]
    assert "Mon 19 Jan" in text_of(tariq.get(answer.headers["Location"]))


def test_moving_cancelling_and_aborting(sign_in, cast, api, at, monday):
    number = forwarded(api, cast)
    there = booked(sign_in, cast)
    sam, rita = sign_in(cast.sam), sign_in(cast.rita)
    form = sam.get(f"{there}/time")
    moved = sam.post(
        f"{there}/time", {**starts(14, "9:00"), "minutes": "30", "version": version_on(form)}
    )
    assert moved.status_code == 303, text_of(moved)
    one = f"/st-marys/incidents/{number}"
    assert "A visit is agreed for Wed 14 Jan, 09:00." in text_of(rita.get(one))
    old = sam.post(f"{there}/cancellation", {"reason": "Too late", "version": version_on(form)})
    assert old.status_code == 412
    assert "Too late" in text_of(old)
    empty = sam.post(f"{there}/cancellation", {"reason": "", "version": version_on(old)})
    assert empty.status_code == 422
    gone = sam.post(f"{there}/cancellation", {"reason": "Snow", "version": version_on(old)})
    assert gone.status_code == 303
    assert "Snow" in text_of(sam.get(there))
    assert "A visit is agreed for Wed" not in text_of(rita.get(one)).split("History")[0]
    late = sam.get(f"{there}/cancellation")
    assert "This visit was cancelled." in text_of(sam.get(late.headers["Location"]))

    there = booked(sign_in, cast)
    tariq = sign_in(cast.tariq)
    form = tariq.get(f"{there}/abort")
    tariq.post(f"{there}/abort", {"reason": "Nobody was there", "version": version_on(form)})
    assert "Nobody was there" in text_of(sam.get(there))
    assert "0 visits done, 1 aborted, 1 cancelled" in text_of(sam.get(VISITS))
    everything = text_of(sam.get(f"{VISITS}?all=true"))
    assert "Aborted" in everything and "Cancelled" in everything


def test_who_may_see_and_who_may_not(sign_in, cast, monday):
    there = booked(sign_in, cast)
    for player in (cast.rita, cast.pip, cast.sue, cast.ada):
        assert sign_in(player).get(there).status_code == 403, player.name
    assert sign_in(cast.olga).get(there).status_code == 404
    ike = sign_in(cast.ike)
    assert ike.get(there).status_code == 200
    assert ike.get(f"{there}/cancellation").status_code == 403
    assert sign_in(cast.sam).get("/day-plan").status_code == 403
    assert sign_in(cast.tariq).get("/day-plan?on=nonsense").status_code == 200
    # Whoever comes from outside leaves a record.
    tariq = sign_in(cast.tariq)
    tariq.get(there)
    tariq.get("/day-plan?on=2026-01-13")
    seen = text_of(sign_in(cast.sam).get("/st-marys/access"))
    assert "day plan" in seen and "visit 1" in seen


def test_the_page_of_a_visit_asks_little(sign_in, cast, api, monday, statements):
    for _ in range(3):
        forwarded(api, cast)
    there = booked(sign_in, cast)
    sam = sign_in(cast.sam)
    sam.get(there)
    statements.clear()
    assert sam.get(there).status_code == 200
    asked = [one for one in statements if not one.startswith("SET LOCAL")]
    assert len(asked) <= 6, asked
