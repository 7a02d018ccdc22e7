"""The pages of figures: rows side by side, one row by itself, the incidents behind a number."""

from __future__ import annotations

import re

import pytest

from tests.api.desk import bring, done
from tests.incidents.pages import text_of
from tests.performance.january import decide
from tests.performance.reading import HERE, MONTH, names_nobody_else, plain
from tests.performance.sums import add, schools

LA = "/performance"
TUESDAY, THURSDAY = "2026-01-13T10:00:00+00:00", "2026-01-15T17:00:00+00:00"
FIXED = "\xa0"


@pytest.fixture
def two_decided(app, at):
    """STM-1 was taken and resolved in an hour; STM-2 was forwarded and nobody has taken it."""
    at(TUESDAY)
    path = bring(app, "in_progress")
    bring(app, "forwarded")
    at("2026-01-13T11:00:00+00:00")
    done(app, "tariq", "put", f"{path}/resolution", {"type": "permanent_fix", "text": "A lamp"})
    at(THURSDAY)
    decide(app)


@pytest.fixture
def twelve(app, at):
    """Twelve schools with sixty resolutions each: eleven kept 54, Birch 42."""
    at(THURSDAY)
    names = [f"School {letter}" for letter in "ACDEFGHIJKL"]
    schools(app, *names, "Birch")
    for name in names:
        add(app, name.lower().replace(" ", "-"), resolution_met=54, resolution_decided=60)
    add(app, "birch", resolution_met=42, resolution_decided=60)


def links(answer, words: str) -> list[str]:
    return re.findall(rf'<a class="govuk-link" href="([^"]+)">{words}</a>', text_of(answer))


def test_a_share_says_what_it_is_made_of(two_decided, sign_in, cast):
    page = sign_in(cast.mo).get(f"{LA}?{MONTH}")
    assert page.status_code == 200
    said = plain(page)
    asked = "Resolved in time, of what the LA promised: 1 January 2026 to 15 January 2026"
    assert f"{asked} (this month, so far)" in said
    row = re.search(r"Verdict St Mary’s Primary School (.*?) Beside it", said)
    assert row and row[1].split() == [
        "1",
        "of",
        "2",
        "1",
        "of",
        "2",
        "–",
        "–",
        "Too",
        "few",
        "to",
        "say",
    ]
    # A mean has its sum, and its median beside it.
    assert f"1.00{FIXED}h" in text_of(page)


def test_the_list_behind_a_number_adds_up_to_it(two_decided, sign_in, cast):
    mo = sign_in(cast.mo)
    page = mo.get(f"{LA}?{MONTH}")
    behind = [one for one in links(page, "2") if "resolution_met" in one and "denominator" in one]
    found = mo.get(behind[0])
    assert "2 in all, of which some are counted" in plain(found)
    assert set(re.findall(r"STM-\d", text_of(found))) == {"STM-1", "STM-2"}
    only = mo.get(behind[0].replace("denominator", "numerator"))
    assert "1 counted" in plain(only) and "STM-2" not in text_of(only)
    lines = mo.get(behind[0].replace("incidents?", "incidents.csv?")).text.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["STM-1", "STM-2"]


def test_hours_behind_a_mean_are_said_in_hours(two_decided, sign_in, cast):
    found = sign_in(cast.sam).get(f"{HERE}/incidents?{MONTH}&figure=mean_time_to_restore")
    assert f"1.00{FIXED}h counted" in plain(found).replace(" ", " ").replace(
        "1.00 h", f"1.00{FIXED}h"
    )
    assert "STM-2" not in text_of(found)


def test_who_differs_by_more_than_chance(twelve, sign_in, cast):
    page = sign_in(cast.mo).get(f"{LA}?{MONTH}")
    said = plain(page)
    assert "Of 12 schools, 11 are within expected variation, 1 lower than chance" in said
    assert "All schools together: 88.3 %" in said
    row = re.search(r"Birch 42 of 60 (.*?) School A", said.split("Verdict")[1])
    assert row
    assert "70.0 %" in row[1].replace(FIXED, " ") and "53.0 (88.3" in row[1].replace(FIXED, " ")
    assert "Lower than chance explains (alarm, 99.8 %)" in row[1]
    # In the order of their names and not of their shares.
    assert said.index("Birch 42 of 60") < said.index("School A 54 of 60")


def test_a_target_takes_the_place_of_the_las_own_share(twelve, sign_in, cast):
    mo = sign_in(cast.mo)
    said = plain(mo.get(f"{LA}?{MONTH}&target=70"))
    assert "Target: 70.0 %" in said
    # That all lie far above it says nothing of how much they differ, so nothing is calmed.
    assert "Higher than chance explains" in said
    assert "without the correction" not in said
    other = plain(mo.get(f"{LA}?{MONTH}&target=70&figure=reopen_rate"))
    assert "This figure is compared with all schools together" in other


def test_the_file_is_the_table(twelve, sign_in, cast):
    mo = sign_in(cast.mo)
    lines = mo.get(f"{LA}/table.csv?{MONTH}").text.splitlines()
    assert len(lines) == 13
    assert lines[0].startswith("\ufeffSchool,Reported,Resolved,Resolved in time: counted,")
    birch = next(line for line in lines if line.startswith("Birch"))
    alarm = '"Lower than chance explains (alarm, 99.8 %)"'
    assert birch.startswith(f"Birch,0,0,42,60,0.7000,0.5749,0.8010,53.00,{alarm},{alarm}")
    sheet = mo.get(f"{LA}/table.xlsx?{MONTH}")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"


def test_the_ict_owner_sees_a_place_among_others_without_a_name(twelve, app, sign_in, cast):
    add(app, "st-marys", resolution_met=50, resolution_decided=60)
    ike = sign_in(cast.ike)
    names_nobody_else(ike)
    said = plain(ike.get(f"{HERE}?{MONTH}"))
    assert said.count("Another school") == 12 and "Your own" in said


def test_a_spoc_sees_the_own_school_alone(twelve, app, sign_in, cast):
    add(app, "st-marys", resolution_met=50, resolution_decided=60)
    page = sign_in(cast.sam).get(f"{HERE}?{MONTH}")
    assert "50 of 60" in plain(page)
    assert "Another school" not in text_of(page) and "Birch" not in text_of(page)


def test_one_school_by_itself(two_decided, app, sign_in, cast):
    from datetime import date

    for month, met in ((10, 8), (11, 9), (12, 6)):
        add(app, "st-marys", date(2025, month, 1), resolution_met=met, resolution_decided=10)
    page = sign_in(cast.mo).get(f"{LA}/one?{MONTH}&by=school&school=st-marys")
    said = plain(page).replace(FIXED, " ")
    assert "Resolved in time, month by month" in said and "Dec 25" in said
    assert "Before: 1 December 2025 to 31 December 2025" in said
    assert "60.0 % (6 of 10)" in said
    assert "Who waited for whom" in said and "What it cost" in said
    assert "Only the contracts behind what the LA promised" in said
    assert "1.00 h over 1 1.00 h 1.00 h" in said  # a mean, and the median beside it
    csv = sign_in(cast.mo).get(f"{LA}/plot-months.csv?{MONTH}&by=school&school=st-marys")
    assert "Dec 25,60.0 %,6 of 10" in csv.text


def test_the_way_into_the_depth_is_shown_to_whom_it_is_open(two_decided, sign_in, cast):
    way = 'href="{}/performance/in-depth">Figures in depth</a> say why'
    assert way.format("") in sign_in(cast.mo).get(LA).text
    assert way.format("/st-marys") in sign_in(cast.ike).get("/st-marys/performance").text
    supplier = sign_in(cast.sue).get("/st-marys/performance")
    assert supplier.status_code == 200 and "say why" not in supplier.text


def test_by_agreement_supplier_and_priority(two_decided, sign_in, cast):
    mo = sign_in(cast.mo)
    for by, name in (
        ("contract", "LA standard"),
        ("supplier", "Test Authority"),
        ("priority", "P2"),
    ):
        page = mo.get(f"{LA}?{MONTH}&by={by}")
        assert name in text_of(page), by
        behind = next(one for one in links(page, "2") if "resolution_met" in one)
        assert "2 in all" in plain(mo.get(behind)), by
    assert mo.get(f"{LA}/one?{MONTH}&by=supplier&supplier=la").status_code == 200
    # A priority has no page of its own, and nor has a row that is not named.
    assert mo.get(f"{LA}/one?{MONTH}&by=priority").status_code == 303
    assert mo.get(f"{LA}/one?{MONTH}&by=contract").status_code == 303


def test_who_sees_what(two_decided, sign_in, cast):
    for player, status in (
        (cast.sam, 200),
        (cast.dora, 200),
        (cast.ike, 200),
        (cast.sue, 200),
        (cast.mo, 200),
        (cast.rita, 403),
        (cast.theo, 403),
        (cast.tariq, 403),
        (cast.olga, 404),
    ):
        browser = sign_in(player)
        for path in ("", "/one", "/incidents", "/table.csv", "/incidents.csv", "/plot-parties.csv"):
            found = browser.get(f"{HERE}{path}?{MONTH}").status_code
            allowed = (200, 404) if "plot" in path and status == 200 else (status,)
            assert found in allowed, (player.role, path)


def test_a_supplier_sees_what_went_to_itself(two_decided, sign_in, cast):
    sue = sign_in(cast.sue)
    assert "Nothing was counted in this period" in plain(sue.get(f"{HERE}?{MONTH}"))
    asked = f"{HERE}/incidents?{MONTH}&agreement_kind=sla&part=denominator"
    assert "STM-1" not in text_of(sue.get(asked))


def test_a_school_goes_on_to_its_own_page(sign_in, cast):
    answer = sign_in(cast.sam).get(f"{LA}?by=priority&{MONTH}")
    assert answer.status_code == 303
    assert answer.location == f"{HERE}?by=priority&{MONTH}"
    assert sign_in(cast.rita).get(LA).status_code == 403
    assert sign_in(cast.tariq).get(LA).status_code == 403


def test_the_school_can_read_who_of_the_la_opened_its_list(two_decided, sign_in, cast):
    mo, sam = sign_in(cast.mo), sign_in(cast.sam)
    mo.get(f"{LA}/incidents?{MONTH}")
    assert "incidents behind a figure" not in sam.get("/st-marys/access?month=2026-01").text
    mo.get(f"{LA}/incidents?{MONTH}&school=st-marys")
    mo.get(f"{HERE}/incidents?{MONTH}")
    sam.get(f"{HERE}/incidents?{MONTH}")
    lines = sam.get("/st-marys/access.csv?month=2026-01").text
    assert lines.count("incidents behind a figure") == 2 and "Sam Spoc" not in lines


WRONG = (
    ("period=fortnight", "Choose a period from the list."),
    ("period=custom&from=2026-02-30&last=2026-03-01", "Enter a real date"),
    ("from=2026-01-05", "Give the first and the last day."),
    ("from=2026-01-05&last=2026-01-04", "The last day must not be before the first."),
    ("from=1950-01-01&to=2026-01-01", "Ask for at most ten years at once."),
    ("period=last_term", "No term dates are known so far back."),
    ("figure=luck", "Choose a figure from the list."),
    ("by=headteacher", "Choose by what from the list."),
    ("agreement_kind=mou", "Choose whose promise from the list."),
    ("target=lots", "Enter a target from 1 to 100 per cent"),
    ("target=NaN", "Enter a target from 1 to 100 per cent"),
    ("school=nowhere", "There is no such school."),
    ("contract=none", "There is no agreement of that key."),
    ("contract=%00", "Remove the control characters"),
    ("priority=P9", "Choose a priority from the list."),
)


@pytest.mark.parametrize("page", ["", "/incidents", "/one", "/table.csv"])
def test_what_makes_no_sense_is_said_above_the_form(sign_in, cast, at, page):
    at("2021-06-01T10:00:00+00:00")  # before any term that is known
    mo = sign_in(cast.mo)
    for asked, sentence in WRONG:
        answer = mo.get(f"{LA}{page}?type=request&{asked}")
        assert answer.status_code == 422, asked
        assert sentence in text_of(answer), asked
        assert '<option value="request" selected>' in text_of(answer), asked
    assert mo.get(f"{LA}/incidents?part=half").status_code == 422


def test_nothing_counted_yet_says_when_a_figure_begins(sign_in, cast):
    for path in (HERE, f"{HERE}/one"):
        said = plain(sign_in(cast.sam).get(path))
        assert "Nothing was counted in this period" in said
        assert "somebody who has promised a time" in said
    assert "No incident adds to this number" in plain(sign_in(cast.sam).get(f"{HERE}/incidents"))


def test_more_schools_than_a_page_holds(app, at, sign_in, cast):
    at(THURSDAY)
    names = [f"School {number:03}" for number in range(61)]
    schools(app, *names)
    for name in names:
        add(app, name.lower().replace(" ", "-"), resolution_met=5, resolution_decided=6)
    mo = sign_in(cast.mo)
    first = mo.get(f"{LA}?{MONTH}")
    assert "School 059" in text_of(first) and ">School 060</a>" not in text_of(first)
    (following,) = re.findall(r'href="([^"]+)"[^>]*>Next page', text_of(first))
    second = text_of(mo.get(following))
    assert ">School 060</a>" in second and ">School 059</a>" not in second


def test_the_pages_ask_little(twelve, sign_in, cast, statements):
    mo = sign_in(cast.mo)
    for path, many in (("", 14), ("/one", 18), ("/incidents", 7)):
        asked = f"{LA}{path}?{MONTH}&by=school" + ("&school=birch" if path == "/one" else "")
        mo.get(asked)
        statements.clear()
        mo.get(asked)
        assert len(statements) == many, (path, len(statements), statements)


def test_an_hour_of_work_is_reckoned_anew(sign_in, cast, at):
    from tests.incidents.pages import version_on

    mo = sign_in(cast.mo)
    path = f"{LA}/labour-rate"
    page = mo.get(path)
    assert 'value="28.00"' in text_of(page)
    version = version_on(page)
    assert mo.post(path, {"labour_rate": "0.00", "version": version}).status_code == 422
    assert mo.post(path, {"labour_rate": "£31.50", "version": version}).status_code == 303
    stale = mo.post(path, {"labour_rate": "30.00", "version": version})
    assert stale.status_code == 412 and "31.50" in text_of(stale)
    assert 'value="31.50"' in text_of(mo.get(path))
    assert sign_in(cast.sam).get(path).status_code == 404
