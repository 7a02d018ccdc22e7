"""What somebody is, where they stand now."""

from __future__ import annotations

from app.people.identity import Belonging, Me, SchoolName
from app.permissions import Role

HERE = SchoolName(1, "st-marys", "STM", "St Mary’s", "active")
THERE = SchoolName(2, "oakfield", "OAK", "Oakfield", "active")


def somebody(**more):
    parts = (
        Belonging(11, Role.SPOC, "Sam", 1),
        Belonging(12, Role.REPORTER, "Sam at Oakfield", 2, frozenset({7})),
        Belonging(13, Role.LA_FIRST_LINE, "Sam of the LA", None, frozenset({9})),
    )
    return Me(1, "sam@x.example", "Sam Spoc", parts, (HERE, THERE), **more)


def test_parts_in_another_school_count_for_nothing_here():
    here, there = somebody().standing_in(HERE), somebody().standing_in(THERE)
    assert here.roles == {Role.SPOC, Role.LA_FIRST_LINE}
    assert there.roles == {Role.REPORTER, Role.LA_FIRST_LINE}
    assert (here.group_ids, there.group_ids) == ((), (7,))
    assert (here.name, there.name) == ("Sam", "Sam at Oakfield")
    assert here.la_group_ids == (9,)
    assert here.may("incident.close")
    assert not there.may("incident.close")


def test_outside_every_school_only_the_la_part_counts():
    nowhere = somebody().standing_in(None)
    assert nowhere.roles == {Role.LA_FIRST_LINE}
    assert nowhere.all_roles == {Role.SPOC, Role.REPORTER, Role.LA_FIRST_LINE}
    assert nowhere.is_la_staff


def test_a_token_for_one_school_is_nobody_elsewhere_and_across():
    narrowed = somebody(narrowed_to_school=1)
    assert narrowed.standing_in(HERE).roles == {Role.SPOC, Role.LA_FIRST_LINE}
    assert narrowed.standing_in(THERE).roles == frozenset()
    assert narrowed.standing_in(None).roles == frozenset()
    assert narrowed.all_roles == {Role.SPOC}
    assert not narrowed.is_la_staff


def test_la_staff_who_also_belong_here_are_not_from_outside():
    assert not somebody().standing_in(HERE).is_from_outside
    elsewhere = SchoolName(3, "hamford", "HAM", "Hamford", "active")
    assert somebody().standing_in(elsewhere).is_from_outside
