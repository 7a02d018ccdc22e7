"""The pages about mail; each family of them is a module of its own."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("notifications", __name__, template_folder="templates")
PAGE_SIZE = 50
