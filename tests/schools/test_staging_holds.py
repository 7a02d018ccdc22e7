"""Whatever stands and whatever comes in: a second import changes nothing, no school is lost."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.schools.comparison import Kind, KnownSchool, KnownUrn
from app.schools.register_file import EstablishmentRow, RegisterFile, SuccessorLink
from app.schools.register_values import RegisterStatus
from app.schools.staging import compare
from tests.schools.test_staging import applied

URNS = st.integers(100_001, 100_008)
DAYS = st.none() | st.dates(date(2015, 1, 1), date(2025, 1, 1))
ROWS = st.builds(
    EstablishmentRow,
    line=st.just(2),
    urn=URNS,
    la_code=st.just(881),
    name=st.sampled_from(["Hill School", "Dale School", "Mill School"]),
    status=st.sampled_from([None, *RegisterStatus]),
    postcode=st.sampled_from([None, "CM1 1AA", "CM1 1BB"]),
    closed_on=DAYS,
    reason_closed=st.sampled_from([None, "Closure", "Academy Converter"]),
)
LINKS = st.builds(
    SuccessorLink,
    line=st.just(2),
    urn=URNS,
    to_urn=URNS,
    to_name=st.none() | st.just("New School"),
    kind=st.sampled_from(["Successor", "Successor", "Successor", "Successor - merged"]),
    on=DAYS,
).filter(lambda link: link.urn != link.to_urn)


@st.composite
def known_schools(draw) -> list[KnownSchool]:
    schools = []
    urns = draw(st.lists(URNS, unique=True, max_size=6))
    while urns:
        past = [KnownUrn(urn, date(2014, 1, 1)) for urn in urns[: draw(st.integers(1, 2)) - 1]]
        current = KnownUrn(urns[len(past)] if len(past) < len(urns) else urns[-1], draw(DAYS))
        its_urns = (*[urn for urn in past if urn.urn != current.urn], current)
        urns = urns[len(its_urns) :]
        status = draw(st.sampled_from(["invited", "active", "leaving", "left"]))
        name = draw(st.sampled_from(["Hill School", "Dale School"]))
        schools.append(KnownSchool(f"s{current.urn}", name, status, its_urns, {"name": name}))
    return schools


@settings(max_examples=300, deadline=None)
@given(
    st.lists(ROWS, unique_by=lambda row: row.urn, max_size=8),
    st.lists(LINKS, unique_by=lambda link: (link.urn, link.to_urn), max_size=6),
    known_schools(),
    st.booleans(),
)
def test_an_import_and_its_second_run(rows, links, known, include_closed):
    file = RegisterFile(tuple(rows), tuple(links))
    first = compare(file, known, include_closed=include_closed)
    after = applied(known, first)
    held = [urn.urn for school in after for urn in school.urns]
    assert len(held) == len(set(held)), "a URN belongs to two schools"
    assert len(after) == len(known) + len(first.of(Kind.ADDED)), "a school was lost"
    asked = {change.urn for change in first.of(Kind.NEEDS_DECISION)}
    for row in rows:
        if row.is_open:
            assert row.urn in held or row.urn in asked, "an open school was overlooked"
    assert not compare(file, after, include_closed=include_closed).changes_something
