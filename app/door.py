"""In and out of a request: who asks, in which school, whether they may, and the commit.

A view never sees the school: the door takes it out of the URL and steps into it. Every endpoint
carries `@requires("thing.verb")` or stands in PUBLIC; `create_app` refuses to start otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.routing import BaseConverter, IntegerConverter

from app import answers, bell, clock, own_forms, sessions
from app.errors import NotAllowed, NotThere, Stale
from app.people.front_door import by_token
from app.people.identity import Me
from app.permissions import may
from config import Settings
from tenants import Binding, rebind
from tenants.context import FRONT_DOOR, SCHOOL
from tenants.db import db

# Pages that anybody may open. Keep it short.
PUBLIC = frozenset(
    {
        "people.sign_in",
        "people.sign_out",
        "second_factor.sign_in",
        "second_factor.sign_in_challenge",
        "people.roles_page",
        "invitations.accept",
        "diary.feed",
        "incidents.supplier_page",
        "incidents.supplier_says_it",
        "incidents.supplier_file",
        "incidents.supplier_thumbnail",
        "label_scans.scanned",
        "label_scans.scan_report",
        "resets.ask",
        "resets.asked",
        "resets.choose",
        "notifications.not_sent",
        "notifications.one_not_sent",
        "web.about",
        "web.accessibility",
        "health.alive",
        "health.ready",
        "metrics.scrape",
        "api.openapi",
        "api.docs",
    }
)
EVERYBODY = "account.own"
# The pages where a second factor is given or set up.
_HALF_SIGNED_IN = "second_factor."
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Pages that do not exist for anyone without the permission (reliability.md A35).
_HIDDEN = ("authority.",)

View = TypeVar("View", bound=Callable[..., Any])


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


class SecondFactorFirst(Exception):
    """The password was right; the second factor has not been given yet."""


class Number(IntegerConverter):
    """A per-school number. One that PostgreSQL could not hold is simply not there."""

    regex = r"[1-9][0-9]{0,8}"


class Slug(BaseConverter):
    """A school's or a register's key in an address; anything else is simply not there. Under
    `presets` the usual ones are offered: that is no key."""

    part_isolating = True  # the slash is only looked for: no key reaches over it
    regex = r"(?!presets(?:/|$))[a-z0-9][a-z0-9-]{0,99}"


class Tag(BaseConverter):
    """What stands on the label of a piece of equipment, in any case of letters."""

    regex = r"[A-Za-z0-9][A-Za-z0-9 ._#-]{0,79}"


class WrittenDay(BaseConverter):
    """A day as programs write it; a word in its place is another address."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def init_app(app: Flask) -> None:
    app.url_map.converters.update(number=Number, slug=Slug, tag=Tag, day=WrittenDay)
    app.before_request(_enter)
    app.after_request(_leave)
    app.url_defaults(_say_the_school)


def requires(*actions: str) -> Callable[[View], View]:
    """The permission that opens this view; with several, any of them."""

    def mark(view: View) -> View:
        view.permissions = actions  # type: ignore[attr-defined]
        return view

    return mark


def answers_first(answer: Callable[[], Response | None]) -> Callable[[View], View]:
    """What is tried before anybody is identified: an answer that gives nothing away, or None."""

    def mark(view: View) -> View:
        view.first_answer = answer  # type: ignore[attr-defined]
        return view

    return mark


def me() -> Me:
    """The person this request is for. Only behind a view that requires a permission."""
    found: Me = g.me
    return found


def permissions_of(app: Flask, endpoint: str, method: str) -> tuple[str, ...]:
    """What `@requires` said of a view; empty if it said nothing."""
    view: Any = app.view_functions[endpoint]
    if view_class := getattr(view, "view_class", None):
        view = getattr(view_class, ("get" if method == "HEAD" else method).lower(), view)
    found: tuple[str, ...] = getattr(view, "permissions", ())
    return found


def is_hidden(actions: tuple[str, ...]) -> bool:
    """Whether a page with these permissions does not exist for anyone without them."""
    return any(action.startswith(_HIDDEN) for action in actions)


def is_api() -> bool:
    return request.path.startswith("/api/")


def _enter() -> Response | None:
    g.me = None
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    if request.endpoint in PUBLIC:
        own_forms.check()
        return None
    first = getattr(current_app.view_functions[request.endpoint], "first_answer", None)
    if first is not None and (answer := first()) is not None:
        return answer  # type: ignore[no-any-return]
    view_args = request.view_args or {}
    slug = view_args.pop("school", None)
    _read_body()
    rebind(Binding(FRONT_DOOR))
    person = _identify(slug)
    if person is None:
        g.is_nobody = True  # for the limits: what opens nothing counts for its address
        raise NotSignedIn
    _check_second_factor(person)
    if slug is not None and (person.school is None or not person.roles):
        raise NotThere
    _check_permission(person)
    own_forms.check()
    g.me = person
    if person.school is not None:
        rebind(Binding(SCHOOL, person.school.id))
    return answers.given_before(person)


def _read_body() -> None:
    """Before the transaction begins: a slow sender must not hold one open."""
    if request.method not in _READING:
        is_form = not is_api() or request.mimetype == "multipart/form-data"
        request.get_data(cache=True, parse_form_data=is_form)


def _identify(slug: str | None) -> Me | None:
    if is_api():
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return by_token(secret.strip(), slug, clock.now()) if scheme.lower() == "bearer" else None
    return sessions.person_of_request(slug)


def _check_second_factor(person: Me) -> None:
    """A program gives none: who makes a token proves freshly who they are, and what they made when
    less was asked of them ends as they become more (leavers.needs_more_proof)."""
    assert request.endpoint is not None
    settings: Settings = current_app.config["SETTINGS"]
    if is_api() or request.endpoint.startswith(_HALF_SIGNED_IN):
        return
    if person.owes_second_factor(is_required=settings.is_second_factor_required):
        raise SecondFactorFirst


def _check_permission(person: Me) -> None:
    assert request.endpoint is not None
    actions = permissions_of(current_app, request.endpoint, request.method)
    # A page without a school is for whoever holds the permission anywhere; their own account is
    # for everybody, also for somebody who belongs nowhere today.
    roles = person.roles if person.school is not None else person.all_roles
    if EVERYBODY not in actions and not any(may(roles, action) for action in actions):
        if is_hidden(actions):
            raise NotThere
        raise NotAllowed("Your role does not allow this.")
    if person.narrowed_to_school is not None and person.school is None and EVERYBODY not in actions:
        raise NotAllowed("This token is good for one school only.")
    if person.is_read_only and request.method not in _READING:
        raise NotAllowed("This token can only read.")


def _leave(response: Response) -> Response:
    if not db.session.registry.has() or not db.session().in_transaction():
        return response
    if response.status_code >= 400:
        db.session.rollback()
        return response
    try:
        answers.keep(response)
        db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        return current_app.make_response(current_app.handle_user_exception(_stale(error)))
    except (DBAPIError, PoolTimeout) as error:
        db.session.rollback()
        return current_app.make_response(current_app.handle_user_exception(error))
    bell.ring_for(db.session())
    return response


def _stale(error: StaleDataError) -> Stale:
    stale = Stale("Somebody else changed this at the same moment. Look again and repeat.")
    stale.__cause__ = error
    return stale


def _say_the_school(endpoint: str, values: dict[str, Any]) -> None:
    person = g.get("me")
    if "school" in values or person is None or person.school is None:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "school"):
        values["school"] = person.school.slug


def check_every_route(app: Flask) -> None:
    """No view without a permission: a forgotten `@requires` must not be an open door."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.endpoint not in PUBLIC and not permissions_of(app, rule.endpoint, method):
                raise RuntimeError(f"{method} {rule.rule} says no permission (@requires).")
