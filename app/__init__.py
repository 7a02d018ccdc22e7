"""create_app: the table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config import Settings, load_settings

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application. Raises BadSetting when it must not start."""
    # Inside, so that migrations and workers can import a model without the pages.
    from flask import Flask

    from app import bell, cli, door, frame, models, own_forms, problems, sessions, web
    from app.locations.actions import add_presets
    from app.schools.opening import begins_with
    from tenants import db
    from tenants.context import use_role_prefix

    assert models.people  # every table is known before the first statement
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    _configure(app, settings)
    use_role_prefix(settings.role_prefix)
    begins_with(add_presets)
    db.init_app(app)
    bell.init_app(app, settings.redis_url, settings.role_prefix)
    web.init_app(app)
    sessions.init_app(app)
    own_forms.init_app(app)
    door.init_app(app)
    frame.init_app(app)
    problems.init_app(app)
    _register_pages(app)
    _register_api(app)
    cli.init_app(app)
    door.check_every_route(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        IS_HTTPS=settings.is_https,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": settings.pool_size,
            "max_overflow": 2,
            "pool_timeout": 5,
            # What somebody typed must not reach a log through an error message.
            "hide_parameters": True,
            "connect_args": {"connect_timeout": 3, "application_name": "deskbell-web"},
        },
        SESSION_COOKIE_NAME="__Host-form" if settings.is_https else "deskbell-form",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=1000,
        API_TITLE="Deskbell",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )


def _register_pages(app: Flask) -> None:
    from app import health
    from app.history.views import pages as history
    from app.incidents.views import pages as incidents
    from app.locations.views import pages as locations
    from app.people.views import pages as people
    from app.schools.views import pages as schools

    for pages in (health.pages, people, history, schools, locations, incidents):
        app.register_blueprint(pages)


def _register_api(app: Flask) -> None:
    from app.api import docs
    from app.api.body import QuietApi
    from app.incidents.api import incidents
    from app.incidents.deadlines_api import deadlines
    from app.incidents.queue_api import queue
    from app.locations.api import locations
    from app.schools.api import schools

    api = QuietApi(app)
    for resources in (schools, locations, incidents, queue, deadlines):
        api.register_blueprint(resources)
    docs.init_app(app, api)
