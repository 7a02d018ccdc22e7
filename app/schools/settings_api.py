"""The settings of a school's desk as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.manners import check_version
from app.api.reply import reply
from app.door import me, requires
from app.schools import settings_actions
from app.schools.settings_schemas import SettingsIn, SettingsOut
from app.shapes import instant

settings = Blueprint(
    "desk_settings_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/settings",
    description="How a school’s desk works",
)


@settings.route("")
class DeskSettingsOfSchool(MethodView):
    @requires("desk.settings")
    @settings.response(200, SettingsOut)
    def get(self) -> Response:
        """What the desk has decided for itself. Version 0: nothing yet, all is as usual."""
        return _shown()

    @requires("desk.settings")
    @settings.arguments(SettingsIn)
    @settings.response(200, SettingsOut)
    def put(self, body: dict[str, Any]) -> Response:
        """All of it; what is left out is as usual again. Needs If-Match."""
        _, row = settings_actions.saved()
        version = row.version if row else 0
        check_version(version, is_needed=True)
        settings_actions.change_settings(body, version=version, by=me())
        return _shown()


def _shown() -> Response:
    values, row = settings_actions.saved()
    shown = {
        **values,
        "channels": list(values["channels"]),
        "advisor_categories": list(values["advisor_categories"]),
        "updated_by": row.updated_by if row else None,
        "updated_at": instant(row.updated_at) if row else None,
        "version": row.version if row else 0,
    }
    return reply(shown, version=shown["version"])
