"""The files that come with a form: taken before a row is locked, kept when the form comes back.

files = FilesOfForm()                  or FilesOfForm.of_incident(number)
form = Form(shape)
files.tell(form)                       what is wrong with them is a mistake of the form
…  act(brought=files.brought)          linked by the action that the form is for
return files.saved(answer)             or, after a refusal, files.keep_waiting()
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue as Answer

from app import answers, bell
from app.door import me
from app.errors import NotAllowed, Wrong
from app.files import intake, queries
from app.files.intake import FIELD, Brought, CannotKeep
from app.files.models import Attachment
from app.files.rules import FILES_A_FORM, OFFERED
from app.files.views_content import uploads_of
from app.incidents import queries as incidents
from app.incidents.models import Incident
from app.web.forms import Form
from tenants import db

# Hidden beside the input: files that an earlier try left waiting, and a tick to let one go.
KEPT, DROPPED = "kept_file", "dropped_file"


class FilesOfForm:
    """What this request brought. On a page that is only shown: nothing, or a draft's."""

    field = FIELD
    offered = OFFERED
    most = FILES_A_FORM

    def __init__(self, waiting: Sequence[str] = (), *, incident: Incident | None = None) -> None:
        self.is_offered = me().may("incident.attach")
        if incident is not None:
            self.is_offered = incidents.can_reach(me(), "incident.attach", incident)
        self.is_refused = False
        self.brought = Brought()
        self.away: CannotKeep | None = None
        self.sentences: list[str] = []
        if request.method == "POST":
            self._take()
        elif waiting:
            self.brought.waiting = [one.id for one in queries.waiting(_keys(waiting), by=me())]

    @classmethod
    def of_incident(cls, number: int) -> FilesOfForm:
        """What cannot be seen, or is not in reach, takes no files. Raises NotThere."""
        if request.method != "POST":
            return cls()
        incident = incidents.get_incident(me(), number)
        files = cls(incident=incident)
        # It was not locked meanwhile: whoever locks it now reads it anew.
        db.session.expire(incident)
        return files

    def tell(self, form: Form) -> None:
        """Before `form.is_ready` is asked. A store that is away is no mistake of the form's."""
        form.anchors[FIELD] = f"#{FIELD}"
        self.sentences = list(self.brought.sentences)
        if self.sentences:
            form.add_errors({FIELD: self.sentences})

    def keep_waiting(self, form: Form, status: int) -> int:
        """After a refusal: the page holds them, and the text. Returns the status to show it with.
        The transaction is another one afterwards."""
        if self.brought.fresh:
            try:
                intake.keep_waiting(self.brought, by=me())
            except Wrong as too_many:
                told = form.errors.get(FIELD, [])
                new = [one for one in too_many.errors[FIELD] if one not in told]
                form.add_errors({FIELD: new})
                self.sentences += new
        if self.is_refused:
            return NotAllowed.status
        if self.away is None:
            return status
        self.sentences = [self.away.sentence]
        form.add_errors({FIELD: self.sentences})
        return self.away.status

    def saved(self, answer: Answer) -> Answer:
        """The form's own answer. If a file could not be kept, what was typed was all the same."""
        if self.away is None:
            return answer
        response = make_response(answer)
        answers.keep(response)
        intake.save_now()
        bell.ring_for(db.session())
        page = render_template(
            "incidents/without_file.html",
            said=self.away.sentence,
            location=response.headers.get("Location"),
        )
        return page, self.away.status

    @property
    def waiting(self) -> list[Attachment]:
        """Those that the page shows and sends again."""
        return queries.waiting(self.brought.waiting, by=me())

    @property
    def keys(self) -> list[str]:
        """Of everything that came, for a draft to name."""
        fresh = [row["id"] for row in self.brought.fresh]
        return [str(one) for one in (*self.brought.waiting, *fresh)]

    def _take(self) -> None:
        uploads = uploads_of(FIELD)
        dropped = set(request.form.getlist(DROPPED))
        kept = [one for one in request.form.getlist(KEPT) if one not in dropped]
        if not uploads and not kept:
            return
        if not self.is_offered:
            self.is_refused = True
            self.brought.sentences.append("Your role does not allow files here.")
            return
        try:
            self.brought = intake.take(uploads, by=me(), waiting=_keys(kept), is_page=True)
        except CannotKeep as away:
            current_app.logger.warning(
                "a file could not be kept: %s", type(away.__cause__).__name__
            )
            self.away = away
            self.brought = Brought(waiting=_keys(kept))


def _keys(texts: Sequence[str]) -> list[UUID]:
    """One that is no key is none of ours, and is refused like one that is gone."""
    found = [queries.key_in(text) for text in dict.fromkeys(texts)]
    return [one or UUID(int=0) for one in found]
