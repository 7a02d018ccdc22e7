"""What a report says of problems, of preventing and of changing. Pure."""

from __future__ import annotations

from typing import Any

from app.reports.issued import plotted
from app.reports.issued.facts import Facts, Section, section
from app.reports.issued.incidents_said import counted, in_time, satisfaction, took
from app.reports.issued.saying import (
    NOTHING,
    hours,
    many,
    minutes,
    number,
    of_figure,
    percent,
    sentence,
    share,
    table,
    were,
)

WORK = ("reactive", "proactive", "change")


def problems(f: Facts) -> Section:
    p = f.figures["problems"]
    fix = (
        f" From logging to the solution it took {hours(p['mean_fix_hours'])} on average, day and "
        "night."
        if p["mean_fix_hours"] is not None
        else ""
    )
    return section(
        "problems",
        "How problems went",
        f"In {f.name}, {many(p['logged'], 'problem')} {were(p['logged'])} logged and "
        f"{number(p['resolved'])} resolved.{fix}",
        f"{sentence(many(p['open'], 'problem'))} {were(p['open'])} open at the end.",
        tables=(_open_table(f),),
    )


def _open_table(f: Facts) -> dict[str, Any]:
    rows = [
        [one["number"], one["title"], one["state"], one["days"], one["again"]]
        for one in f.figures["problems"]["listed"]
    ]
    headings = ["Number", "Problem", "State", "Days since it was logged", "Incidents again"]
    return table("Open problems", headings, rows)


def known_errors(f: Facts) -> Section:
    """The cause is known, the solution is not there yet: how people work meanwhile."""
    known = [one for one in f.figures["problems"]["listed"] if one["is_known"]]
    text = (
        f"Of {many(len(known), 'known error')} the cause is known and how to work meanwhile; it is "
        "not solved yet."
        if known
        else "There is no known error that waits for its solution."
    )
    rows = [[one["number"], one["title"], one["workaround"] or NOTHING] for one in known]
    return section(
        "known_errors",
        "Known errors and how to work meanwhile",
        text,
        tables=(table("Known errors", ["Number", "Problem", "Meanwhile"], rows),),
    )


def recurring(f: Facts) -> Section:
    p = f.figures["problems"]
    again = [one for one in p["listed"] if one["again"]]
    text = (
        f"{sentence(many(p['recurring'], 'incident'))} came back although the cause was known "
        "already."
        if p["recurring"]
        else "Nothing came back whose cause was known already."
    )
    most = max(again, key=lambda one: one["again"]) if again else None
    more = f" Most often: {most['title']} ({most['again']})." if most else ""
    return section("recurring", "What came back", text + more)


# --- the service report: putting right, preventing, changing ---


def covers(f: Facts) -> Section:
    return section(
        "covers",
        "What this report covers",
        f"This is how the ICT of {f.figures['school']} was looked after in {f.name}, put together "
        "from what its service desk recorded.",
    )


def reactive(f: Facts) -> Section:
    """Putting right what had broken."""
    found = counted(f)
    said = [in_time(*f.promised(what), words) for what, words in _MAIN if f.promised(what)[1]]
    kept = f"In {f.name}, {' and '.join(said)}." if said else _NO_PROMISE
    return section(
        "reactive",
        "Putting right",
        found["text"],
        kept,
        took(f),
        satisfaction(f),
        tables=tuple(found["tables"]),
        plots=(*found["plots"], plotted.kept(f)),
    )


_MAIN = (("resolution", "resolutions"), ("response", "first responses"))
_NO_PROMISE = (
    "No promised time was decided, so nothing can be said about what was promised and kept."
)


def proactive(f: Facts) -> Section:
    p, k = f.figures["problems"], f.figures["knowledge"]
    used = k.get("solved", 0) + k.get("helped", 0)
    return section(
        "proactive",
        "Preventing",
        fire_fighting(f),
        f"Problems: {number(p['logged'])} logged ({number(p['found_before_hit'])} of them before "
        f"anybody was hit), {number(p['resolved'])} resolved, {number(p['open'])} open at the end.",
        f"Articles: {number(k['written'])} written, used {many(used, 'time')}.",
        tables=(_open_table(f), _work_table(f)),
        plots=(plotted.work(f),),
    )


def fire_fighting(f: Facts) -> str:
    """The fire-fighting index in words (N22)."""
    reactive_, of = of_figure("reactive_share", f.counts)
    if not of:
        return (
            "No time of work was written down, so it cannot be said how much went into putting "
            "right and how much into preventing."
        )
    rest = "the rest was preventing and changing" if reactive_ < of else "nothing into preventing"
    said = (
        f"Of {minutes(of)} of work that were written down, {percent(reactive_, of)} went into "
        f"putting right what had broken; {rest}."
    )
    before = of_figure("reactive_share", f.counts_before)
    return f"{said} In {f.before} it was {percent(*before)}." if before[1] else said


def _work_table(f: Facts) -> dict[str, Any]:
    sums = {kind: f.many(f"minutes_{kind}") for kind in WORK}
    total = sum(sums.values())
    words = {"reactive": "Putting right", "proactive": "Preventing", "change": "Changing"}
    rows = [
        [words[kind], minutes(sums[kind]), percent(sums[kind], total)]
        for kind in WORK
        if sums[kind]
    ]
    return table("Work written down", ["What for", "Time", "Of all"], rows)


def change(f: Facts) -> Section:
    c = f.figures["changes"]
    if not (c["asked_for"] or c["ended"]):
        text = f"No change was asked for or made in {f.name}."
    else:
        text = (
            f"{sentence(many(c['asked_for'], 'change'))} {were(c['asked_for'])} asked for in "
            f"{f.name}. Of those that ended, {share(c['succeeded'], c['ended'])} succeeded: not "
            f"backed out, and no incident of the same problem within five working days. Backed "
            f"out: {number(c['backed_out'])}."
        )
    still = len(c["coming"])
    coming = f"Decided and still to come: {many(still, 'change')}."
    rows = [[one["number"], one["title"], one["on"] or NOTHING] for one in c["coming"]]
    return section(
        "change",
        "Changing",
        text,
        coming if still else "",
        tables=(table("What is coming", ["Number", "Change", "Planned for"], rows),),
    )
