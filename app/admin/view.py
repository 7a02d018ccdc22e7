"""A page of Flask-Admin as we let it be.

Flask-Admin finds the views, lists, searches, filters, sorts and shows. All else of it is off:

- Only the routes named in `pages` exist. Deleting, bulk actions, inline edits, exports and its
  look-ups are not switched off but never registered; nor are its static files.
- Forms are ours (`Form`, one shape), and saving calls one action with a person's name on it. No
  WTForms form is made from a model, so no field can be set that a shape does not name.
- Each view runs inside `administering(…)`: what the office may not read, PostgreSQL does not give
  it. Overriding `get_query` would only have filtered the list (stack.md 2.3).
- An id is read strictly: foreign, absent and malformed ones are all simply not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from marshmallow import Schema, ValidationError
from sqlalchemy import BigInteger, or_
from werkzeug.wrappers import Response

from app import clock
from app.admin.said import TYPE_WORDS
from app.door import SecondFactorFirst, me, requires
from app.errors import NotThere
from app.history.queries import last_event_at_la
from app.people.second_factor import recently_proved
from app.permissions import may
from app.shapes import check_characters
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from tenants import administering, db

OFFICE = "authority.office"
PAGE_SIZE = 50
# Pages are counted from 0. Whoever looks further should narrow the list instead.
LAST_PAGE = 199
_LONGEST_SEARCH, _MOST_WORDS = 100, 5
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")
_FILTER = re.compile(r"flt[0-9]{1,3}_(.{1,100})")

Answer = str | Response | tuple[str, int]


class Fenced:
    """What every view of the office has, model or not."""

    admin: Any

    def is_accessible(self) -> bool:
        """A second lock behind the door's, which has asked already."""
        return may(me().all_roles, OFFICE)

    def inaccessible_callback(self, name: Any, **kwargs: Any) -> Response:
        raise NotThere

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own would call a view a second time after a TypeError inside it.
        with administering("the back office"):
            return fn(self, *args, **kwargs)


class OfficeView(Fenced, ModelView):
    """The list, the page and the form of one kind of thing."""

    # fmt: off
    can_delete = can_export = can_create = can_set_page_size = False
    can_view_details     = True
    column_display_actions = False
    column_editable_list = None
    action_disallowed_list = ("delete",)
    simple_list_pager    = True  # a count of the whole table is never made
    named_filter_urls    = True
    page_size            = PAGE_SIZE
    list_template        = "office/list.html"
    details_template     = "office/details.html"
    edit_template        = create_template = "office/edit.html"
    form                 = BaseForm
    column_type_formatters = column_type_formatters_detail = TYPE_WORDS
    # fmt: on

    _urls: list[Any]  # (address, name of the method, methods), as the class collected them
    pages: ClassVar[tuple[str, ...]] = ("index_view", "details_view", "edit_view")
    # `Person` as people say it, and where the name of a row stands.
    one: ClassVar[str]
    # Events of this kind of thing begin with it.
    event: ClassVar[str]
    # Words above the list and the form.
    intro: ClassVar[str] = ""
    form_intro: ClassVar[str] = ""
    # Headings in a long form, each above the field it is named for.
    headings: ClassVar[Mapping[str, str]] = {}

    def create_blueprint(self, admin: Any) -> Any:
        self._urls = [one for one in self._urls if one[1] in self.pages]
        return super().create_blueprint(admin)

    # --- what a kind of thing says of itself ---

    def title(self, row: Any) -> str:
        return str(row.name)

    def version(self, row: Any) -> int:
        return int(row.version)

    def look_up(self, rows: Sequence[Any]) -> None:
        """Fetch, in one statement for all rows, the names that formatters will show."""

    def sections(self, row: Any) -> list[dict[str, Any]]:
        """Tables under the facts of one row."""
        return []

    def links(self, row: Any) -> list[tuple[str, str]]:
        """(words, address) of what else can be done with it."""
        return []

    def shape(self, row: Any | None) -> Schema:
        raise NotImplementedError

    def start(self, row: Any | None) -> Mapping[str, Any]:
        """What the form shows first; with a row, what is saved now."""
        asked = self.shape(row).load_fields.keys() - {"reason", "version"}
        return {name: getattr(row, name, None) for name in asked}

    def choices(self, row: Any | None) -> Mapping[str, Any]:
        """What the fields offer, where the shape does not know."""
        return {}

    def save(self, row: Any | None, data: dict[str, Any]) -> tuple[Any, str]:
        """Do it. Answers the key of the row to show next, and the sentence that says it is done."""
        raise NotImplementedError

    # --- the pages ---

    @expose("/")
    @requires(OFFICE)
    def index_view(self) -> Answer:
        return str(super().index_view())

    @expose("/details/")
    @requires(OFFICE)
    def details_view(self) -> Answer:
        row = self._row()
        self.look_up([row])
        page: str = self.render(
            self.details_template,
            row=row,
            heading=self.title(row),
            facts=[
                (label, self._get_list_value(
                    None, row, name, self.column_formatters_detail,
                    self.column_type_formatters_detail,
                ))
                for name, label in self._details_columns
            ],
            sections=self.sections(row),
            links=self.links(row),
            edit_url=self._url("edit_view", row) if "edit_view" in self.pages else None,
        )  # fmt: skip
        return page

    @expose("/edit/", methods=("GET", "POST"))
    @requires(OFFICE)
    def edit_view(self) -> Answer:
        _prove_who_you_are()
        row = self._row(to_change=request.method == "POST")
        start = self.start(row)
        form = Form(self.shape(row), start)
        if form.is_posted and is_stale(self.version(row), is_needed=True):
            last = last_event_at_la(f"{self.event}.", self.title(row))
            said = changed_by(last.actor if last else None, last.at if last else None)
            status = form.stale(said, start, self.version(row))
            return self._form_page(form, row), status
        if not form.is_ready:
            return self._form_page(form, row), 422 if form.errors else 200
        return self._saved(form, row)

    @expose("/new/", methods=("GET", "POST"))
    @requires(OFFICE)
    def create_view(self) -> Answer:
        _prove_who_you_are()
        form = Form(self.shape(None), self.start(None))
        if not form.is_ready:
            return self._form_page(form, None), 422 if form.errors else 200
        return self._saved(form, None)

    def _saved(self, form: Form, row: Any | None) -> Answer:
        done: list[tuple[Any, str]] = []
        # Taken before: what is saved steps in and out of schools, and that forgets rows.
        key = None if row is None else self.get_pk_value(row)
        status = attempt(form, lambda: done.append(self.save(row, form.data)))
        if status:
            # What was begun is undone, so the row is read again.
            return self._form_page(form, key and self._find(str(key))), status
        key, sentence = done[0]
        flash(sentence, "success")
        return redirect(self.get_url(".details_view", id=key), 303)

    def _form_page(self, form: Form, row: Any | None) -> str:
        self.look_up([row] if row is not None else [])
        page: str = self.render(
            self.edit_template,
            form=form,
            heading=f"Change {self.title(row)}" if row is not None else f"New {self.one.lower()}",
            choices=self.choices(row),
            back_url=self._url("details_view", row) if row is not None
            else self.get_url(".index_view"),
            back_words=self.title(row) if row is not None else self.name,
            form_intro=self.form_intro,
            current_version=None if row is None else self.version(row),
        )  # fmt: skip
        return page

    # --- rows ---

    def _row(self, *, to_change: bool = False) -> Any:
        """The row that the address names. Raises NotThere."""
        given = request.args.getlist("id")
        row = self._find(given[0], to_change=to_change) if len(given) == 1 else None
        if row is None:
            raise NotThere
        return row

    def get_one(self, id: Any) -> Any:
        return self._find(str(id))

    def _find(self, text: str, *, to_change: bool = False) -> Any:
        columns = list(self.model.__table__.primary_key.columns)
        parts = text.split(",")
        if len(parts) != len(columns):
            return None
        key = []
        for part, column in zip(parts, columns, strict=True):
            most = 2**63 - 1 if isinstance(column.type, BigInteger) else 2**31 - 1
            if not (_NUMBER.fullmatch(part) and int(part) <= most):
                return None
            key.append(int(part))
        return db.session.get(self.model, tuple(key), with_for_update=to_change or None)

    def _url(self, page: str, row: Any) -> str:
        return str(self.get_url(f".{page}", id=self.get_pk_value(row)))

    # --- the list ---

    def search_placeholder(self) -> str:
        """`Name or e-mail address`; it is the label of the box, not a placeholder."""
        labels = [self.get_column_name(name) for name in self.column_searchable_list]
        return " or ".join((*labels[:1], *(label[0].lower() + label[1:] for label in labels[1:])))

    def narrowing(self, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """The boxes above the list. `given` has Flask-Admin's names: `flt0_role_is`."""
        known = {name.partition("_")[2]: value for name, value in given.items()}
        return [
            {
                "field": f"flt{number}_{arg}",
                "label": one.name,
                "options": one.get_options(self),
                "value": known.get(arg, ""),
            }
            for arg, (number, one) in (self._filter_args or {}).items()
        ]

    def get_list(self, page: Any, *args: Any, **more: Any) -> Any:
        _, rows = super().get_list(page, *args, **more)
        self._template_args.update(has_more=len(rows) > PAGE_SIZE, last_page=LAST_PAGE)
        self.look_up(rows[:PAGE_SIZE])
        return None, rows[:PAGE_SIZE]

    def _apply_pagination(self, query: Any, page: Any, page_size: Any) -> Any:
        """One row more than is shown says whether there is a next page."""
        return query.limit(PAGE_SIZE + 1).offset((page or 0) * PAGE_SIZE)

    def _get_list_extra_args(self) -> Any:
        """What an address asks for; whatever it cannot be asks for nothing."""
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), LAST_PAGE)
        asked.page_size = 0
        asked.search = _plain(asked.search)
        asked.extra_args = {}
        return asked

    def _get_list_filter_args(self) -> Any:
        found: dict[int, Any] = {}
        for name, value in request.args.items():
            known = _FILTER.fullmatch(name)
            arg = known and (self._filter_args or {}).get(known[1])
            if arg and value and arg[1].validate(value):
                found[arg[0]] = (arg[0], str(arg[1].name), value)
        return [found[number] for number in sorted(found)]

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> Any:
        """Every word in any of the columns. A % is a %, and ' finds ’ as well."""
        for word in search.split()[:_MOST_WORDS]:
            query = query.filter(
                or_(
                    *(
                        column.icontains(text, autoescape=True)
                        for column, _ in self._search_fields or ()
                        for text in {word, word.replace("'", "’")}
                    )
                )
            )
        return query, count_query, joins, count_joins

    def _apply_sorting(self, query: Any, joins: Any, sort_column: Any, sort_desc: Any) -> Any:
        known = sort_column if sort_column in self._sortable_columns else None
        query, joins = super()._apply_sorting(query, joins, known, sort_desc)
        return query.order_by(*self.model.__table__.primary_key.columns), joins


def _prove_who_you_are() -> None:
    """A browser that was left alone must not change who may do what."""
    if not recently_proved(me(), clock.now()):
        raise SecondFactorFirst


def _plain(search: str | None) -> str | None:
    """A search that PostgreSQL can be asked; broken characters ask for nothing."""
    try:
        check_characters(search or "")
    except ValidationError:
        return None
    return (search or "").strip()[:_LONGEST_SEARCH] or None
