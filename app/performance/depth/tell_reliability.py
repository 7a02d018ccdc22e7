"""Tells how reliable each make and model is, across schools and in one of them [N16]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from app.assets.rules import TYPES
from app.performance.depth import reliability as rules
from app.performance.depth.models import LaModelNote
from app.performance.depth.of_all import MODELS, answer, asked
from app.performance.depth.reliability import Amount, Key, Rated
from app.performance.depth.seen import Seen
from app.performance.depth.sums import DETAIL, KIND, NAME, sums
from app.performance.depth.told import Table, Told, amount, text_number, words
from app.plots.shapes import Band, Bands, Cell, Plot
from app.plots.words import NONE, number
from tenants import db

MODEL = "model"
_MOST_BARS = 30
_NOTE = "/performance/in-depth/reliability/note"
_EMPTY = (
    "No incident names a piece of equipment yet, or the register has none. Put the equipment into "
    "the register with make and model, and name it when an incident is about it."
)


@dataclass(frozen=True)
class Models:
    """`found`: what the person may see, by type, make and model. `of_all`: for a school, what is
    told of those of all schools."""

    found: list[Rated]
    of_all: Mapping[Key, Rated] = field(default_factory=dict)
    as_of: datetime | None = None
    is_awaited: bool = False


@dataclass(frozen=True)
class _Everywhere:
    """Models at every school, and each type that at least three of them have, as one."""

    rated: list[Rated]
    types: list[Amount]


def models(seen: Seen) -> Models:
    if seen.is_everywhere and not seen.is_vast:
        return Models(_asked(seen, rules.rated(_amounts(seen))))
    everywhere, as_of = _everywhere(seen)
    is_awaited = everywhere is None
    if seen.is_everywhere:
        return Models(_asked(seen, everywhere.rated if everywhere else []), {}, as_of, is_awaited)
    among = everywhere.types if everywhere else []
    told = rules.with_three_schools(everywhere.rated) if everywhere else {}
    return Models(_asked(seen, rules.rated(_amounts(seen), among)), told, as_of, is_awaited)


def to_keep(seen: Seen) -> dict[str, Any]:
    """Of every school, for the worker."""
    found = _all_of(seen)
    return {
        "rated": [list(astuple(one)) for one in found.rated],
        "types": [list(astuple(one)) for one in found.types],
    }


def _everywhere(seen: Seen) -> tuple[_Everywhere | None, datetime | None]:
    if not seen.is_vast:
        return _all_of(seen), None
    said, made_at = answer(MODELS, asked(seen))
    if said is None:
        return None, None
    rated = [Rated(*one) for one in said["rated"]]
    return _Everywhere(rated, [Amount(*one) for one in said["types"]]), made_at


def _all_of(seen: Seen) -> _Everywhere:
    everybody = _amounts(seen, of_all=True)
    # A rate of the type that fewer than three schools make would tell of one of them.
    types = [one for one in _of_types(seen) if one.schools >= rules.FEWEST_SCHOOLS]
    return _Everywhere(rules.rated(everybody), types)


def notes(found: Sequence[Rated]) -> dict[Key, LaModelNote]:
    """What the LA says of those. One statement, in any scope that may read it."""
    kinds = {one.kind for one in found}
    if not kinds:
        return {}
    wanted = select(LaModelNote).where(LaModelNote.type.in_(kinds))
    return {(one.type, one.make_key, one.model_key): one for one in db.session.scalars(wanted)}


def tell(seen: Seen) -> Told:
    all_ = models(seen)
    if all_.is_awaited and seen.is_everywhere:
        return Told("", rules.METHOD, is_awaited=True)
    found, of_all = all_.found, all_.of_all
    said = said_of(seen, found)
    loud = [one for one in found if one.flag.startswith("high")]
    return Told(
        finding=_finding(found, loud),
        method=rules.METHOD,
        plots=_plots(found),
        tables=[_la_table(found, said) if seen.is_everywhere else _table(found, of_all, said)],
        in_tables=frozenset({"reliability"}),
        empty=_EMPTY,
        as_of=all_.as_of,
        is_awaited=all_.is_awaited,
    )


def said_of(seen: Seen, found: Sequence[Rated]) -> dict[Key, LaModelNote]:
    return {key: one for some in seen.ask(lambda: [notes(found)]) for key, one in some.items()}


def name_of(one: Rated) -> str:
    return " ".join(word for word in (one.make, one.model) if word) or "Make and model not said"


def rate_words(value: float | None) -> str:
    return NONE if value is None else number(value, 1)


def interval_words(one: Rated) -> str:
    if one.low is None or one.high is None:
        return NONE
    return f"{number(one.low, 1)} to {number(one.high, 1)}"


def schools_words(one: Rated) -> str:
    """Of fewer than three schools no number that would lead to one."""
    if one.is_of_few_schools:
        return f"Fewer than {rules.FEWEST_SCHOOLS} schools"
    return str(one.schools)


def _amounts(seen: Seen, *, of_all: bool = False) -> list[Amount]:
    return [
        Amount(one.schools, one.keys[0], one.name, one.detail, one.hits, one.base, one.amount)
        for one in sums(seen, MODEL, KIND, NAME, DETAIL, of_all=of_all)
    ]


def _of_types(seen: Seen) -> list[Amount]:
    return [
        Amount(one.schools, one.keys[0], "", "", one.hits, one.base)
        for one in sums(seen, MODEL, KIND, of_all=True)
    ]


def _asked(seen: Seen, found: list[Rated]) -> list[Rated]:
    said = seen.words.lower()
    return [
        one
        for one in found
        if (seen.kind is None or one.kind == seen.kind) and said in name_of(one).lower()
    ]


def _finding(found: list[Rated], loud: list[Rated]) -> str:
    faults = sum(one.faults for one in found)
    years = sum(one.years for one in found)
    begun = f"{faults:,} faults in {number(years, 1)} device-years, of {len(found):,} models."
    if not loud:
        return f"{begun} No model has more faults than chance explains."
    named = "; ".join(
        f"{name_of(one)} ({one.faults} faults, {number(one.expected, 1)} expected)"
        for one in loud[:5]
    )
    return f"{begun} More faults than chance explains: {named}."


def _plots(found: list[Rated]) -> list[Plot]:
    known = [one for one in found if one.rate is not None]
    if not known:
        return []
    return [
        Bands(
            key="reliability",
            title="Faults per 100 device-years",
            finding="By type and name. What is marked has more faults than chance explains.",
            bands=[
                Band(
                    label=name_of(one),
                    amount=round(one.rate or 0, 1),
                    is_late=one.flag.startswith("high"),
                )
                for one in known[:_MOST_BARS]
            ],
            label_words="Make and model",
            amount_words="Faults per 100 device-years",
        )
    ]


def _row(one: Rated) -> list[Cell]:
    return [
        words(TYPES.get(one.kind, one.kind)),
        words(name_of(one)),
        amount(one.faults),
        amount(one.years, 1),
        text_number(rate_words(one.rate)),
        text_number(interval_words(one)),
    ]


_HEADINGS = ("Type", "Make and model", "Faults", "Device-years", "Per 100 device-years")
_INTERVAL = "95 % interval"


def _la_table(found: list[Rated], said: dict[Key, LaModelNote]) -> Table:
    headings = (
        *_HEADINGS,
        _INTERVAL,
        "All of the type",
        "Schools",
        "Against its type",
        "What we say",
    )
    rows = [
        [
            *_row(one),
            text_number(rate_words(one.type_rate)),
            text_number(schools_words(one)),
            words(rules.FLAG_WORDS[one.flag]),
            words(_verdict(said.get(one.key)) or "Say something", _note_url(one)),
        ]
        for one in found
    ]
    return Table("Makes and models", headings, rows)


def _table(found: list[Rated], of_all: Mapping[Key, Rated], said: dict[Key, LaModelNote]) -> Table:
    headings = (*_HEADINGS, _INTERVAL, "All schools", "Against its type", "What the LA says")
    rows = []
    for one in found:
        everywhere = of_all.get(one.key)
        rows.append(
            [
                *_row(one),
                text_number(rate_words(everywhere.rate if everywhere else None)),
                words(rules.FLAG_WORDS[one.flag]),
                words(_verdict(said.get(one.key))),
            ]
        )
    return Table("Makes and models", headings, rows)


def _note_url(one: Rated) -> str | None:
    """Of what has neither make nor model nothing can be said."""
    if not (one.make or one.model):
        return None
    return f"{_NOTE}?{urlencode({'type': one.kind, 'make': one.make, 'model': one.model})}"


def _verdict(note: LaModelNote | None) -> str:
    if note is None:
        return ""
    verdict = rules.VERDICT_WORDS[note.verdict]
    return f"{verdict}: {note.note}" if note.note else verdict
