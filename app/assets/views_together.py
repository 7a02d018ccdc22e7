"""Change many at once: what was ticked in the list, and what is to be said of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue as Answer

from app.assets import passing, rules
from app.assets.schemas import AssetFields
from app.assets.views import choices_for_form, name_people, pages
from app.door import me, requires
from app.shapes import LINE, Shape, Text, choice
from app.web.forms import Form


class Together(Shape):
    """What is left empty stays as it is."""

    location = AssetFields._declared_fields["location"]
    holder = AssetFields._declared_fields["holder"]
    status = choice(
        rules.STATUS_WORDS, allow_none=True, metadata={"label": "Status", "blank": "As it is"}
    )
    reason = Text(
        LINE, allow_none=True, metadata={"label": "Why?", "hint": "For lost, stolen or retired"}
    )
    funding = AssetFields._declared_fields["funding"]
    warranty_end = AssetFields._declared_fields["warranty_end"]
    contract = AssetFields._declared_fields["contract"]


@pages.route("/<slug:school>/assets/changes", methods=["GET", "POST"])
@requires("asset.edit")
def together() -> Answer:
    tags = _ticked()
    form = Form(Together)
    name_people(form, "holder")
    if not form.is_posted or form.errors or not tags:
        return _page(form, tags)
    said = {name: form.data[name] for name in passing.TOGETHER if form.data.get(name) is not None}
    if not said:
        form.add_errors({"": ["Say what is to change. What is left empty stays as it is."]})
        return _page(form, tags)
    outcome = passing.change_many(tags, by=me(), reason=form.data.get("reason"), **said)
    return render_template("assets/together_done.html", outcome=outcome)


def _page(form: Form, tags: Sequence[str]) -> Answer:
    if form.is_posted and not tags:
        form.add_errors({"": ["Tick something in the list first."]})
    return form.page("assets/together.html", tags=tags, **choices_for_form())


def _ticked() -> list[str]:
    given: list[Any] = request.values.getlist("pick")
    return sorted({str(one)[: rules.LONGEST_TAG] for one in given if one.strip()})[: passing.MOST]
