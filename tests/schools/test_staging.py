"""What an import would change. Applying it and importing again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.schools.comparison import (
    FACTS,
    Comparison,
    FieldChange,
    Kind,
    KnownSchool,
    KnownUrn,
)
from app.schools.register_file import read
from app.schools.staging import compare
from tests.schools.registers import (
    ESSEX,
    LA_SCHOOLS,
    SAMPLE,
    extract_row,
    link_row,
    simple_row,
    written,
)

TODAY = date(2026, 3, 2)


def applied(known: list[KnownSchool], comparison: Comparison) -> list[KnownSchool]:
    """The schools as they stand after the changes, which the actions do in the database."""
    schools = list(known)
    for change in comparison.changes:
        if change.kind is Kind.ADDED:
            row = change.row
            closed_on = None if row.is_open else row.closed_on or TODAY
            facts = {key: getattr(row, key) for key in FACTS}
            urns = (KnownUrn(row.urn, closed_on),)
            schools.append(KnownSchool(f"s{row.urn}", row.name, "invited", urns, facts))
            continue
        if change.kind not in (Kind.CHANGED, Kind.CLOSED, Kind.SUCCESSOR_KNOWN):
            continue
        place, old = next(
            (n, s) for n, s in enumerate(schools) if change.urn in [u.urn for u in s.urns]
        )
        urns = list(old.urns)
        if change.kind is Kind.CLOSED or change.to_urn:
            urns[-1] = KnownUrn(urns[-1].urn, urns[-1].valid_to or change.on or TODAY)
        if change.to_urn:
            urns.append(KnownUrn(change.to_urn))
        new = {field.field: field.new for field in change.fields}
        if "closed_on" in new:
            urns[-1] = KnownUrn(urns[-1].urn)
        facts = dict(old.facts) | {key: value for key, value in new.items() if key in FACTS}
        schools[place] = replace(old, name=facts["name"], urns=tuple(urns), facts=facts)
    return schools


def twice(data: bytes, known: list[KnownSchool] | None = None, **how) -> tuple:
    """Compare, apply, compare again: the second finds nothing to write. Answers the first, and
    the schools after it."""
    file = read(data)
    first = compare(file, known or [], **how)
    after = applied(known or [], first)
    second = compare(file, after, **how)
    assert not second.changes_something, second.changes
    return first, after


def school(urn=114723, name="Hill School", status="active", **facts) -> KnownSchool:
    standing = {"name": name, "phase": "Primary", "la_code": 881} | facts
    return KnownSchool("hill", name, status, (KnownUrn(urn),), standing)


def counts(comparison: Comparison) -> dict[str, int]:
    return {kind.value: count for kind, count in comparison.counts.items() if count}


# --- Real files ------------------------------------------------------------------------------


def test_essex_from_nothing_and_again():
    first, after = twice(ESSEX)
    assert counts(first) == {"added": 248, "successor_known": 42, "needs_decision": 3}
    second = compare(read(ESSEX), after)
    assert counts(second) == {"unchanged": 248, "needs_decision": 3}
    assert len(after) == 248


def test_a_maintained_school_that_converts_is_maintained_no_longer():
    _, after = twice(ESSEX)
    groups = {s.urns[0].urn: s.facts["establishment_type_group"] for s in after}
    assert groups[114730] is None
    assert groups[114706] == "Local authority maintained schools"


def test_an_essex_school_that_became_an_academy_is_one_school_with_two_urns():
    _, after = twice(ESSEX)
    langham = next(s for s in after if 114730 in [urn.urn for urn in s.urns])
    assert langham.urns == (KnownUrn(114730, date(2025, 2, 28)), KnownUrn(151529))
    assert langham.name == "Langham Primary Academy"


def test_essex_mergers_are_asked_and_not_guessed():
    first, after = twice(ESSEX)
    assert [(c.urn, c.to_urn) for c in first.of(Kind.NEEDS_DECISION)] == [
        (114942, 114910),
        (115184, 115179),
        (115276, 136734),
    ]
    infants = next(s for s in after if s.urns[0].urn == 114942)
    assert infants.urns == (KnownUrn(114942),)


def test_nine_authorities_from_nothing_and_again():
    first, _ = twice(LA_SCHOOLS)
    assert counts(first) == {"added": 2942}


@pytest.mark.parametrize("include_closed", [False, True])
def test_the_sample_from_nothing_and_again(include_closed):
    first, after = twice(SAMPLE, include_closed=include_closed)
    assert counts(first) == {"added": 8 if include_closed else 6}
    assert first.not_open == (0 if include_closed else 2)
    closed = [s for s in after if s.urns[-1].valid_to]
    assert len(closed) == (2 if include_closed else 0)


def test_the_list_of_another_year_in_other_letters_is_shown_field_by_field():
    _, after = twice(ESSEX)
    data = ESSEX.replace(b"Hamilton Primary School,Primary", b"Hamilton Academy,Secondary")
    change = compare(read(data), after).of(Kind.CHANGED)[0]
    assert change.slug == "s114706"
    assert change.fields == (
        FieldChange("name", "Hamilton Primary School", "Hamilton Academy"),
        FieldChange("phase", "Primary", "Secondary"),
    )


# --- One school ------------------------------------------------------------------------------


def test_a_renamed_school_with_new_figures():
    data = written([extract_row(urn=114723, name="Hill Academy", pupils=312)])
    first, _ = twice(data, [school(number_of_pupils=300, pupils_as_at=date(2022, 1, 20))])
    [change] = first.changes
    assert change.kind is Kind.CHANGED
    found = {field.field: (field.old, field.new) for field in change.fields}
    assert found["name"] == ("Hill School", "Hill Academy")
    assert found["number_of_pupils"] == (300, 312)
    assert found["pupils_as_at"] == (date(2022, 1, 20), date(2023, 1, 19))


def test_what_the_file_does_not_say_blanks_nothing():
    standing = school(number_of_pupils=300, postcode="CM1 1QH", website="https://hill.example")
    first, after = twice(written([simple_row(114723, "Hill School")]), [standing])
    assert [field.field for field in first.changes[0].fields] == ["establishment_type_group"]
    assert after[0].facts["postcode"] == "CM1 1QH"


def test_a_school_missing_from_the_file_is_left_alone():
    first, after = twice(written([simple_row(114999, "Dale School")]), [school()])
    assert counts(first) == {"added": 1}
    assert len(after) == 2


def test_a_closed_school():
    row = extract_row(urn=114723, status="Closed", closed="31-08-2025", reason="Closure")
    first, after = twice(written([row]), [school()])
    [change] = first.changes
    assert (change.kind, change.on, change.slug) == (Kind.CLOSED, date(2025, 8, 31), "hill")
    assert after[0].urns[0].valid_to == date(2025, 8, 31)


def test_a_closed_school_without_a_date():
    row = extract_row(urn=114723, status="Closed", closed="01-01-1900", reason="Closure")
    first, _ = twice(written([row]), [school()])
    assert (first.changes[0].kind, first.changes[0].on) == (Kind.CLOSED, None)


def test_a_school_that_the_register_opens_again():
    closed = replace(school(), urns=(KnownUrn(114723, date(2025, 8, 31)),))
    first, after = twice(written([extract_row(urn=114723, name="Hill School")]), [closed])
    assert first.changes[0].fields[0] == FieldChange("closed_on", date(2025, 8, 31), None)
    assert after[0].urns == (KnownUrn(114723),)


def test_a_simple_list_opens_no_closed_school_again():
    closed = replace(school(), urns=(KnownUrn(114723, date(2025, 8, 31)),))
    _, after = twice(written([simple_row(114723, "Hill School")]), [closed])
    assert after[0].urns[0].valid_to == date(2025, 8, 31)


def test_proposed_to_close_is_open_and_proposed_to_open_is_not():
    first, _ = twice(
        written(
            [
                extract_row(urn=100001, status="Open, but proposed to close", closed="31-08-2030"),
                extract_row(urn=100002, status="Proposed to open"),
            ]
        )
    )
    assert [change.urn for change in first.of(Kind.ADDED)] == [100001]
    assert first.not_open == 1


def test_problems_stand_beside_the_changes():
    comparison = compare(
        read(written([simple_row("x", "Hill School"), simple_row(114723, "Hill School")])), []
    )
    assert counts(comparison) == {"added": 1}
    assert [problem.line for problem in comparison.problems] == [2]


def test_a_school_without_any_urn_is_left_alone():
    nameless = replace(school(), urns=())
    assert counts(compare(read(written([simple_row(114723, "Hill School")])), [nameless])) == {
        "added": 1
    }


# --- Academy conversions -----------------------------------------------------------------------


def test_a_conversion_by_the_links_file():
    data = written([link_row(114723, 149966, on="31-08-2023")])
    first, after = twice(data, [school()])
    [change] = first.changes
    assert change.kind is Kind.SUCCESSOR_KNOWN
    assert (change.slug, change.urn, change.to_urn) == ("hill", 114723, 149966)
    assert change.on == date(2023, 8, 31)
    assert [(one.field, one.new) for one in change.fields] == [("name", "School 149966")]
    assert after[0].urns == (KnownUrn(114723, date(2023, 8, 31)), KnownUrn(149966))


def test_a_conversion_whose_new_row_stands_in_the_same_list():
    data = written(
        [
            simple_row(114723, "Hill School", successor_urn=149966, successor_name="Hill"),
            simple_row(149966, "Hill Academy", establishment_type_group="Academies"),
        ]
    )
    for known in ([], [school()]):
        first, after = twice(data, known)
        assert len(after) == 1
        assert after[0].name == "Hill Academy"
        assert after[0].facts["establishment_type_group"] == "Academies"
        assert len(first.of(Kind.SUCCESSOR_KNOWN)) == 1


def test_two_conversions_in_a_row_in_any_order_of_lines():
    links = [link_row(114723, 149966, on="01-09-2015"), link_row(149966, 151001, on="01-09-2023")]
    for rows in (links, links[::-1]):
        first, after = twice(written(rows), [school()])
        assert [change.to_urn for change in first.changes] == [149966, 151001]
        assert [urn.urn for urn in after[0].urns] == [114723, 149966, 151001]


def test_the_old_row_of_a_converted_school_is_history():
    row = extract_row(urn=114723, name="Old Name", status="Closed", reason="Academy Converter")
    converted = replace(
        school(name="Hill Academy"),
        urns=(KnownUrn(114723, date(2023, 8, 31)), KnownUrn(149966)),
    )
    first, _ = twice(written([row]), [converted])
    assert counts(first) == {"unchanged": 1}


def test_closed_for_an_academy_without_its_urn_is_asked():
    rows = [
        extract_row(urn=114723, name="Hill School", status="Closed", reason="Academy Converter"),
        extract_row(urn=149966, name="Hill Academy", group="Academies"),
        extract_row(urn=149967, name="Dale School", number=1, postcode="CM1 1AA"),
    ]
    first, _ = twice(written(rows), [school()])
    asked = first.of(Kind.NEEDS_DECISION)
    assert [change.urn for change in asked] == [114723, 149966]
    assert "looks like the academy that follows Hill School, URN 114723" in asked[1].sentence
    assert [change.urn for change in first.of(Kind.ADDED)] == [149967]


def test_after_the_links_file_the_same_extract_asks_nothing():
    rows = [
        extract_row(urn=114723, name="Hill School", status="Closed", reason="Academy Converter"),
        extract_row(urn=149966, name="Hill Academy", group="Academies"),
    ]
    _, after = twice(written([link_row(114723, 149966)]), [school()])
    first, after = twice(written(rows), after)
    assert counts(first) == {"changed": 1, "unchanged": 1}
    assert after[0].name == "Hill Academy"


def test_an_unknown_school_of_the_links_file_is_nobodys_business():
    first, _ = twice(written([link_row(100000, 149966), link_row(100001, 149967)]), [school()])
    assert first.changes == ()


# --- Splits, mergers and circles: never guessed ------------------------------------------------


def test_a_school_that_splits_into_five():
    data = written([link_row(114723, 150001 + n, "Successor - Split School") for n in range(5)])
    first, after = twice(data, [school()])
    [change] = first.changes
    assert change.kind is Kind.NEEDS_DECISION
    assert "has 5 successors (150001, 150002, 150003, 150004, 150005)" in change.sentence
    assert after == [school()]


def test_two_schools_that_become_one():
    known = [school(), replace(school(114724, "Dale School"), slug="dale")]
    first, after = twice(written([link_row(114723, 150001), link_row(114724, 150001)]), known)
    assert [change.slug for change in first.of(Kind.NEEDS_DECISION)] == ["hill", "dale"]
    assert "follows 2 schools (114723, 114724)" in first.changes[0].sentence
    assert after == known


def test_a_school_that_becomes_one_that_stands_already():
    known = [school(), replace(school(114724, "Dale School"), slug="dale")]
    first, after = twice(written([link_row(114723, 114724)]), known)
    assert "became URN 114724, which is Dale School already" in first.changes[0].sentence
    assert after == known


@pytest.mark.parametrize("kind", ["Successor - merged", "Successor - amalgamated"])
def test_the_registers_word_for_a_merger_is_believed(kind):
    first, after = twice(written([link_row(114723, 150001, kind)]), [school()])
    assert counts(first) == {"needs_decision": 1}
    assert after == [school()]


def test_successors_that_lead_in_a_circle():
    rows = [
        simple_row(114723, "Hill School", successor_urn=114724),
        simple_row(114724, "Dale School", successor_urn=114725),
        simple_row(114725, "Mill School", successor_urn=114724),
    ]
    first, after = twice(written(rows))
    assert len(after) == 3
    assert len(first.of(Kind.NEEDS_DECISION)) == 3


@pytest.mark.parametrize("status", ["leaving", "left"])
def test_nothing_is_asked_for_a_school_that_is_going(status):
    rows = [link_row(114723, 150001, "Successor - merged")]
    first, _ = twice(written(rows), [school(status=status)])
    assert first.changes == ()


def test_a_decision_that_was_taken_is_not_asked_again():
    decided = replace(school(), urns=(KnownUrn(114723, date(2023, 8, 31)), KnownUrn(150002)))
    data = written([link_row(114723, 150001 + n) for n in range(5)])
    first, _ = twice(data, [decided])
    assert first.changes == ()


def test_the_second_school_of_a_merger_may_go_on_once_the_first_has_left():
    known = [school(), replace(school(114724, "Dale School", status="leaving"), slug="dale")]
    first, after = twice(written([link_row(114723, 150001), link_row(114724, 150001)]), known)
    assert [(change.kind, change.slug) for change in first.changes] == [
        (Kind.SUCCESSOR_KNOWN, "hill")
    ]
    assert after[0].urns[-1].urn == 150001
