"""Working out a deadline: when a target would be due, and which stretches of time count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from flask.views import MethodView
from marshmallow import fields, validate

from app.api.body import Blueprint
from app.api.reply import reply
from app.clock import LONDON
from app.contracts.contract_queries import agreement_of_contract
from app.contracts.contract_schemas import ContractWord
from app.contracts.due_rules import preview
from app.contracts.queries import AgreementInForce, agreement_by_key, agreement_in_force
from app.contracts.rules import Kind, Metric, Target
from app.door import requires
from app.errors import Wrong, wrong
from app.incidents import replies
from app.service_hours import NeverOpen, Pause
from app.shapes import Instant, Shape, Text, choice, instant

deadlines = Blueprint(
    "deadlines_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/deadlines",
    description="Working out a deadline",
)


class PauseIn(Shape):
    begin = Instant(required=True, data_key="from")
    end = Instant(allow_none=True, data_key="to")


class PreviewArgs(Shape):
    priority = choice(("P1", "P2", "P3", "P4"), required=True)
    agreement = Text(80, allow_none=True)
    contract = ContractWord()
    started_at = Instant(required=True)
    pauses = fields.List(
        fields.Nested(PauseIn), load_default=list, validate=validate.Length(max=200)
    )


@deadlines.route("/preview")
class DeadlinePreview(MethodView):
    @requires("deadline.preview")
    @deadlines.arguments(PreviewArgs)
    @deadlines.response(200, replies.Preview)
    def post(self, body: dict[str, Any]) -> Response:
        """When it would be due, and which stretches of time count."""
        pauses = _pauses(body)
        agreement = _agreement(body)
        clocks = [
            _preview(agreement, metric, target, body["started_at"], pauses)
            for metric in Metric
            if (target := agreement.terms.targets_of(metric).get(body["priority"])) is not None
        ]
        return reply({"clocks": clocks})


def _agreement(body: dict[str, Any]) -> AgreementInForce:
    on = body["started_at"].astimezone(LONDON).date()
    key = body.get("agreement")
    if body.get("contract"):
        if key:
            raise wrong("contract", "Name an agreement or a contract, not both.")
        key = agreement_of_contract(body["contract"])
    if not key:
        return agreement_in_force(Kind.SLA, on)
    try:
        return agreement_by_key(key, on)
    except LookupError:
        raise wrong("agreement", "There is no agreement of that key.") from None


def _pauses(body: dict[str, Any]) -> list[Pause]:
    pauses = [(one["begin"], one.get("end")) for one in body["pauses"]]
    for number, (begin, end) in enumerate(pauses):
        if end is not None and end < begin:
            raise Wrong({f"pauses.{number}": ["A pause cannot end before it begins."]})
        if begin < body["started_at"]:
            raise Wrong({f"pauses.{number}": ["A pause cannot begin before the start."]})
    return pauses


def _preview(
    agreement: AgreementInForce,
    metric: Metric,
    target: Target,
    start: datetime,
    pauses: list[Pause],
) -> dict[str, Any]:
    try:
        found = preview(
            agreement.calendar_for(metric),
            target,
            start,
            [] if metric is Metric.RESPONSE else pauses,
        )
    except NeverOpen:
        raise wrong("started_at", "The agreement is not open for long enough after that.") from None
    return {
        "agreement": agreement.key,
        "metric": metric.value,
        "target_seconds": target.seconds,
        "target_working_days": target.working_days,
        "due_at": instant(found.due_at),
        "paused_seconds": found.paused_seconds,
        "stretches": [
            {
                "from": instant(one.began_at),
                "to": instant(one.ended_at),
                "counted": one.is_counted,
                "why": one.why,
            }
            for one in found.stretches
        ],
    }
