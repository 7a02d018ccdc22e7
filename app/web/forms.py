"""A marshmallow schema as a page's form: what was typed, what is wrong with it, what it means.

form = Form(Resolution)
if form.is_ready:
    actions.resolve(incident, by=me(), **form.data)
    return redirect(...)
return form.page("incidents/resolve.html", incident=incident)
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import Flask, flash, render_template, request
from markupsafe import Markup
from marshmallow import Schema, ValidationError

from app.web import typed
from app.web.questions import Choice, Question, make_question
from app.web.saved import differs

SUBMISSION_ID = re.compile(r"[\x21-\x7e]{1,255}")
VERSION = re.compile(r"[0-9]{1,10}")
_COMPARE = (
    "What is saved now stands under each answer that differs from yours. "
    "Send it again to put yours in its place."
)
_LOOK = "Look at it, then send again what is still needed."
_SENT_WHEN_CHOSEN = frozenset({"radios", "checkbox", "checkboxes"})


class Form:
    """One schema bound to this request. `start` is what the form shows before anybody types.

    `is_posted=False`: the request was about another form, this one is only shown.
    """

    def __init__(
        self,
        shape: Schema | type[Schema],
        start: Mapping[str, Any] | None = None,
        *,
        is_posted: bool | None = None,
    ) -> None:
        self.schema = shape() if isinstance(shape, type) else shape
        self.fields = self.schema.load_fields
        self.is_posted = request.method == "POST" if is_posted is None else is_posted
        self.submission_id = submission_id() if self.is_posted else new_submission_id()
        self.errors: dict[str, list[str]] = {}
        self.data: dict[str, Any] = {}
        # Where the error summary leads for what the schema does not know: the form's files.
        self.anchors: dict[str, str] = {}
        self._saved: typed.Values | None = None
        sent = request.form.get("version", "") if self.is_posted else ""
        self._version = sent if VERSION.fullmatch(sent) else ""
        if self.is_posted:
            self.values = typed.as_typed(self.fields, request.form)
            self._load()
        else:
            self.values = typed.as_shown(self.fields, start or {})

    @property
    def is_ready(self) -> bool:
        """Somebody sent it and it makes sense."""
        return self.is_posted and not self.errors

    def page(self, template: str, **context: Any) -> tuple[str, int]:
        """The page with this form in it; 422 when it has mistakes, so that nothing is kept."""
        return render_template(template, form=self, **context), 422 if self.errors else 200

    def add_errors(self, errors: Mapping[str, Sequence[str]]) -> None:
        """What an action found wrong (`Wrong.errors`). The name "" is about the form as a whole."""
        for name, sentences in errors.items():
            self.errors.setdefault(name, []).extend(sentences)

    def stale(self, said: str, saved: Mapping[str, Any], version: int) -> int:
        """Somebody saved `saved` after this form was opened: `said` names who and when. Each field
        of `saved` that differs shows both texts; sending the page again means "mine after all"."""
        self._saved = {**self.values, **typed.as_shown(_only(self.fields, saved), saved)}
        self._version = self.values["version"] = str(version)
        then = _COMPARE if any(map(self._is_other, self.fields)) else _LOOK
        self.add_errors({"": [f"{said} Nothing of yours has been saved yet. {then}"]})
        return 412

    def version_to_send(self, current: int) -> str:
        """For the hidden field. A page with mistakes keeps the version it was opened on: what came
        in between has not been seen."""
        return self._version or str(current)

    def question(self, name: str, **replaced: Any) -> Question:
        """Everything the `field()` macro needs to draw one field."""
        return make_question(
            name, self.fields[name], self.values, self.errors.get(name, ()), replaced, self._saved
        )

    @property
    def posted_mark(self) -> Markup:
        """Stands in the `<form>` tag: a page that answers a POST is newer than any draft."""
        return Markup(" data-posted") if self.is_posted else Markup("")

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.fields)}

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(link, sentence) in the order of the page; no link when it is about no single field."""
        found = sorted(self.errors.items(), key=lambda item: self._place(item[0]))
        return [(self._link(name), sentence) for name, sentences in found for sentence in sentences]

    def _is_other(self, name: str) -> bool:
        kind = typed.kind_of(self.fields[name])
        # A field that this page does not ask for says nothing; an empty choice is not sent.
        is_asked = typed.first_input(name, kind) in request.form or kind in _SENT_WHEN_CHOSEN
        return is_asked and differs(name, kind, self._saved or {}, self.values)

    def _place(self, name: str) -> int:
        return self._order.get(name, len(self._order) if name in self.anchors else -1)

    def _link(self, name: str) -> str:
        if name not in self.fields:
            return self.anchors.get(name, "")
        return "#" + typed.first_input(name, typed.kind_of(self.fields[name]))

    def _load(self) -> None:
        raw, unreadable = typed.as_json(self.fields, self.values)
        try:
            self.data = self.schema.load(raw)
        except ValidationError as wrong:
            for name, messages in _by_field(wrong).items():
                if name not in unreadable:
                    field = self.fields.get(name)
                    key = "" if field is None else name
                    self.errors.setdefault(key, []).extend(typed.sentences(field, messages))
        self.errors.update(unreadable)


def _only(fields: Mapping[str, typed.Field], names: Mapping[str, Any]) -> dict[str, typed.Field]:
    return {name: field for name, field in fields.items() if name in names}


def _by_field(wrong: ValidationError) -> dict[str, Any]:
    messages = wrong.messages
    return messages if isinstance(messages, dict) else {"": messages}


def new_submission_id() -> str:
    """The idempotency key of a form that has not been sent yet."""
    return secrets.token_urlsafe(16)


def submission_id() -> str:
    """The key this POST came with; the same one goes back on a page with mistakes."""
    sent = request.form.get("submission_id", "")
    return sent if SUBMISSION_ID.fullmatch(sent) else new_submission_id()


def draft_done(key: str) -> None:
    """Say, across the redirect, that the browser's copy of `<form data-draft=key>` may go."""
    flash(key, "draft done")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["new_submission_id"] = new_submission_id


__all__ = [
    "Choice",
    "Form",
    "Question",
    "draft_done",
    "new_submission_id",
    "submission_id",
]
