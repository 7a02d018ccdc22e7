"""A schema as a form: what was typed is never lost, and what is wrong is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask, render_template_string
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from app.web.forms import Form

PAGE = """{% from "_macros.html" import field, error_summary, csrf %}
{{ error_summary(form) }}{{ csrf(form) }}
{% for name in form.fields %}{{ field(form, name) }}{% endfor %}"""


class Fault(Schema):
    class Meta:
        unknown = RAISE

    title = fields.String(
        required=True,
        validate=validate.Length(max=20),
        metadata={"label": "Title", "hint": "In a few words", "missing": "Enter a title"},
    )
    happened = fields.String(
        load_default=None, validate=validate.Length(max=100), metadata={"kind": "textarea"}
    )
    seen_before = fields.String(
        load_default=None,
        validate=validate.OneOf(["yes", "no"], ["Yes", "No, never"]),
        metadata={"kind": "radios"},
    )
    checked = fields.List(
        fields.String(),
        load_default=list,
        metadata={"choices": [("power", "Power"), ("cable", "Cable", "Both ends")]},
    )
    impact = fields.Integer(
        strict=True,
        load_default=3,
        validate=validate.OneOf([1, 2, 3]),
        metadata={"label": "Impact"},
    )
    occurred_at = fields.AwareDateTime(load_default=None)
    follow_up_on = fields.Date(load_default=None)
    sensitive = fields.Boolean(load_default=False, metadata={"label": "About safeguarding"})

    @validates_schema
    def check_the_whole(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("title") == "both":
            raise ValidationError("These two do not go together.")


# fmt: off
NOT_REAL = "Enter a real date, for example 13 1 2026"
IMPOSSIBLE_DATES = [
    (("31", "2", "2026", "9:00"),       NOT_REAL),
    (("1", "1", "26", "9:00"),          "Enter the year with four digits"),
    (("1", "1", "2026", ""),            "Enter a time, for example 9:10"),
    (("1", "1", "2026", "25:00"),       "Enter a time, for example 9:10"),
    (("", "1", "2026", "9:00"),         "The date needs a day, for example 13 1 2026"),
    (("١", "1", "2026", "9:00"),        NOT_REAL),
    (("9" * 40, "1", "2026", "9:00"),   NOT_REAL),
    (("9" * 5000, "1", "2026", "9:00"), NOT_REAL),
    (("29", "3", "2026", "1:30"),
     "That time does not exist: the clocks go forward in that hour"),
]
# fmt: on

FormOf = Callable[..., Form]


@pytest.fixture
def form_of(small_app: Flask) -> Iterator[FormOf]:
    """A Form as if these fields had been posted; without any, as if the page had been opened."""

    def make(sent: dict[str, Any] | None = None, start: dict[str, Any] | None = None) -> Form:
        method = "GET" if sent is None else "POST"
        context = small_app.test_request_context("/", method=method, data=sent)
        context.push()
        pushed.append(context)
        return Form(Fault, start)

    pushed: list[Any] = []
    yield make
    for context in reversed(pushed):
        context.pop()


def drawn(form: Form) -> str:
    return render_template_string(PAGE, form=form)


def test_an_opened_form_is_neither_ready_nor_wrong(form_of: FormOf) -> None:
    form = form_of()
    assert not form.is_ready
    assert form.errors == {}
    assert form.page("about.html")[1] == 200


def test_a_good_form_is_data_and_unknown_names_are_left_out(form_of: FormOf) -> None:
    form = form_of(
        {
            "title": " Dark  ",
            "happened": "a\r\nb",
            "checked": ["power", "cable"],
            "impact": "2",
            "occurred_at-day": "13",
            "occurred_at-month": "7",
            "occurred_at-year": "2026",
            "occurred_at-time": "9.05",
            "sensitive": "true",
            "csrf_token": "t",
            "submission_id": "key",
            "button": "send",
        }
    )
    assert form.is_ready
    assert form.submission_id == "key"
    assert form.data == {
        "title": "Dark",
        "happened": "a\nb",
        "seen_before": None,
        "checked": ["power", "cable"],
        "impact": 2,
        "occurred_at": datetime(2026, 7, 13, 8, 5, tzinfo=UTC),
        "follow_up_on": None,
        "sensitive": True,
    }


def test_a_box_without_its_tick_is_false(small_app: Flask) -> None:
    class Change(Schema):
        sensitive = fields.Boolean()

    for sent, meant in ({}, False), ({"sensitive": "true"}, True):
        with small_app.test_request_context("/", method="POST", data=sent):
            assert Form(Change).data == {"sensitive": meant}


def test_mistakes_keep_every_letter_and_answer_422(small_app: Flask, form_of: FormOf) -> None:
    form = form_of({"happened": "<b>  twice </b>", "checked": "cable", "follow_up_on-day": "x"})
    assert not form.is_ready
    assert form.errors == {
        "title": ["Enter a title"],
        "follow_up_on": ["The date needs a month, for example 13 1 2026"],
    }
    page, status = form.page("about.html")
    assert status == 422
    assert "<title>Error: " in page
    html = drawn(form)
    assert "&lt;b&gt;  twice &lt;/b&gt;</textarea>" in html
    assert 'value="cable" checked' in html
    assert 'name="follow_up_on-day" type="text" value="x"' in html


def test_the_summary_links_to_each_field_in_the_order_of_the_page(form_of: FormOf) -> None:
    form = form_of({"title": "x" * 21, "seen_before": "perhaps", "follow_up_on-day": "31"})
    assert form.problems == [
        ("#title", "Use at most 20 characters"),
        ("#seen_before", "Choose one of the answers: Seen before"),
        ("#follow_up_on-day", "The date needs a month, for example 13 1 2026"),
    ]
    html = drawn(form)
    for link, _ in form.problems:
        assert f'<a href="{link}">' in html
        assert f'id="{link[1:]}"' in html
    assert 'aria-describedby="title-hint title-error"' in html


def test_what_is_wrong_with_the_whole_stands_in_the_summary_alone(form_of: FormOf) -> None:
    form = form_of({"title": "both"})
    assert form.problems == [("", "These two do not go together.")]
    assert "<li>These two do not go together.</li>" in drawn(form)


def test_an_action_can_add_what_it_found(form_of: FormOf) -> None:
    form = form_of({"title": "Dark"})
    form.add_errors({"impact": ["The whole school is closed."]})
    assert not form.is_ready
    assert form.problems == [("#impact", "The whole school is closed.")]


@pytest.mark.parametrize(("parts", "sentence"), IMPOSSIBLE_DATES)
def test_a_date_that_cannot_be_is_said(
    form_of: FormOf, parts: tuple[str, ...], sentence: str
) -> None:
    names = ("day", "month", "year", "time")
    sent = {f"occurred_at-{name}": part for name, part in zip(names, parts, strict=True)}
    assert form_of({"title": "Dark", **sent}).errors == {"occurred_at": [sentence]}


def test_an_edit_begins_with_what_is_there(form_of: FormOf) -> None:
    form = form_of(
        start={
            "title": "Dark",
            "checked": ["power"],
            "impact": 1,
            "occurred_at": datetime(2026, 7, 13, 8, 5, tzinfo=UTC),
            "follow_up_on": date(2026, 1, 3),
            "sensitive": True,
        }
    )
    html = drawn(form)
    assert form.values["occurred_at-time"] == "9:05"
    assert 'name="follow_up_on-month" type="text" value="1"' in html
    assert '<option value="1" selected>1</option>' in html
    assert 'value="power" checked' in html
    assert 'value="true" checked' in html


def test_a_password_is_never_drawn_again(small_app: Flask) -> None:
    class SignIn(Schema):
        password = fields.String(required=True, metadata={"kind": "password"})

    sent = {"password": " correct horse "}
    with small_app.test_request_context("/", method="POST", data=sent):
        form = Form(SignIn)
        form.add_errors({"": ["The address or the password is wrong."]})
        assert form.data == {"password": " correct horse "}
        assert "correct horse" not in drawn(form)


def test_a_form_that_is_only_shown_reads_nothing_of_the_request(small_app: Flask) -> None:
    with small_app.test_request_context("/", method="POST", data={"title": "Theirs"}):
        form = Form(Fault, {"title": "Ours"}, is_posted=False)
        assert not form.is_ready
        assert form.errors == {}
        assert form.values["title"] == "Ours"


def test_each_form_has_its_own_key_and_a_strange_one_is_replaced(form_of: FormOf) -> None:
    assert form_of().submission_id != form_of().submission_id
    for strange in ("", "a b", "é", "x" * 256, "a\nb"):
        assert form_of({"submission_id": strange}).submission_id != strange


def test_a_page_may_offer_its_own_choices(form_of: FormOf) -> None:
    form = form_of(start={"seen_before": "no"})
    question = form.question(
        "seen_before",
        kind="select",
        choices={"Upstairs": [("no", "No")], "Below": [("yes", "Yes")]},
    )
    assert [group for group, _ in question.groups] == ["Upstairs", "Below"]
    assert [choice.is_chosen for choice in question.choices] == [True, False]


def test_optional_fields_say_so_and_required_ones_do_not(form_of: FormOf) -> None:
    form = form_of()
    assert form.question("title").label == "Title"
    assert form.question("happened").label == "Happened (optional)"
    assert form.question("sensitive").label == "About safeguarding"
