"""A part of a page drawn apart: inside the layers of a layout each row costs three times."""

from __future__ import annotations

from typing import Any

from flask import current_app
from markupsafe import Markup


def drawn(template: str, **context: Any) -> Markup:
    """Knows only what it is given, nothing of the frame around the page."""
    return Markup(current_app.jinja_env.get_template(template).render(context))
