"""The page on which a school's desk decides how it works."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.schools import settings_actions
from app.schools.desk_settings import settings_here
from app.schools.settings_schemas import CHANNELS, Settings
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

pages = Blueprint("desk_settings", __name__, template_folder="templates")


@pages.app_template_global()
def agreed_channels(chosen: str | None = None) -> list[tuple[str, str]]:
    """What a page offers where somebody logs for others: the ways that were agreed (R24). Nothing
    is refused that came another way; it stands in the report as what it was."""
    agreed = settings_here().channels
    return [(key, words) for key, words in CHANNELS.items() if key in agreed or key == chosen]


@pages.route("/<slug:school>/settings", methods=["GET", "POST"])
@requires("desk.settings")
def change() -> Answer:
    values, row = settings_actions.saved()
    version = row.version if row else 0
    form = Form(Settings, values)
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(version, is_needed=True):
        who, at = (row.updated_by, row.updated_at) if row else (None, None)
        status = form.stale(changed_by(who, at), values, version)
    elif form.is_ready:
        status = attempt(form, lambda: _save(form.data, version))
        if not status:
            flash("The settings are saved.", "success")
            return redirect(url_for(".change"), 303)
    return render_template("schools/settings.html", form=form, current=version), status


def _save(values: dict[str, Any], version: int) -> None:
    settings_actions.change_settings(values, version=version, by=me())
