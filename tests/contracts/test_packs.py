"""Agreement packs: read in the API's shape, or refused with every mistake named."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contracts.rules import (
    LA_STANDARD,
    OLA_STANDARD,
    AgreementTerms,
    Kind,
    Metric,
    Target,
    pack_from_json,
)
from app.errors import Wrong
from tests.service_calendars import BANK_HOLIDAYS, STD

WHOLE = {
    "name": " Visiting technicians ",
    "kind": "uc",
    "calendar": {
        "week": {"mon": [["13:30", "24:00"], ["08:30", "12:30"]], "sat": [["00:00", "00:00"]]},
        "bank_holidays": False,
        "term_time_only": True,
        "terms": [["2026-11-02", "2026-12-18"], ["2026-09-02", "2026-10-23"]],
        "closures": ["2026-09-03"],
        "always": False,
    },
    "targets": {
        "P1": {"response_minutes": 30, "resolution_minutes": 360, "on_site_minutes": 240},
        "P4": {"response_minutes": 240, "resolution_working_days": 3, "on_site_minutes": None},
    },
    "pause_reasons": ["awaiting_parts"],
    "on_site_needs_school_open": False,
}


def with_change(path: str, value: object) -> dict[str, object]:
    pack = deepcopy(WHOLE)
    *parents, last = path.split("/")
    part = pack
    for name in parents:
        part = part[name]
    part[last] = value
    return pack


def test_every_field_is_read():
    terms = pack_from_json(WHOLE)
    assert (terms.name, terms.kind) == ("Visiting technicians", Kind.UC)
    assert terms.hours.week[0] == ((time(8, 30), time(12, 30)), (time(13, 30), time(0)))
    assert terms.hours.week[5] == ((time(0), time(0)),)
    assert terms.hours.week[1] == ()
    assert terms.hours.closures == {date(2026, 9, 3)}
    assert terms.targets_of(Metric.RESOLUTION) == {
        "P1": Target(minutes=360),
        "P4": Target(working_days=3),
    }
    assert terms.targets_of(Metric.ON_SITE) == {"P1": Target(minutes=240), "P4": None}
    assert terms.pause_reasons == {"awaiting_parts"}
    assert not terms.on_site_needs_school_open


def test_what_may_be_left_out_has_the_usual_value():
    terms = pack_from_json(
        {
            "name": "Short",
            "kind": "sla",
            "calendar": {"week": {"mon": [["08:00", "17:00"]]}},
            "targets": {"P1": {"response_minutes": 30}},
        }
    )
    assert terms.closes_on_bank_holidays
    assert not terms.is_term_time_only
    assert terms.on_site_needs_school_open
    assert terms.pause_reasons == {
        "awaiting_user",
        "awaiting_site_access",
        "agreed_visit",
        "awaiting_approval",
    }


@pytest.mark.parametrize(
    ("pack", "kind"), [(LA_STANDARD, Kind.SLA), (OLA_STANDARD, Kind.OLA)], ids=["LA", "OLA"]
)
def test_the_standard_packs(pack, kind):
    terms = pack_from_json(json.loads(json.dumps(pack)))
    assert terms.kind is kind
    assert terms.calendar(BANK_HOLIDAYS) == STD
    minutes = {
        metric: [target.minutes for target in terms.targets_of(metric).values()]
        for metric in (Metric.RESPONSE, Metric.RESOLUTION)
    }
    assert minutes == {
        Metric.RESPONSE: [30, 60, 120, 240],
        Metric.RESOLUTION: [360, 480, 720, 1620],
    }


def test_a_calendar_takes_what_its_agreement_observes():
    holiday, snow = date(2026, 12, 25), date(2026, 2, 2)
    school_terms = ((date(2026, 11, 2), date(2026, 12, 18)), (date(2026, 9, 1), date(2026, 10, 23)))
    given = {"school_terms": school_terms, "closures": frozenset({snow})}

    standard = pack_from_json(LA_STANDARD).calendar(frozenset({holiday}), **given)
    assert (standard.bank_holidays, standard.terms) == ({holiday}, None)
    assert standard.closures == {snow}

    own_terms = pack_from_json(WHOLE).calendar(frozenset({holiday}), **given)
    assert own_terms.bank_holidays == frozenset()
    assert own_terms.closures == {snow, date(2026, 9, 3)}
    assert own_terms.terms[0] == (date(2026, 9, 2), date(2026, 10, 23))

    schools_terms = pack_from_json(with_change("calendar/terms", None))
    assert schools_terms.calendar(frozenset(), **given).terms == tuple(sorted(school_terms))


def test_always_open_needs_no_hours():
    always = with_change("calendar/always", True)
    always["calendar"]["week"] = {}
    assert pack_from_json(always).calendar(BANK_HOLIDAYS).always


# fmt: off
MISTAKES = [
    ("name", "  ", "name"),
    ("name", "two\nlines", "name"),
    ("name", "x" * 101, "name"),
    ("name", 7, "name"),
    ("kind", "contract", "kind"),
    ("kind", ["sla"], "kind"),
    ("colour", "blue", "colour"),
    ("calendar", None, "calendar"),
    ("calendar", [], "calendar"),
    ("calendar/hours", 1, "calendar.hours"),
    ("calendar/week", {}, "calendar.week"),
    ("calendar/week", "mon", "calendar.week"),
    ("calendar/week/lun", [], "calendar.week.lun"),
    ("calendar/week/tue", [["17:00", "08:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00", "08:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["8:00", "17:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00:30", "17:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00", "25:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["24:00", "24:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00"]], "calendar.week.tue"),
    ("calendar/week/tue", ["08:00", "17:00"], "calendar.week.tue"),
    ("calendar/week/tue", [[8, 17]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00", "12:00"], ["11:00", "17:00"]], "calendar.week.tue"),
    ("calendar/week/tue", [["08:00", "24:00"], ["09:00", "10:00"]], "calendar.week.tue"),
    ("calendar/bank_holidays", "yes", "calendar.bank_holidays"),
    ("calendar/term_time_only", 1, "calendar.term_time_only"),
    ("calendar/terms", [], "calendar.terms"),
    ("calendar/terms", [["2026-10-23", "2026-09-02"]], "calendar.terms"),
    ("calendar/terms", [["2026-09-02"]], "calendar.terms"),
    ("calendar/terms", ["2026-09-02"], "calendar.terms"),
    ("calendar/terms", [["2026-09-01", "2026-10-23"], ["2026-10-23", "2026-12-18"]],
     "calendar.terms"),
    ("calendar/closures", ["2027-02-30"], "calendar.closures"),
    ("calendar/closures", ["20270201"], "calendar.closures"),
    ("calendar/closures", [20270201], "calendar.closures"),
    ("calendar/closures", "2027-02-01", "calendar.closures"),
    ("calendar/closures", ["2027-02-01"] * 1001, "calendar.closures"),
    ("calendar/always", None, "calendar.always"),
    ("targets", {}, "targets"),
    ("targets/P5", {"response_minutes": 1}, "targets.P5"),
    ("targets/P1", {}, "targets.P1"),
    ("targets/P1", 30, "targets.P1"),
    ("targets/P1/response_minutes", 0, "targets.P1.response_minutes"),
    ("targets/P1/response_minutes", 525_601, "targets.P1.response_minutes"),
    ("targets/P1/response_minutes", 10**400, "targets.P1.response_minutes"),
    ("targets/P1/response_minutes", 1.5, "targets.P1.response_minutes"),
    ("targets/P1/response_minutes", True, "targets.P1.response_minutes"),
    ("targets/P1/response_minutes", "30", "targets.P1.response_minutes"),
    ("targets/P1/response_working_days", 2, "targets.P1.response_minutes"),
    ("targets/P4/resolution_working_days", 261, "targets.P4.resolution_working_days"),
    ("targets/P1/response_hours", 1, "targets.P1.response_hours"),
    ("pause_reasons", ["lunch"], "pause_reasons"),
    ("pause_reasons", [[]], "pause_reasons"),
    ("pause_reasons", "awaiting_user", "pause_reasons"),
    ("on_site_needs_school_open", "no", "on_site_needs_school_open"),
]
# fmt: on


@pytest.mark.parametrize(("path", "value", "field"), MISTAKES)
def test_a_mistake_is_named_by_its_field(path, value, field):
    with pytest.raises(Wrong) as refused:
        pack_from_json(with_change(path, value))
    assert field in refused.value.errors
    assert all(sentence.endswith(".") for sentence in refused.value.errors[field])


def test_all_mistakes_are_named_at_once():
    pack = with_change("kind", "x")
    pack["calendar"]["week"]["mon"] = [["x", "y"]]
    pack["pause_reasons"] = ["lunch"]
    with pytest.raises(Wrong) as refused:
        pack_from_json(pack)
    assert set(refused.value.errors) == {"kind", "calendar.week.mon", "pause_reasons"}


@pytest.mark.parametrize("pack", [None, [], "pack", 3, True])
def test_a_pack_is_an_object(pack):
    with pytest.raises(Wrong) as refused:
        pack_from_json(pack)
    assert "pack" in refused.value.errors


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["08:00", "24:00", "2026-02-23", "awaiting_user", "sla"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*WHOLE, "mon", "week", "P1", "response_minutes"]), inner)
    ),
    max_leaves=6,
)
PLACES = [path for path, _, _ in MISTAKES]


@settings(deadline=None, max_examples=150)
@given(path=st.sampled_from(PLACES), value=JSON)
def test_whatever_comes_in_is_read_or_refused(path, value):
    try:
        assert isinstance(pack_from_json(with_change(path, value)), AgreementTerms)
    except Wrong as refused:
        assert refused.errors
