"""The LA's packs and a school's own agreements as JSON. What a change would move is answered by
`incidents/what_if_api.py`: the incidents live in a room above this one."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.contracts import agreements_actions, la_packs, schemas
from app.contracts import agreements_queries as queries
from app.contracts.models import Agreement, LaAgreement
from app.contracts.shown import agreement_shown, choice_shown, pack_shown
from app.door import me, requires
from app.shapes import PageArgs
from tenants import across_schools, administering

packs = Blueprint(
    "packs_api",
    __name__,
    url_prefix="/api/v1/service_levels",
    description="What the LA promises: packs that schools go by",
)
agreements = Blueprint(
    "agreements_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>",
    description="A school’s own agreements, and which it goes by",
)
_WRITE = "a pack of the LA is written"


# --- the LA's ---


@packs.route("")
class Packs(MethodView):
    @requires("authority.packs_view")
    @packs.arguments(schemas.PackArgs, location="query")
    @packs.response(200, schemas.PackPage)
    def get(self, args: dict[str, Any]) -> Response:
        """Each with its newest version, by name. Examples are for copying only."""
        scope = f"service_levels {args.get('kind', '')}"
        after = read_cursor(scope, args.get("after"))
        with across_schools("the packs of the LA"):
            found = queries.page_of_packs(
                after=(after[0], after[1]) if after else None,
                limit=args["limit"] + 1,
                kind=args.get("kind"),
            )
            page, rest = found[: args["limit"]], found[args["limit"] :]
            newest = queries.newest_of_each([one.id for one in page])
            items = [pack_shown(one, newest[one.id]) for one in page]
            cursor = make_cursor(scope, [page[-1].name, page[-1].id]) if rest else None
        return reply({"items": items, "next": cursor})

    @requires("authority.packs")
    @packs.arguments(schemas.NewPackBody)
    @packs.response(201, schemas.PackWithVersions)
    def post(self, body: dict[str, Any]) -> Response:
        """Add a pack. It answers its key; a school goes by it once it chooses it."""
        written = schemas.written(body)
        with administering(_WRITE):
            pack = la_packs.add_pack(written, by=me())
            return _pack(pack, 201, url_for("packs_api.OnePack", key=pack.key))


@packs.route("/<slug:key>")
class OnePack(MethodView):
    @requires("authority.packs_view")
    @packs.response(200, schemas.PackWithVersions)
    def get(self, key: str) -> Response:
        """One pack with its versions, the newest first."""
        with across_schools("the packs of the LA"):
            return _pack(queries.get_pack(key))

    @requires("authority.packs")
    @packs.arguments(schemas.VersionBody)
    @packs.response(200, schemas.PackWithVersions)
    def put(self, body: dict[str, Any], key: str) -> Response:
        """Its next version, from a day on. Open clocks keep their targets unless `for_open`."""
        return _next_version(body, key, 200)


@packs.route("/<slug:key>/versions")
class PackVersions(MethodView):
    @requires("authority.packs")
    @packs.arguments(schemas.VersionBody)
    @packs.response(201, schemas.PackWithVersions)
    def post(self, body: dict[str, Any], key: str) -> Response:
        """The same as PUT of the pack: its next version."""
        return _next_version(body, key, 201)


def _next_version(body: dict[str, Any], key: str, status: int) -> Response:
    with administering(_WRITE):
        pack = queries.get_pack(key, to_change=True)
        check_version(queries.versions_of(pack.id)[0].number)
        la_packs.add_version(pack, schemas.written(body), by=me())
        there = url_for("packs_api.OnePack", key=key) if status == 201 else None
        return _pack(pack, status, there)


def _pack(pack: LaAgreement, status: int = 200, there: str | None = None) -> Response:
    versions = queries.versions_of(pack.id)
    shown = pack_shown(pack, versions[0], versions)
    return reply(shown, status, version=versions[0].number, location=there)


# --- a school's own ---


@agreements.route("/agreements")
class Agreements(MethodView):
    @requires("agreement.view")
    @agreements.arguments(PageArgs, location="query")
    @agreements.response(200, schemas.AgreementPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The school's own, by name, each with its newest version and what waits to be signed."""
        school = me().school
        scope = f"agreements {school.slug if school else ''}"
        after = read_cursor(scope, args.get("after"))
        found = queries.page_of_agreements(
            after=(after[0], after[1]) if after else None, limit=args["limit"] + 1
        )
        page, rest = found[: args["limit"]], found[args["limit"] :]
        newest = queries.newest_of_each_own([one.id for one in page])
        items = [agreement_shown(one, newest.get(one.id)) for one in page]
        cursor = make_cursor(scope, [page[-1].name, page[-1].id]) if rest else None
        return reply({"items": items, "next": cursor})

    @requires("agreement.edit")
    @agreements.arguments(schemas.AgreementBody)
    @agreements.response(201, schemas.AgreementWithVersions)
    def post(self, body: dict[str, Any]) -> Response:
        """Write one. It is a draft until the ICT owner signs it."""
        agreement = agreements_actions.write_agreement(schemas.written(body), by=me())
        there = url_for("agreements_api.OneAgreement", key=agreement.key)
        return _agreement(agreement, 201, there)


@agreements.route("/agreements/<slug:key>")
class OneAgreement(MethodView):
    @requires("agreement.view")
    @agreements.response(200, schemas.AgreementWithVersions)
    def get(self, key: str) -> Response:
        """One agreement with its signed versions, the newest first."""
        return _agreement(queries.get_agreement(key))

    @requires("agreement.edit")
    @agreements.arguments(schemas.ProposalBody)
    @agreements.response(200, schemas.AgreementWithVersions)
    def put(self, body: dict[str, Any], key: str) -> Response:
        """Propose other terms from a day on; they count once they are signed."""
        agreement = _to_change(key)
        agreements_actions.propose(agreement, schemas.written(body), by=me())
        return _agreement(agreement)


@agreements.route("/agreements/<slug:key>/proposal")
class Proposal(MethodView):
    @requires("agreement.edit")
    @agreements.response(200, schemas.AgreementWithVersions)
    def delete(self, key: str) -> Response:
        """Take back what was proposed and not signed."""
        agreement = _to_change(key)
        agreements_actions.withdraw_proposal(agreement, by=me())
        return _agreement(agreement)


@agreements.route("/agreements/<slug:key>/signature")
class Signature(MethodView):
    @requires("agreement.sign")
    @agreements.response(200, schemas.AgreementWithVersions)
    def put(self, key: str) -> Response:
        """The ICT owner signs: what was proposed is a version from its day on."""
        agreement = _to_change(key)
        agreements_actions.sign(agreement, by=me())
        return _agreement(agreement)


@agreements.route("/agreements/<slug:key>/ending")
class Ending(MethodView):
    @requires("agreement.sign")
    @agreements.arguments(schemas.EndingBody)
    @agreements.response(200, schemas.AgreementWithVersions)
    def put(self, body: dict[str, Any], key: str) -> Response:
        """From a day on nobody can choose it. Not while the school goes by it."""
        agreement = _to_change(key)
        agreements_actions.end_agreement(agreement, on=body.get("on"), by=me())
        return _agreement(agreement)


@agreements.route("/agreement_choices")
class AgreementChoices(MethodView):
    @requires("agreement.view")
    @agreements.response(200, schemas.Choices)
    def get(self) -> Response:
        """Which agreement the school goes by and from which day, the latest first. Where it has
        chosen none, the LA's default."""
        return reply({"items": [choice_shown(one) for one in queries.choices()]})

    @requires("agreement.edit")
    @agreements.arguments(schemas.ChoiceBody)
    @agreements.response(201, schemas.ChoiceOut)
    def post(self, body: dict[str, Any]) -> Response:
        """From a day on the desk (`ola`) or the LA's support (`sla`) goes by this agreement."""
        choice = agreements_actions.choose(**schemas.chosen(body), by=me())
        (found,) = queries.choices(number=choice.id)
        return reply(choice_shown(found), 201, location=url_for("agreements_api.AgreementChoices"))


def _to_change(key: str) -> Agreement:
    agreement = queries.get_agreement(key, to_change=True)
    check_version(agreement.version)
    return agreement


def _agreement(agreement: Agreement, status: int = 200, there: str | None = None) -> Response:
    versions = queries.own_versions_of(agreement.id)
    newest = next(iter(versions), None)
    shown = agreement_shown(agreement, newest, versions)
    return reply(shown, status, version=agreement.version, location=there)
