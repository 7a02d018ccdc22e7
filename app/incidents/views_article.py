"""What solved an incident becomes an article: its words stand in the form."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.incidents.blueprint import pages
from app.incidents.reading import open_to_read
from app.incidents.views_steps import ONE, reference_of
from app.knowledge.schemas import SYMPTOMS, ArticleIn
from app.web.forms import Form

_KINDS = {"workaround": "workaround", "temporary_fix": "workaround"}


@pages.get(f"{ONE}/article")
@requires("article.write")
def article(number: int) -> Answer:
    incident = open_to_read(me(), number)
    if incident.is_sensitive:
        flash("It is marked sensitive, so nothing of it goes into an article.", "error")
        return redirect(url_for(".show", number=number), 303)
    noticed = [incident.happened, incident.error_text]
    start = {
        "title": incident.title,
        "symptoms": "\n".join(one for one in noticed if one)[:SYMPTOMS] or incident.title,
        "text": incident.resolution_text or incident.workaround or "",
        "kind": _KINDS.get(incident.resolution_type or "", "resolution"),
        "category": incident.category,
        "audience": "everyone",
    }
    return render_template(
        "knowledge/article.html",
        form=Form(ArticleIn, start, is_posted=False),
        article=None,
        reference=None,
        source=reference_of(number),
    )
