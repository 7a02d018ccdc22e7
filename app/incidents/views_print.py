"""One incident on paper (R52): the sheet, the diagnostics sheet and the history, as far as the
reader may see them."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.incidents import queries, views_words
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.reading import open_to_read
from app.incidents.views_steps import ONE, reference_of

# More does not belong on paper; the page says so.
MOST = 500


@pages.get(f"{ONE}/print")
@requires("incident.view")
def on_paper(number: int) -> Answer:
    person = me()
    incident = open_to_read(person, number)
    events = queries.events_of(incident, person, limit=MOST + 1)
    checks = queries.checks_of(incident, limit=MOST) if person.may("incident.view_internal") else []
    return render_template(
        "incidents/on_paper.html",
        incident=incident,
        reference=reference_of(number),
        room=choices.room_name(incident),
        has_contact=not queries.follows_only(person, incident),
        checks=checks,
        events=[(event, views_words.happened(event)) for event in events[:MOST]],
        is_cut=len(events) > MOST,
        now=clock.now(),
    )
