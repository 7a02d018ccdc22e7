"""Where the pages of incidents are registered; views.py and its sisters import it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("incidents", __name__, template_folder="templates")
