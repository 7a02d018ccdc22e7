"""A small application with the frame and no database: pages, forms and headers need none."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import web


@pytest.fixture
def small_app() -> Flask:
    app = Flask("small", static_folder=None)
    app.config.update(TESTING=True, SECRET_KEY="only for these tests, and long enough")
    # Flask-WTF gives this in the real application.
    app.jinja_env.globals["csrf_token"] = lambda: "a-csrf-token"
    web.init_app(app)
    return app


@pytest.fixture
def browser(small_app: Flask) -> FlaskClient:
    return small_app.test_client()
