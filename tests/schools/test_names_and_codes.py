"""Slugs and codes: what a school is called in addresses and aloud."""

import re

import pytest

from app.schools.register_file import read
from app.schools.rules import RESERVED_SLUGS, propose_code, slug
from tests.schools.registers import ESSEX, LA_SCHOOLS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("St George’s New Town Junior School", "st-georges-new-town-junior-school"),
        ("St George's New Town Junior School", "st-georges-new-town-junior-school"),
        ("All Saints’ School, Dovercourt", "all-saints-school-dovercourt"),
        ("Frinton-on-Sea Primary School", "frinton-on-sea-primary-school"),
        ("Meadow School & School House", "meadow-school-and-school-house"),
        ("Ysgol Gynradd Llanfair Pwllgŵyngyll", "ysgol-gynradd-llanfair-pwllgwyngyll"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("Queue", "queue-114706"),
        ("API", "api-114706"),
        ("Sign in", "sign-in-114706"),
        ("学校", "school-114706"),
        ("X", "x-114706"),
        ("", "school-114706"),
    ],
)  # fmt: skip
def test_a_slug_comes_from_the_name(name, expected):
    assert slug(name, 114706, set()) == expected


def test_the_urn_is_added_on_collision():
    assert slug("Hill School", 114706, {"hill-school"}) == "hill-school-114706"


def test_a_long_name_is_cut_between_words():
    found = slug("Coopersale and Theydon Garnon " * 5 + "School", 114706, set())
    assert len(found) <= 80
    assert found.endswith("-coopersale-and")
    again = slug("Coopersale and Theydon Garnon " * 5 + "School", 114706, {found})
    assert len(again) <= 80
    assert again.endswith("-114706")


@pytest.mark.parametrize("word", ["api", "static", "queue", "about", "sign-in", "schools",
                                  "healthz", "readyz", "account", "admin"])  # fmt: skip
def test_page_names_are_reserved(word):
    assert word in RESERVED_SLUGS


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Hamilton Primary School", "", "HAM"),
        ("Hamilton Primary School", "HAM", "HAMP"),
        ("Hamilton Primary School", "HAM HAMP", "HAMI"),
        ("Hamilton Infant School", "HAM", "HAMI"),
        ("St George’s New Town Junior School", "", "GEO"),
        ("St Mary's Church of England Primary School, Ardleigh", "MAR MARP MARY", "ARD"),
        ("Great Tey Church of England Primary School", "", "TEY"),
        ("The Mayflower Primary School", "", "MAY"),
        ("Baddow Hall Junior School", "", "BADJ"),
        ("Chrishall Primary School", "", "CHRI"),
        ("St John’s RC School (Essex)", "JOH JOHP JOHN", "ESS"),
        ("The Primary School", "", "THE"),
        ("学校", "", "SCHO"),
        ("12", "", "SCHO"),
    ],
)
def test_a_code_is_short_and_can_be_said(name, taken, expected):
    assert propose_code(name, set(taken.split())) == expected


@pytest.mark.parametrize("name", ["Assington Primary School", "Titchfield", "Cocking", "Sexey’s"])
def test_no_code_makes_children_laugh(name):
    taken: set[str] = set()
    for _ in range(20):
        taken.add(propose_code(name, taken))
    assert not any(
        word in code for code in taken for word in ("ASS", "TIT", "COCK", "SEX", "CUM", "DICK")
    )


@pytest.mark.parametrize("data", [ESSEX, LA_SCHOOLS], ids=["essex", "nine authorities"])
def test_codes_and_slugs_of_real_schools_are_unique(data):
    codes: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for row in read(data).rows:
        code = propose_code(row.name, codes)
        assert re.fullmatch("[A-Z]{3,5}", code), row
        assert re.search("[AEIOUY]", code), row
        codes[code] = row.name
        address = slug(row.name, row.urn, slugs)
        assert re.fullmatch("[a-z0-9][a-z0-9-]{1,79}", address), row
        slugs[address] = row.name
    assert len(codes) == len(slugs) == len(read(data).rows)


def test_most_essex_codes_have_three_letters_and_say_the_name():
    codes: dict[str, str] = {}
    for row in read(ESSEX).rows:
        codes[propose_code(row.name, codes)] = row.name
    assert sum(len(code) == 3 for code in codes) > 150
    assert codes["HAM"] == "Hamilton Primary School"
    begins = sum(
        any(word.upper().startswith(code[:2]) for word in re.findall("[A-Za-z]+", name))
        for code, name in codes.items()
    )
    assert begins == len(codes)


def test_a_code_can_still_be_found_when_every_good_one_is_taken():
    taken: set[str] = set()
    for _ in range(700):
        taken.add(propose_code("Ely School", taken))
    assert len(taken) == 700
    assert not any(word in code for code in taken for word in ("ASS", "SEX", "TIT"))
