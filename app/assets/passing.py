"""Hand equipment out and take it in, one scan after the other [S06], and change many at once.

Each asset has its own savepoint: what is refused stops nothing else, and who asked hears why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from app.assets import lending, queries, rules, states
from app.assets.actions import change_asset
from app.assets.models import Asset
from app.errors import DeskError, NotThere, Refused, Wrong
from app.people.identity import Me
from tenants import db

MOST = 200
# What can be said of many at once.
TOGETHER = ("location", "holder", "funding", "warranty_end", "contract", "status")


class Refusal(NamedTuple):
    tag: str
    why: str


class Outcome(NamedTuple):
    done: list[str]
    refused: list[Refusal]


def hand_out(tag: str, *, by: Me, to: str, due_on: date | None = None) -> str:
    """Check out to a person: a loan where a day is given, theirs to keep where none is. Returns
    what was done, as a sentence."""
    asset = _scanned(tag)
    if due_on is not None:
        lending.lend(asset, by=by, borrower=to, due_on=due_on)
        return f"{asset.tag} is lent to {to} until {due_on:%-d %B %Y}."
    if asset.status == "on_loan":
        raise Refused(f"{asset.tag} is on loan already. Check it in first.")
    if asset.status == "in_stock":
        states.set_status(asset, "in_use", by=by)
    _check_at_hand(asset)
    change_asset(asset, by=by, holder=to)
    return f"{asset.tag} is now {to}’s."


def take_in(tag: str, *, by: Me, room: str) -> str:
    """Check in to a room: a loan ends, nobody has it any more, and it stands there."""
    asset = _scanned(tag)
    if asset.status == "on_loan":
        lending.take_back(asset, by=by)
    _check_at_hand(asset)
    change_asset(asset, by=by, holder=None, location=room)
    return f"{asset.tag} is in."


def change_many(tags: Iterable[str], *, by: Me, reason: str | None, **said: Any) -> Outcome:
    """The same for each of these; what is not said stays as it is."""

    def change(asset: Asset) -> None:
        changes = {name: value for name, value in said.items() if name != "status"}
        if changes:
            change_asset(asset, by=by, **changes)
        wanted = said.get("status")
        if wanted and wanted != asset.status:
            states.set_status(asset, wanted, by=by, reason=reason)

    return each(tags, change)


def each(tags: Iterable[str], act: Callable[[Asset], None]) -> Outcome:
    # In one order for everybody, so that two people never wait for one another.
    outcome = Outcome([], [])
    for tag in sorted({one.strip().lower() for one in tags if one.strip()})[:MOST]:
        why = _one(tag, act, outcome.done)
        if why is not None:
            outcome.refused.append(Refusal(tag, why))
    return outcome


def _one(tag: str, act: Callable[[Asset], None], done: list[str]) -> str | None:
    try:
        with db.session.begin_nested():
            asset = queries.get_asset(tag, to_change=True)
            act(asset)
            db.session.flush()
            done.append(asset.tag)
    except NotThere:
        return "There is no equipment with this tag."
    except Wrong as mistakes:
        return " ".join(said for found in mistakes.errors.values() for said in found)
    except DeskError as error:
        return error.sentence
    return None


def _scanned(tag: str) -> Asset:
    try:
        return queries.get_asset(tag, to_change=True)
    except NotThere:
        raise Refused(
            f"There is no equipment with the tag “{tag[:80]}”. Nothing was changed; scan it again, "
            "or add it to the register."
        ) from None


def _check_at_hand(asset: Asset) -> None:
    if asset.status in ("lost_or_stolen", *rules.GONE):
        said = rules.STATUS_WORDS[asset.status].lower()
        raise Refused(f"{asset.tag} is {said} in the register. Change its status first.")
