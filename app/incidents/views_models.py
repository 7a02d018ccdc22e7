"""The page of makes and models (R110, R111): what each costs the desk."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from markupsafe import Markup

from app import clock
from app.assets.rules import TYPES
from app.door import me, requires
from app.incidents import of_assets
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.on_asset import tag_of

_LOOKED_BACK = timedelta(days=365)


@pages.app_template_filter()
def equipment(incident: Incident) -> Markup | str | None:
    """Its tag, leading to its page for whoever may read that."""
    tag = tag_of(incident)
    if tag is None or not me().may("asset.view"):
        return tag
    link = Markup('<a class="govuk-link" href="{}">{}</a>')
    return link.format(url_for("assets.show", key=tag), tag)


@pages.get("/<slug:school>/makes-and-models")
@requires("asset.view")
def makes_and_models() -> Answer:
    asked = request.args.get("type")
    kind = asked if asked in TYPES else None
    return render_template(
        "incidents/models.html",
        rows=of_assets.by_model(me(), clock.now() - _LOOKED_BACK, type=kind),
        types=TYPES,
        kind=kind,
    )
