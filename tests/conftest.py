"""Fixtures: the app on a fresh database with the cast, signed-in browsers, API clients."""

from __future__ import annotations

import gc
import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from app import clock
from tests.cast import CAST, Cast, Player
from tests.own_cluster import OwnCluster
from tests.own_cluster import own_cluster as make_own_cluster
from tests.servers import (
    Servers,
    Snapshot,
    copy_template,
    run_folder,
    use_database,
    use_folders_of,
    use_redis_of,
)

pytest_plugins = ("tests.ledger", "tests.order")

_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(50_000, 20, 50)
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.collectonly or config.option.help:
        return
    servers = Servers()
    config.stash[_SERVERS] = servers
    servers.start()


def pytest_collection_finish() -> None:
    """What is there by now stays, and most of what comes goes by itself: looking for circles in all
    of it again and again took a tenth of the time of every test."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers := config.stash.get(_SERVERS, None):
        servers.stop()


_SERVERS = pytest.StashKey[Servers]()


@pytest.fixture(scope="session")
def database_name() -> str:
    """One database a worker, made anew for each test that uses it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"desk_{worker}"
    use_database(name)
    use_redis_of(worker)
    use_folders_of(worker)
    return name


@pytest.fixture(scope="session")
def _snapshot(database_name: str) -> Snapshot:
    copy_template(database_name)
    return Snapshot(database_name)


@pytest.fixture(scope="session")
def _app(_snapshot: Snapshot) -> Flask:
    from app import create_app
    from config import load_settings

    app = create_app(load_settings())
    app.config.update(TESTING=True, PROPAGATE_BUGS=True)
    # To compile 300 templates takes seconds; what one worker has compiled the others read.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(run_folder()))
    return app


@pytest.fixture
def app(_app: Flask, _snapshot: Snapshot) -> Iterator[Flask]:
    """The application on a database with only the cast in it. No app context is held open."""
    _snapshot.restore()
    _forget_what_processes_keep(_app)
    yield _app
    with _app.app_context():
        from tenants import db

        # Its connections stay: a new one reads the whole catalogue again, which takes longer
        # than most tests.
        db.session.remove()


def _forget_what_processes_keep(app: Flask) -> None:
    from app.announcements.queries import forget_current
    from app.contracts.queries import forget_agreements
    from app.incidents.queue_counts import forget_counts
    from app.people.groups import forget_groups
    from app.reachability.queries import forget_desks
    from app.reports.la_overview_week import forget_what_is_kept

    forget_what_is_kept()
    forget_counts()
    forget_desks()
    forget_current()
    forget_agreements()
    forget_groups()
    bell = app.extensions["bell"]
    # A ring of the test before would swallow this one's; and so would a rest it was sent into.
    bell._last_bucket, bell._rest_until = 0, 0.0
    throttle = app.extensions["throttle"]
    throttle._rest_until, throttle._here = 0.0, type(throttle._here)()
    limiter = app.extensions["limiter"]
    limiter._rest_until = 0.0
    for part in ("_here", "_refused", "_counted_ahead"):
        setattr(limiter, part, type(getattr(limiter, part))())
    app.extensions["known_credentials"].clear()
    redis = bell._redis
    if redis is not None:
        redis.flushdb()


@pytest.fixture(scope="session")
def own_cluster(
    database_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OwnCluster]:
    """For tests that change roles."""
    with make_own_cluster(tmp_path_factory.mktemp("own") / "pg") as found:
        yield found


@pytest.fixture
def cast() -> Cast:
    return CAST


def _form_token(client: FlaskClient) -> str:
    """One that a form of this browser carries; reading it from a page would cost that page."""
    kept = secrets.token_hex(20)
    with client.session_transaction() as session:
        session["csrf_token"] = kept
    key = client.application.secret_key
    assert key is not None
    token: str = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(kept)
    return token


class Browser:
    """A werkzeug client that fills in the CSRF token, as a page does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = ""

    def get(self, path: str, **extra: Any) -> Any:
        response = self.client.get(path, **extra)
        is_page = response.mimetype == "text/html"
        found = _CSRF.search(response.get_data(as_text=True)) if is_page else None
        if found:
            self._token = found.group(1)
        return response

    def sign_in(self, player: Player) -> None:
        self._token = _form_token(self.client)
        answer = self.post("/sign-in", {"email": player.email, "password": CAST.password})
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)[:2000]
        self._token = _form_token(self.client)  # forms of the time before are no longer good

    def cookies(self) -> dict[str, str]:
        found = {name: self.client.get_cookie(name) for name in ("deskbell", "deskbell-form")}
        return {name: cookie.value for name, cookie in found.items() if cookie}

    def copy(self) -> Browser:
        """Another with the same cookies, which are as they were whatever becomes of these."""
        made = Browser(self.client.application.test_client())
        made._token = self._token
        for name, value in self.cookies().items():
            made.client.set_cookie(name, value)
        return made

    def post(self, path: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
        if not self._token:
            self.get("/account")
        return self.client.post(path, data={"csrf_token": self._token, **(data or {})}, **extra)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Player], Browser]:
    """`sign_in(cast.rita)` is a browser in which Rita is signed in."""

    def signed_in(player: Player) -> Browser:
        browser = Browser(app.test_client())
        browser.sign_in(player)
        return browser

    return signed_in


class Api:
    """A program with somebody's token. Paths begin after /api/v1."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(
            path: str, json: Any = None, headers: dict[str, str] | None = None, data: Any = None
        ) -> Any:
            extra = {"data": data} if json is None else {"json": json}
            return self._client.open(
                f"/api/v1{path}",
                method=method.upper(),
                headers={**self._headers, **(headers or {})},
                **extra,
            )

        return call


@pytest.fixture
def api(app: Flask) -> Callable[[Player], Api]:
    """`api(cast.sam).get("/queue")`"""
    return lambda player: Api(app.test_client(), player.token)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], datetime]:
    """`at("2026-01-13T09:10Z")` sets the clock."""

    def set_clock(text: str) -> datetime:
        instant = datetime.fromisoformat(text)
        monkeypatch.setattr(clock, "now", lambda: instant)
        return instant

    return set_clock


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent while the test runs; clear() it before what you count."""
    found: list[str] = []
    with app.app_context():
        from tenants import db

        engine = db.engine

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)
