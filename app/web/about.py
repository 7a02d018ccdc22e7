"""Pages about the service itself, open to everybody."""

from __future__ import annotations

from flask import Blueprint, render_template

pages = Blueprint("web", __name__, template_folder="templates")


@pages.get("/about")
def about() -> str:
    return render_template("about.html")


@pages.get("/accessibility")
def accessibility() -> str:
    return render_template("accessibility.html")
