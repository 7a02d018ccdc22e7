"""What comes in and goes out about packs, agreements and what a change would move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.contracts.la_packs import Written
from app.contracts.pack_form import as_pack
from app.contracts.rules import HOLD_REASONS, Kind, Metric, pack_from_json
from app.errors import wrong
from app.shapes import SHORT, Day, Flag, Instant, PageArgs, Shape, Text, choice

STATES = ("draft", "active", "ended")
FOR_OPEN = "Incidents that are open already go by it too, from today on"


class PackTerms(Shape):
    """The terms in the shape of api.md; `rules.pack_from_json` judges what is inside."""

    name = fields.String(required=True, validate=validate.Length(max=100))
    kind = choice(tuple(Kind), required=True)
    calendar = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "`week` (weekday → openings), `bank_holidays`, `term_time_only`,"
            " `terms` or null (the school’s), `closures`, `always`"
        },
    )
    targets = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String()),
        required=True,
        metadata={
            "description": "By priority: `response_minutes`, `on_site_minutes`,"
            " `resolution_minutes`, or the same in `…_working_days`"
        },
    )
    pause_reasons = fields.List(fields.String(validate=validate.OneOf(HOLD_REASONS)))
    on_site_needs_school_open = Flag()


class NewPackBody(PackTerms):
    valid_from = Day(metadata={"description": "Its first day; today if left out"})
    reason = Text(SHORT, allow_none=True)


class VersionBody(NewPackBody):
    for_open = Flag(load_default=False, metadata={"description": FOR_OPEN})


class AgreementBody(PackTerms):
    valid_from = Day(metadata={"description": "Its first day; today if left out"})


class ProposalBody(AgreementBody):
    for_open = Flag(load_default=False, metadata={"description": FOR_OPEN})


class EndingBody(Shape):
    may_be_left_out = True
    on = Day(allow_none=True, metadata={"description": "The first day without it; today if absent"})


class ChoiceBody(Shape):
    kind = choice(("ola", "sla"), required=True)
    agreement = Text(80, required=True, metadata={"description": "The key of one of that kind"})
    valid_from = Day(metadata={"description": "From this day on; today if left out"})
    for_open = Flag(load_default=False, metadata={"description": FOR_OPEN})


class PackArgs(PageArgs):
    kind = choice(tuple(Kind))


def written(body: Mapping[str, Any]) -> Written:
    """What a program sent, read or refused with every sentence by field."""
    more = ("valid_from", "reason", "for_open")
    terms = {name: value for name, value in body.items() if name not in more}
    read = pack_from_json(terms)
    return Written(
        name=read.name,
        kind=read.kind.value,
        terms={**terms, "name": read.name},
        valid_from=body.get("valid_from") or clock.today(),
        reason=body.get("reason"),
        is_for_open=body.get("for_open", False),
    )


def written_on_page(data: Mapping[str, Any], kind: str) -> Written:
    """What somebody typed into the form of a pack."""
    return Written(
        name=data["name"],
        kind=kind,
        terms=as_pack(data, kind),
        valid_from=data["valid_from"],
        reason=data.get("reason"),
        is_for_open=data.get("for_open", False),
    )


def chosen(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a program chose, as `agreements_actions.choose` takes it."""
    return {
        "kind": body["kind"],
        "agreement": body["agreement"],
        "valid_from": body.get("valid_from") or clock.today(),
        "is_for_open": body["for_open"],
    }


def chosen_on_page(data: Mapping[str, Any]) -> dict[str, Any]:
    """The page offers `sla:la-standard`: kind and key in one list."""
    kind, _, key = str(data["chosen"]).partition(":")
    if kind not in ("ola", "sla") or not key:
        raise wrong("chosen", "Choose an agreement")
    return {
        "kind": kind,
        "agreement": key,
        "valid_from": data["valid_from"],
        "is_for_open": data["for_open"],
    }


# --- what goes out ---


class VersionOut(PackTerms):
    version = fields.Integer(required=True)
    valid_from = fields.Date(required=True)
    created_at = Instant(required=True)


class PackOut(VersionOut):
    key = fields.String(required=True)
    default = Flag(required=True)
    example = Flag(required=True)


class PackWithVersions(PackOut):
    versions = fields.List(fields.Nested(VersionOut), required=True)


class PackPage(Shape):
    items = fields.List(fields.Nested(PackOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ProposalOut(PackTerms):
    valid_from = fields.Date(required=True)
    by = fields.String(required=True)
    for_open = Flag(required=True)


class OwnVersionOut(VersionOut):
    made_by = fields.String(required=True)


class AgreementOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(tuple(Kind), required=True)
    state = choice(STATES, required=True)
    signed_by = fields.String(allow_none=True, required=True)
    signed_at = Instant(allow_none=True, required=True)
    ended_on = fields.Date(allow_none=True, required=True)
    newest = fields.Nested(OwnVersionOut, allow_none=True, required=True)
    # What waits for the ICT owner's signature.
    proposal = fields.Nested(ProposalOut, allow_none=True, required=True)
    version = fields.Integer(required=True)


class AgreementWithVersions(AgreementOut):
    versions = fields.List(fields.Nested(OwnVersionOut), required=True)


class AgreementPage(Shape):
    items = fields.List(fields.Nested(AgreementOut), required=True)
    next = fields.String(allow_none=True, required=True)


class ChoiceOut(Shape):
    kind = choice(("ola", "sla"), required=True)
    valid_from = fields.Date(required=True)
    agreement = fields.String(required=True)
    name = fields.String(required=True)
    chosen_by = fields.String(required=True)


class Choices(Shape):
    items = fields.List(fields.Nested(ChoiceOut), required=True)


class MovedOut(Shape):
    reference = fields.String(required=True)
    metric = choice(tuple(Metric), required=True)
    agreement = fields.String(required=True)
    old_due_at = Instant(allow_none=True, required=True)
    new_due_at = Instant(allow_none=True, required=True)
    breach = fields.String(
        allow_none=True, required=True, validate=validate.OneOf(("gained", "lost"))
    )


class WhatIfOut(Shape):
    moved = fields.Integer(required=True)
    breaches_gained = fields.Integer(required=True)
    breaches_lost = fields.Integer(required=True)
    # False where there were too many open clocks to try them all.
    complete = Flag(required=True)
    items = fields.List(fields.Nested(MovedOut), required=True)
