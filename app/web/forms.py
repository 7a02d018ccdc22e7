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

SUBMISSION_ID = re.compile(r"[\x21-\x7e]{1,255}")


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

    def question(self, name: str, **replaced: Any) -> Question:
        """Everything the `field()` macro needs to draw one field."""
        return make_question(
            name, self.fields[name], self.values, self.errors.get(name, ()), replaced
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
        found = sorted(self.errors.items(), key=lambda item: self._order.get(item[0], -1))
        return [(self._link(name), sentence) for name, sentences in found for sentence in sentences]

    def _link(self, name: str) -> str:
        if name not in self.fields:
            return ""
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
