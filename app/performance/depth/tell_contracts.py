"""Tells what schools pay the same supplier, when they can leave, and how well it is kept [N17].
A school sees its own among others who stay unnamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import quote, urlencode

from app.performance.depth import contracts as kept
from app.performance.depth import tender
from app.performance.depth.contracts import SUPPLIER, Held, Paid
from app.performance.depth.prices import MOST_SHOWN, Others, middle_of, others_of, schools_of
from app.performance.depth.seen import Seen, months_named
from app.performance.depth.sums import figures
from app.performance.depth.told import Table, Told, amount, share, text_number, words
from app.performance.models import FigureDay
from app.plots.shapes import Band, Bands, Cell, Plot
from app.plots.words import NONE

HERE = "/performance/in-depth/contracts"
METHOD = (
    "Contracts in force, by what they were taken from: an offer of the LA, or the supplier. A "
    "pupil’s price is the yearly charge ÷ the number of pupils. Notice days no more than a month "
    "apart make a window in which schools could ask for offers together. Kept: resolution times of "
    "the period, of that supplier where it is one."
)
_EMPTY = (
    "No two schools have a contract in force with the same supplier, or from the same offer. "
    "Contracts stand in each school’s register."
)
_NO_OTHERS = (
    "No contract in force here names a supplier or was taken from an offer of the LA, so there is "
    "nothing to put beside others’."
)
_OF_GROUPS = ("Name", "What it is", "Schools", "Contracts")
_PAID_BY = {"sla": "sla", "ola": "ola", "uc": "uc", "maintenance": "uc"}


def tell(seen: Seen) -> Told:
    if not seen.is_everywhere:
        return _for_school(seen)
    if seen.group is None:
        return _groups(seen)
    group = seen.group
    found = seen.ask(lambda: kept.held(seen.today, [group]))
    if not found:
        return Told("", METHOD, empty=_EMPTY)
    windows = tender.windows((one.standing.last_notice_day for one in found), seen.today)
    paid = [one.paid for one in found]
    finding = (
        f"{found[0].group_name}: {len(found):,} contracts of {schools_of(paid):,} schools. "
        f"The middle price is {money(middle_of(paid))} a pupil. "
        f"{windows_sentence(windows)}"
    )
    return Told(
        finding,
        METHOD,
        _plots(found[0].group_name, "By name.", [(one.school, one.paid) for one in found]),
        [_windows(windows), _contracts(seen, found)],
        frozenset({"prices"}),
        _EMPTY,
    )


def windows_sentence(windows: Sequence[tender.Window]) -> str:
    if not windows:
        return "No two notice days lie within a month of each other."
    one = max(windows, key=lambda window: window.contracts)
    due = f"between {_day(one.first)} and {_day(one.last)}"
    due = f"on {_day(one.first)}" if one.first == one.last else due
    return f"{one.contracts} could be tendered together: notice is due {due}."


def money(value: Decimal | None) -> str:
    return NONE if value is None else f"£{value:,.2f}"


def _asked(group: str, months: dict[str, str]) -> str:
    return urlencode({"group": group, **months}, quote_via=quote)


def _groups(seen: Seen) -> Told:
    found = seen.ask(lambda: kept.groups(tender.FEWEST))
    asked, months = seen.words.lower(), months_named(seen)
    rows = [
        [
            words(one.name, f"{HERE}?{_asked(one.key, months)}"),
            words("The LA’s offer" if not one.key.startswith(SUPPLIER) else "Supplier"),
            amount(one.schools),
            amount(one.contracts),
        ]
        for one in found
        if asked in one.name.lower()
    ]
    return Told(
        f"{len(rows)} suppliers and offers serve at least two schools. Choose one to see what "
        "schools pay and when they can leave.",
        METHOD,
        tables=[
            Table("Suppliers and offers", ("Name", "What it is", "Schools", "Contracts"), rows)
        ],
        empty=_EMPTY,
    )


def _contracts(seen: Seen, found: Sequence[Held]) -> Table:
    in_time = _attainment(seen, found[0])
    rows = [
        [
            words(one.school, f"/{one.slug}/contracts/{one.number}"),
            words(one.name),
            text_number(money(one.charge)),
            text_number(money(one.paid.price)),
            words(_day(one.standing.term_end)),
            words(_day(one.standing.last_notice_day)),
            share(*in_time.get(one.school_id, (0, 0))),
        ]
        for one in found
    ]
    headings = (
        "School",
        "Contract",
        "A year",
        "A pupil",
        "Term ends",
        "Last day of notice",
        "Resolved in time",
    )
    return Table("Contracts, by school", headings, rows)


def _windows(windows: Sequence[tender.Window]) -> Table:
    rows = [
        [words(_day(one.first)), words(_day(one.last)), amount(one.contracts)] for one in windows
    ]
    headings = ("First notice day", "Last notice day", "Contracts")
    return Table("Could be tendered together", headings, rows)


def _for_school(seen: Seen) -> Told:
    mine = [one for one in seen.ask(lambda: kept.held(seen.today)) if one.group]
    if not mine:
        return Told("", METHOD, empty=_NO_OTHERS)
    everybody = others_of(seen, sorted({one.group for one in mine if one.group}))
    rows: list[list[Cell]] = []
    plots: list[Plot] = []
    for key, others in everybody.others.items():
        own = [one for one in mine if one.group == key]
        rows += [_row(one, others) for one in own]
        if seen.sight.is_among_others and others and others.are_enough and not plots:
            bars = [("This school", one.paid) for one in own]
            bars += [("Another school", one) for one in others.by_size]
            finding = "Your own first, the others by number of pupils."
            plots = _plots(own[0].group_name, finding, bars, own=len(own))
    headings = (
        "Contract",
        "With",
        "A year",
        "A pupil",
        "Middle of the other schools",
        "Other schools",
        "Term ends",
        "Last day of notice",
    )
    contracts = f"{len(mine)} contracts" if len(mine) > 1 else "One contract"
    finding = (
        f"{contracts} in force here, beside those of other schools with the same supplier or offer."
    )
    return Told(
        finding,
        METHOD,
        plots,
        [Table("Your contracts", headings, rows)],
        empty=_NO_OTHERS,
        as_of=everybody.as_of,
        is_awaited=None in everybody.others.values(),
    )


def _row(one: Held, others: Others | None) -> list[Cell]:
    is_told = others is not None and others.are_enough
    return [
        words(one.name, f"/{one.slug}/contracts/{one.number}"),
        words(one.group_name),
        text_number(money(one.charge)),
        text_number(money(one.paid.price)),
        text_number(money(others.middle if others and is_told else None)),
        text_number(others.words if others else NONE),
        words(_day(one.standing.term_end)),
        words(_day(one.standing.last_notice_day)),
    ]


def _plots(
    name: str, finding: str, bars: Sequence[tuple[str, Paid]], *, own: int = 0
) -> list[Plot]:
    """So many of the first are the reader's own."""
    known = [
        Band(label=label, amount=round(float(one.price), 2), is_late=place < own)
        for place, (label, one) in enumerate(bars)
        if one.price is not None
    ]
    if not known:
        return []
    return [
        Bands(
            key="prices",
            title=f"Pounds a pupil and year: {name}",
            finding=finding,
            bands=known[:MOST_SHOWN],
            label_words="School",
            amount_words="Pounds a pupil",
        )
    ]


def _attainment(seen: Seen, one: Held) -> dict[int, tuple[int, int]]:
    """Resolution times kept, by school: of the supplier, or of what the LA promised."""
    kind = _PAID_BY.get(one.kind)
    if kind is None or one.group is None:
        return {}
    of_supplier = one.group.partition(":")[2] if one.group.startswith(SUPPLIER) else None
    names = ("resolution_met", "resolution_decided")
    provider = of_supplier if kind == "uc" else None
    found = figures(seen, names, FigureDay.school_id, kind=kind, provider=provider)
    return {row[0]: (row[1], row[2]) for row in found}


def _day(on: date | None) -> str:
    return NONE if on is None else f"{on:%-d %B %Y}"
