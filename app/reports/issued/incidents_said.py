"""What a report says of incidents: how many, kept in time or not, where, waiting for whom, and what
is still open. Pure: figures in, sections out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.incidents.rules import Party
from app.incidents.schemas import HOLD_WORDS
from app.reports.issued import plotted
from app.reports.issued.facts import Facts, Section, section
from app.reports.issued.saying import (
    NOTHING,
    and_,
    compared,
    hours,
    many,
    mean_of,
    number,
    of_figure,
    percent,
    sentence,
    share,
    short,
    table,
    were,
)

# fmt: off
PARTY_WORDS = {
    Party.REPORTER: "the reporter", Party.SCHOOL_DESK: "the school’s desk",
    Party.TECH_ADVISOR: "Tech Advisors", Party.FIRST_LINE: "first-line support",
    Party.SECOND_LINE: "second-line support", Party.SUPPLIER: "a supplier",
}
PROMISES = {"response": "first responses", "resolution": "resolutions", "on_site": "visits"}
_PAUSE_WORDS = {
    **HOLD_WORDS, "reopened": "Thought to be solved, then reopened",
    "with_school": "Back with the school",
}
# fmt: on
NOTHING_PROMISED = (
    "No time that somebody had promised ran out or was kept in {name}, so nothing can be said here "
    "about times."
)


def counted(f: Facts) -> Section:
    types = dict(f.figures["breakdown"]["type"])
    reported = f.many("reported")
    what = [many(types[kind], kind) for kind in ("incident", "request") if types.get(kind)]
    opening = (
        f"In {f.name}, {and_(what)} {were(reported)} reported."
        if what
        else f"Nothing was reported in {f.name}."
    )
    resolved, cancelled = f.many("resolved"), f.many("cancelled")
    return section(
        "counts",
        "How much was reported",
        " ".join(
            one
            for one in (
                opening,
                compared(reported, f.then("reported"), "reported", f.before),
                f"{sentence(number(resolved))} {were(resolved)} resolved"
                + (f" and {number(cancelled)} cancelled." if cancelled else "."),
                _left(f),
            )
            if one
        ),
        _lost(f),
        _unfinished(f),
        tables=(_counts_table(f),),
        plots=(plotted.reported(f),),
    )


def _left(f: Facts) -> str:
    """Open at the end, and at the beginning."""
    left, began = f.figures["now"]["backlog"], f.figures["now"]["backlog_before"]
    said = f"{sentence(number(left))} {were(left)} open at the end"
    return f"{said}, against {number(began)} at the start."


def _lost(f: Facts) -> str:
    lost = f.many("lesson_seconds") / 3600
    stopped = f.many("class_stopped")
    if not lost and not stopped:
        return ""
    said = (
        f"{sentence(many(stopped, 'report'))} said that a class could not go on." if stopped else ""
    )
    cost = f"About {lost:,.1f} lesson-hours were lost; this is an estimate." if lost else ""
    return f"{said} {cost}".strip()


def _unfinished(f: Facts) -> str:
    if f.figures["is_over"]:
        return ""
    return (
        f"This period goes on until {f.last_day}: what is said here is of the part that has passed."
    )


def _counts_table(f: Facts) -> dict[str, Any]:
    rows = [
        [words, f.many(key), NOTHING if f.then(key) is None else f.then(key)]
        for key, words in (
            ("reported", "Reported"),
            ("resolved", "Resolved"),
            ("cancelled", "Cancelled"),
        )
    ]
    now, then = f.figures["now"], f.figures["then"]
    left = then["backlog"] if f.counts_before else NOTHING
    rows.append(["Open at the end", now["backlog"], left])
    headings = ["Counted", short(f.name), short(f.before) or "Before"]
    return table(
        "Against the time before", headings, rows if f.many("reported") or now["backlog"] else []
    )


# --- in time or not ---


def kept(f: Facts) -> Section:
    return section(
        "kept",
        "Promised and kept",
        promises(f),
        took(f),
        tables=(_kept_table(f),),
        plots=(plotted.kept(f),),
    )


def promises(f: Facts) -> str:
    """What each agreement promised, and how often it was kept."""
    return " ".join(_kept_sentences(f)) or NOTHING_PROMISED.format(name=f.name)


def _kept_sentences(f: Facts) -> list[str]:
    found = []
    for one in f.agreements:
        said = [
            in_time(met, of, words)
            for what, words in PROMISES.items()
            for met, of in (one["figures"].get(f"{what}_met", (0, 0)),)
            if of
        ]
        if said:
            found.append(f"Under {one['name']}, {and_(said)}.")
    return found


def in_time(met: int, of: int, words: str) -> str:
    """`41 of 47 resolutions were in time (87.2 %)`."""
    if not of:
        return f"no {words} were decided"
    one = words[:-1] if of == 1 else words
    said = f"{met:,} of {of:,} {one} {were(of)} in time"
    return said if of < 5 else f"{said} ({percent(met, of)})"


def took(f: Facts) -> str:
    """How long it took, how often it was solved at once, how often it came back."""
    resolved = f.many("resolved")
    if not resolved:
        return "Nothing was resolved, so no time to restore can be given."
    mean, middle = (
        mean_of("mean_time_to_restore", f.counts),
        f.figures["now"]["median_restore_hours"],
    )
    said = [f"From report to resolution it took {hours(mean)} of the desk’s open time on average"]
    if middle is not None:
        said[0] += f"; half of them took no more than {hours(middle)}"
    said[0] += "."
    first, again = of_figure("first_contact_fix", f.counts), of_figure("reopen_rate", f.counts)
    said.append(f"Solved at first contact: {share(*first)}. Reopened: {share(*again)}.")
    return " ".join(said)


def _kept_table(f: Facts) -> dict[str, Any]:
    headings = ["Agreement", "Responses in time", "Resolutions in time", "Visits in time"]
    rows = [
        [one["name"]]
        + [
            share(*one["figures"][f"{what}_met"]) if f"{what}_met" in one["figures"] else NOTHING
            for what in PROMISES
        ]
        for one in f.agreements
    ]
    return table("In time, by agreement", headings, rows)


# --- what and where ---


def where(f: Facts) -> Section:
    breakdown = f.figures["breakdown"]
    reported = f.many("reported")
    titles = {
        "category": ("By kind", "Kind"),
        "priority": ("By priority", "Priority"),
        "line": ("By the highest line that had it", "Line"),
        "room": ("By room: those with the most", "Room"),
    }
    return section(
        "where",
        "What it was, and where",
        _most(f, breakdown) if reported else f"Nothing was reported in {f.name}.",
        tables=tuple(
            table(
                title,
                [heading, "Reported", "Of all"],
                [[name, n, percent(n, reported) if reported >= 5 else NOTHING] for name, n in rows],
            )
            for key, (title, heading) in titles.items()
            if (rows := breakdown[key])
        ),
    )


def _most(f: Facts, breakdown: Mapping[str, Any]) -> str:
    (kind, n), *others = breakdown["category"]
    said = f"Most often it was about: {kind.lower()}, {share(n, f.many('reported'))}"
    said += f"; then: {others[0][0].lower()}, {others[0][1]}." if others else "."
    named = [one for one in breakdown["room"] if one[0] != "No room named"]
    if named and named[0][1] > 1:
        said += f" The room with the most reports was {named[0][0]}, with {named[0][1]}."
    return said


# --- whose turn it was ---


def waiting(f: Facts) -> Section:
    parties = {
        words: seconds
        for party, words in PARTY_WORDS.items()
        if (seconds := f.many(f"party_{party}_seconds"))
    }
    total = sum(parties.values())
    if not total:
        text = "Nothing that was resolved waited for anybody in the desk’s open hours."
    else:
        longest = sorted(parties.items(), key=lambda one: -one[1])[:3]
        said = and_([f"{words} ({percent(seconds, total)})" for words, seconds in longest])
        text = (
            f"What was resolved took {hours(total / 3600)} of open time in all. Most of it was the "
            f"turn of {said}."
        )
    return section(
        "waiting",
        "Who waited for whom",
        text,
        tables=(_paused(f),),
        plots=(plotted.parties(f, parties),),
    )


def _paused(f: Facts) -> dict[str, Any]:
    rows = [
        [one["name"], _PAUSE_WORDS.get(why, why), f"{seconds / 3600:,.1f}"]
        for one in f.agreements
        for why, seconds in one["paused"].items()
    ]
    return table("Why clocks stood still", ["Agreement", "Why", "Hours"], rows)


# --- what is still open ---


def backlog(f: Facts) -> Section:
    ages = f.figures["ages"]
    left = sum(n for _, n in ages)
    old = sum(n for _, n in ages[3:])
    text = (
        f"Open at the end: {number(left)}. For more than ten working days: {number(old)}."
        if left
        else "Nothing was open at the end."
    )
    return section(
        "backlog",
        "What is still open",
        text,
        plots=(plotted.ages(f),) if left else (),
    )


def satisfaction(f: Facts) -> str:
    given, resolved = f.many("csat_given"), f.many("resolved")
    if not given:
        return "Nobody gave a score, so nothing can be said about how satisfied people were."
    good = of_figure("csat", f.counts)
    mean = mean_of("csat_mean", f.counts)
    return (
        f"Scores of 4 or 5 out of 5: {share(*good)}, with a mean of {mean:.2f}. A score was given "
        f"for {share(given, resolved)} of what was resolved."
    )
