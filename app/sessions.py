"""Who is signed in: Flask-Login's `current_user`, from a random cookie and our table of sessions.

The cookie holds nothing but the id, the table only its hash. There is no remember cookie and no
person in Flask's own session: sign-ins are listed and ended on the server.
"""

from __future__ import annotations

from flask import Flask, Request, Response, current_app, g, request, session
from flask_login import LoginManager, current_user

from app import clock
from app.people import front_door, passwords, rules
from app.people.actions import Browser
from app.people.identity import Me
from app.people.throttle import Throttle
from config import Settings

# A page's own polling keeps no session alive.
POLLING_HEADER = "X-Deskbell-Polling"


class _Login(LoginManager):
    def _update_remember_cookie(self, response: Response) -> Response:
        """We have none; looking would read Flask's session in every answer of the API too."""
        return response


login = _Login()
# Phones roam from address to address; the table says who is signed in.
login.session_protection = None


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    # Cookies know no ports: another program on this host may have set Flask-Login's usual one.
    app.config["REMEMBER_COOKIE_NAME"] = "deskbell-never-set"
    login.init_app(app, add_context_processor=False)
    passwords.use_cost(settings.argon2_time_cost, settings.argon2_memory_kib)
    app.extensions["throttle"] = Throttle(settings.redis_url, settings.role_prefix)


def cookie_name() -> str:
    """`__Host-` needs https; plain over http in development."""
    return "__Host-deskbell" if current_app.config["IS_HTTPS"] else "deskbell"


def person_of_request(slug: str | None) -> Me | None:
    """Whose browser this is, where they stand in the school of that slug: one statement."""
    g.slug = slug
    user = current_user._get_current_object()
    return user if user.is_authenticated else None


@login.request_loader
def _load(asked: Request) -> Me | None:
    secret = secret_of_request()
    if secret is None:
        return None
    is_activity = POLLING_HEADER not in asked.headers
    found = front_door.by_session(secret, g.slug, clock.now(), is_activity=is_activity)
    if found is None:
        current_app.logger.warning("a session cookie was refused at %s", asked.endpoint)
    return found


def secret_of_request() -> str | None:
    secret = request.cookies.get(cookie_name())
    return secret if secret and len(secret) <= 100 else None


def throttle() -> Throttle:
    found: Throttle = current_app.extensions["throttle"]
    return found


def this_browser(email: str, *, is_shared_computer: bool) -> Browser:
    """What the sign-in log keeps of where a try comes from."""
    key = current_app.config["SECRET_KEY"]
    return Browser(
        device=rules.device_name(request.user_agent.string),
        account=rules.trace(key, "account", email),
        address=rules.trace(key, "address", rules.network(request.remote_addr or "")),
        is_shared_computer=is_shared_computer,
        old_secret=secret_of_request(),
    )


def start(person: Me) -> None:
    """From here on this request is theirs. Forms that were open for somebody else, or for nobody,
    are no longer good; those of the same person are: their session ran out while they typed."""
    if session.get("person") != person.key:
        session.clear()
        session["person"] = person.key
    g.me = g._login_user = person


def whose_browser() -> str | None:
    """Who signed in here last and has not signed out (Me.key)."""
    found: str | None = session.get("person")
    return found


def give_cookie(response: Response, secret: str) -> None:
    response.set_cookie(
        cookie_name(),
        secret,
        secure=current_app.config["IS_HTTPS"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def take_cookie(response: Response) -> None:
    """Sign this browser out, and forget its forms."""
    session.clear()
    response.delete_cookie(cookie_name(), path="/", secure=current_app.config["IS_HTTPS"])
