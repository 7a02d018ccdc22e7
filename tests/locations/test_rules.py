"""The tree of locations, their keys: no database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.locations.rules import as_counted, key_for, outline


@dataclass
class Room:
    id: int
    name: str
    parent_id: int | None = None


def drawn(branches):
    return [(one.room.name, drawn(one.inside)) for one in branches]


def test_rooms_stand_inside_their_building_by_name():
    rooms = [Room(1, "Main"), Room(2, "room 10", 1), Room(3, "Room 2", 1), Room(4, "Annexe")]
    assert drawn(outline(rooms)) == [("Annexe", []), ("Main", [("Room 2", []), ("room 10", [])])]


def test_one_whose_building_is_not_shown_stands_on_top():
    assert drawn(outline([Room(2, "Den", 1)])) == [("Den", [])]


def test_a_ring_is_drawn_once_and_not_for_ever():
    ring = [Room(1, "A", 2), Room(2, "B", 1)]
    assert drawn(outline(ring)) == [("A", [("B", [])])]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Room 2", "Room 10"),
        ("room 2", "Room 3"),
        ("Room 2", "Room 2a"),
        ("1st floor", "2nd floor"),
        ("9", "Hall"),
        ("Room 99999999999", "Room A"),
        ("Room 1", "Room ²"),
    ],
)
def test_names_are_ordered_as_people_count(first, second):
    assert as_counted(first) < as_counted(second)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Mrs Brown’s class", "mrs-browns-class"),
        ("Mrs Brown's class", "mrs-browns-class"),
        ("💡", "location"),
        ("New", "new-2"),
        ("Presets", "presets-2"),
        ("Ünïcode", "unicode"),
        ("x" * 100, "x" * 60),
    ],
)
def test_a_key_comes_from_the_name(name, key):
    assert key_for(name, set()) == key
