"""The yearly IT support review for governors: each point of the DfE's standard for IT support, with
what the desk's records say of it. What is missing is said, never made up. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.reports.issued import rules
from app.reports.issued.facts import Facts, Section, section
from app.reports.issued.incidents_said import (
    backlog,
    counted,
    kept,
    promises,
    satisfaction,
    took,
    waiting,
)
from app.reports.issued.saying import (
    NOTHING,
    and_,
    many,
    number,
    of_figure,
    percent,
    pounds,
    sentence,
    share,
    table,
    were,
)

_A_YEAR = timedelta(days=366)
_ROLE_WORDS = {
    "spoc": ("single point of contact", "single points of contact"),
    "service_desk_owner": ("service desk owner", "service desk owners"),
    "ict_owner": ("ICT owner", "ICT owners"),
}


def responsiveness(f: Facts) -> Section:
    """Standard: the school agrees how quickly support answers, and checks that it does."""
    tables_and_plots = kept(f)
    signed = [one for one in f.figures["contracts"] if one["is_signed"] and one["has_agreement"]]
    own = f.figures["desk"]["agreements"].get("active", 0)
    agreed = (
        f"{sentence(many(len(signed), 'signed contract'))} name"
        f"{'s' if len(signed) == 1 else ''} how quickly support has to answer."
        if signed
        else "No signed contract names how quickly support has to answer."
    )
    desk = (
        f"The school’s ICT owner has signed {many(own, 'agreement')} of its own."
        if own
        else "The school has signed no agreement of its own."
    )
    return section(
        "responsiveness",
        "How quickly support answers: agreed and met",
        f"{agreed} {desk}",
        promises(f),
        tables=tuple(tables_and_plots["tables"]),
        plots=tuple(tables_and_plots["plots"]),
    )


def recorded(f: Facts) -> Section:
    """Standard: every request is recorded and can be followed."""
    channels = f.figures["breakdown"]["channel"]
    reported = f.many("reported")
    said = counted(f)
    text = (
        f"Each of the {reported:,} has a number under which whoever reported it can follow it."
        if reported
        else "Nothing is recorded of this year, so nothing can be said about how support went."
    )
    headings = ["Way", "Reported", "Of all"]
    rows = [[name, n, percent(n, reported) if reported >= 5 else NOTHING] for name, n in channels]
    return section(
        "recorded",
        "Everything is recorded and followed",
        said["text"],
        text,
        tables=(*said["tables"], table("How it was reported", headings, rows)),
        plots=tuple(said["plots"]),
    )


def channels(f: Facts) -> Section:
    """Standard: people know whom to ask, and can reach them."""
    roles, days = f.figures["desk"]["roles"], f.figures["desk"]["days_reachable"]
    there = [many(roles[role], *words) for role, words in _ROLE_WORDS.items() if roles.get(role)]
    missing = [words[0] for role, words in _ROLE_WORDS.items() if not roles.get(role)]
    who = f"The desk has {and_(there)}." if there else "Nobody is named for the desk."
    gaps = f" There is no {and_(missing)}." if missing and there else ""
    when = (
        f"The times at which the desk can be reached are published for {many(days, 'weekday')}."
        if days
        else "No times are published at which the desk can be reached."
    )
    alone = (
        " There is no second single point of contact for when the one is away."
        if roles.get("spoc") == 1
        else ""
    )
    return section("channels", "Whom people ask", f"{who}{gaps}{alone}", when)


def performance(f: Facts) -> Section:
    turns, left = waiting(f), backlog(f)
    return section(
        "performance",
        "How support performed",
        took(f),
        satisfaction(f),
        turns["text"],
        left["text"],
        tables=(*turns["tables"], *left["tables"]),
        plots=(*turns["plots"], *left["plots"]),
    )


def fit(f: Facts) -> Section:
    """Standard: the school reviews whether its support still fits."""
    strategy, p, c = f.figures["desk"]["strategy"], f.figures["problems"], f.figures["changes"]
    if strategy is None:
        plan = "No technical support strategy is authorised."
    elif strategy["review_on"] is None:
        plan = f"The strategy “{strategy['title']}” is in force; no day is set to look at it again."
    else:
        on = rules.day(date.fromisoformat(strategy["review_on"]))
        plan = f"The strategy “{strategy['title']}” is in force, to be looked at again on {on}."
    return section(
        "fit",
        "Whether it still fits",
        plan,
        f"Problems open at the end: {number(p['open'])}; with a known cause: "
        f"{number(p['known_errors'])}. Changes that ended: {number(c['ended'])}; succeeded: "
        f"{number(c['succeeded'])}; backed out: {number(c['backed_out'])}.",
        _decisions(f),
    )


def _decisions(f: Facts) -> str:
    """Contracts about which something must be decided within a year."""
    end = date.fromisoformat(f.figures["period"]["end"])
    coming = [
        f"{one['name']} (notice until {rules.day(on)})"
        for one in f.figures["contracts"]
        if one["last_notice_day"]
        and end <= (on := date.fromisoformat(one["last_notice_day"])) < end + _A_YEAR
    ]
    if not coming:
        return "No notice day of a contract falls in the year that follows."
    return f"To be decided in the year that follows: {and_(coming)}."


def value(f: Facts) -> Section:
    """Standard: value for money: contracts, labour and parts, for each incident and pupil."""
    contracts, cost = f.figures["contracts"], f.figures["cost"]
    pupils, resolved = f.figures["pupils"], f.many("resolved")
    per_pupil = _per_pupil(cost["total"], pupils)
    text = (
        f"Support cost {pounds(cost['total'])} in {f.name}: {pounds(cost['share'])} of contracts, "
        f"{pounds(cost['labour'])} of labour written down (at {pounds(cost['labour_rate'])} an "
        f"hour) and {pounds(cost['parts'])} of parts."
    )
    if not int(cost["contracts"]):
        text += (
            " No support contract with a charge is in the register, so only labour and parts are "
            "counted."
        )
    each = (
        f"That is {pounds(cost['per_incident'])} for each of the {resolved:,} that were resolved"
        if resolved
        else "Nothing was resolved, so no cost of each can be given"
    )
    pupil = f" and {per_pupil} a pupil ({pupils:,} pupils)." if per_pupil else "."
    unknown = "" if pupils else " How many pupils the school has is not known."
    return section(
        "value",
        "Contracts and value for money",
        text,
        each + pupil + unknown,
        tables=(_contracts_table(contracts),),
    )


def _per_pupil(total: str, pupils: int | None) -> str | None:
    if not pupils:
        return None
    return pounds((Decimal(total) / pupils).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _contracts_table(contracts: list[dict[str, Any]]) -> dict[str, Any]:
    headings = ["Contract", "Supplier", "A year", "Share of this time", "Signed", "Term ends"]
    rows = [
        [
            one["name"],
            one["supplier"] or NOTHING,
            pounds(one["annual"]) if one["annual"] else NOTHING,
            pounds(one["share"]) if one["share"] else NOTHING,
            "Yes" if one["is_signed"] else "No",
            rules.day(date.fromisoformat(one["term_end"])),
        ]
        for one in contracts
    ]
    return table("Contracts in force", headings, rows)


def guidance(f: Facts) -> Section:
    """Standard: people get guidance and training."""
    k = f.figures["knowledge"]
    solved = of_figure("deflection", f.counts)
    articles = (
        f"{sentence(many(k['articles'], 'article'))} {were(k['articles'])} there for staff to help "
        f"themselves; {number(k['written'])} {were(k['written'])} written in {f.name}. Articles "
        f"solved {many(k.get('solved', 0), 'incident')} and helped "
        f"{many(k.get('helped', 0), 'time')} without one."
        if k["articles"]
        else "No article is published for staff to help themselves."
    )
    advice = (
        f"Tech Advisors solved {share(*solved)} of the sheets that went to them first."
        if solved[1]
        else "No sheet went to Tech Advisors."
    )
    return section(
        "guidance",
        "Guidance and training",
        articles,
        advice,
        "What training was given is not recorded by the service desk.",
    )
