"""States of a school, phases, slugs and codes. Tables and pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from datetime import date
from enum import StrEnum
from itertools import product

# The register's own placeholder for "we do not know since when".
UNKNOWN_DATE = date(1900, 1, 1)


def plain_date(day: date) -> str:
    """`1 September 2023`; the placeholder is said as what it means."""
    return "not known" if day == UNKNOWN_DATE else f"{day.day} {day:%B %Y}"


class State(StrEnum):
    INVITED = "invited"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    LEFT = "left"


# Somebody who never began has nothing to take along, so `invited` may go straight to `left`.
# fmt: off
MAY_FOLLOW: dict[State, tuple[State, ...]] = {
    State.INVITED:    (State.ONBOARDING, State.LEFT),
    State.ONBOARDING: (State.ACTIVE, State.LEAVING),
    State.ACTIVE:     (State.SUSPENDED, State.LEAVING),
    State.SUSPENDED:  (State.ACTIVE, State.LEAVING),
    State.LEAVING:    (State.LEFT,),
    State.LEFT:       (),
}
# fmt: on


def may_become(state: str, next_state: str) -> bool:
    return State(next_state) in MAY_FOLLOW[State(state)]


class Phase(StrEnum):
    """The register's words; the number beside each is the register's code."""

    NOT_APPLICABLE = "Not applicable"  # 0
    NURSERY = "Nursery"  # 1
    PRIMARY = "Primary"  # 2
    MIDDLE_PRIMARY = "Middle deemed primary"  # 3
    SECONDARY = "Secondary"  # 4
    MIDDLE_SECONDARY = "Middle deemed secondary"  # 5
    SIXTEEN_PLUS = "16 plus"  # 6
    ALL_THROUGH = "All-through"  # 7


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Slugs -------------------------------------------------------------------------------------

LONGEST_SLUG = 80
# First parts of addresses that are pages of the desk and can never be a school.
RESERVED_SLUGS = _words(
    """
    about access-log accessibility account accounts admin admin-tools agreements announcements
    api articles assets
    audit authority back-office bank-holidays calendar calendars call-log catalogue
    contract-offers
    contracts cookies counts dashboard day-plan deadlines demo diary docs drafts events export
    exports favicon files groups guide health healthz help home imports incidents invitation
    invitations jobs la licences login logout mail mail-not-sent mail-troubles me media
    members memberships metrics my-reports my-schools new notifications openapi outbox overview
    password people performance permissions ping presets privacy problems profile queue readyz
    register report reports requests reset reset-password robots roles saved-views school schools
    schools-without-cover search second-factor second-factor-resets security service-levels
    services sessions settings sign-in sign-out
    sign-out-everywhere sign-up signin signout statement static status supplier suppliers support
    switch system terms tokens users views waiting webhooks well-known who-may-do-what
    work-list
    """
)


def slug(name: str, urn: int, taken: Container[str]) -> str:
    """The school's part of every address: its name, with the URN added when that is in use."""
    words = "-".join(re.findall(r"[a-z0-9]+", _plain(name).lower()))
    short = _cut(words, LONGEST_SLUG)
    if len(short) >= 2 and short not in RESERVED_SLUGS and short not in taken:
        return short
    return f"{_cut(words or 'school', LONGEST_SLUG - 8)}-{urn}"


def _cut(words: str, longest: int) -> str:
    if len(words) <= longest:
        return words
    return words[: longest + 1].rpartition("-")[0] or words[:longest]


def _plain(name: str) -> str:
    """ASCII without apostrophes: "St George’s" and "St George's" are one name."""
    without = re.sub("['’‘`´ʼ]", "", name).replace("&", " and ")
    return unicodedata.normalize("NFKD", without).encode("ascii", "ignore").decode()


# --- Codes -------------------------------------------------------------------------------------

# Words that half the schools share, so they tell nobody apart.
_COMMON = _words(
    """
    A ACADEMY ADVANCED AIDED AN AND AT BOYS BY C CATHOLIC CE CENTRE CHURCH COFE COLLEGE COMMUNITY
    CONTROLLED CONVENT DE DEAF DR E ENDOWED ENGLAND FEDERATED FEDERATION FIRST FOR FOUNDATION FREE
    GIRLS GRAMMAR GREAT HIGH IN INFANT INFANTS JUNIOR JUNIORS LA LE LITTLE LOWER METHODIST MIDDLE
    NURSERY OF ON PRE PREPARATORY PRIMARY PUPIL RC REFERRAL ROMAN SAINT SAINTS SCHOOL SCHOOLS
    SECONDARY SIXTH SPECIAL ST STS TECHNOLOGY THE TO UNIT UPPER VA VC VOLUNTARY WITH
    """
)
# What tells the infants from the juniors on the same site.
_KINDS = {"INFANT": "I", "INFANTS": "I", "JUNIOR": "J", "JUNIORS": "J", "NURSERY": "N", "HIGH": "H"}
# People say codes aloud, in front of children.
_NEVER = _words(
    """
    ARS BAD BUM COC DAM DIC DIE DIM FAT GAY GIT HIV ILL JEW LAG MAD NAG PEE POO RAT SAD SIN UGLY
    WEE WET
    """
)
_NEVER_INSIDE = _words(
    """
    ANAL ANUS ARSE ASS BOOB CLIT COCK CRAP CUM CUNT DAMN DICK DYKE FAG FART FUC FUK HELL HOMO KILL
    KKK KNOB NAZI NIG PAKI PISS POOF PORN PRIC PUBE RAPE SEX SHIT SLAG SLUT SPAS SPAZ TARD TIT TURD
    TWAT WANK WHOR WOG
    """
)


def propose_code(name: str, taken: Container[str]) -> str:
    """Three to five letters that people can say, unique: HAM, else HAMP or the like.

    The same name and the same codes in use always give the same answer.
    """
    for code in _candidates(name):
        if code not in taken and _can_be_said(code):
            return code
    raise ValueError("Every code is taken.")


def can_be_code(code: str) -> bool:
    """Three to five capital letters, and nothing that makes a class laugh."""
    if not re.fullmatch("[A-Z]{3,5}", code):
        return False
    return code not in _NEVER and not any(word in code for word in _NEVER_INSIDE)


def _can_be_said(code: str) -> bool:
    """What we propose has a vowel; an administrator may prefer STM."""
    return can_be_code(code) and re.search("[AEIOUY]", code) is not None


def _candidates(name: str) -> Iterator[str]:
    words = re.findall(r"[A-Z]+", _without_genitive(name).upper())
    telling = (
        [word for word in words if word not in _COMMON and len(word) > 1] or words or ["SCHOOL"]
    )
    first, others = telling[0], telling[1:]
    kind = next((_KINDS[word] for word in words if word in _KINDS), "P")
    yield first[:3]
    yield first[:3] + kind
    yield first[:4]
    yield from (word[:3] for word in others)
    yield from (first[:3] + word[:1] for word in others)
    yield from (first[:2] + word[:2] for word in others)
    yield first[:4] + kind
    yield from (word[:4] for word in others)
    yield from (first[:3] + word[:2] for word in others)
    yield first[:5]
    yield from (word[:5] for word in others)
    # Nothing in the name is left: its beginning and any letters, shortest first.
    for length in (1, 2, 3):
        for letters in product("AEIOULMNRSTDBCFGHJKPVWYZQX", repeat=length):
            yield first[:2] + "".join(letters)


def _without_genitive(name: str) -> str:
    return _plain(re.sub(r"['’‘`´ʼ]s\b", "", name))
