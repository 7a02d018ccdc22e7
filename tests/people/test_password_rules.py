"""Which passwords are taken (A17): length and a deny list, nothing else."""

from __future__ import annotations

import time

import pytest

from app.errors import Wrong
from app.people.password_rules import TOO_EASY, check_new_password

NEAR = (
    "Rita Reporter",
    "rita.reporter@ashdown.example",
    "Ashdown School",
    "St Mary’s Primary School",
    "12 High Street, Chelmsford, Essex",
    "Test Authority",
)
SHORT = "Password must be 12 characters or more"
LONG = "Password must be 128 characters or fewer"


def said(password: str) -> str | None:
    try:
        check_new_password(password, NEAR)
    except Wrong as wrong:
        return wrong.errors["password"][0]
    return None


@pytest.mark.parametrize(
    "password",
    [
        "copper window lantern",
        "tin-pencil-goat",
        "Three Random Words",
        "purple monkey dishwasher",
        "élan vital chaussée",
        "😀🎉🐱🚀🍎🌈⚡🏀🎸🎲🧀🥝",
        "the rain in may falls on every roof of the little town at once ok",
        "x7#kQ9!mZ2@pL5$wR8&tY1*vN4(bH6)cJ3",
        "gT4mW9qLx2ZbN7vK" * 8,
        "    copper window    ",
    ],
)
def test_long_and_unlikely_is_enough(password):
    assert said(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "Password123!",
        "passwordpassword",
        "P@ssw0rd2026",
        "qwertyuiop123",
        "123456789012",
        "aaaaaaaaaaaaa",
        "a" * 64,
        "abcabcabcabcabc",
        "Welcome12345",
        "letmeinletmein",
        "liverpool1234",
        "Autumn2026!!!",
        "ashdownschool2026",
        "AshdownSchool2026!!",
        "A5hd0wn5ch00l!!",
        "St-Marys-Primary-2026",
        "St Mary's 2026!!",
        "Chelmsford2026!",
        "rita.reporter1",
        "R1taRep0rter!",
        "Deskbell2026!!",
        "Test Authority 1",
        "            ",
    ],
)
def test_common_repeated_or_near_is_refused(password):
    assert said(password) == TOO_EASY


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", SHORT),
        ("kG7#qz!", SHORT),
        ("tinpencilgo", SHORT),
        ("tinpencilgoa", None),
        # Composed before it is counted, as it is before it is hashed: 11 letters.
        ("tinpencilge\u0301", SHORT),
        ("gT4mW9qLx2ZbN7vK" * 8 + "x", LONG),
        ("copper window\x00lantern", "Remove the control characters or broken characters."),
        ("copper window\ud800lantern", "Remove the control characters or broken characters."),
    ],
)
def test_the_length_is_counted_in_characters(password, sentence):
    assert said(password) == sentence


def test_the_same_password_is_near_to_one_person_and_not_to_another():
    check_new_password("wolverley sands", ())
    with pytest.raises(Wrong):
        check_new_password("wolverley sands", ("Wolverley Sands Academy",))


def test_nothing_that_is_typed_keeps_the_desk_busy():
    """Each of these characters may stand for several letters."""
    began = time.process_time()
    for hostile in ("4@8({[<369!1|0$5+7%2z" * 6, "1|!il" * 25, "a" * 128, "aB1!" * 32):
        said(hostile)
    assert time.process_time() - began < 3
