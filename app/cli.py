"""Commands: prepare a database, load the demo, list routes. Each room adds its own beside them."""

from __future__ import annotations

import json
import time
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.demo.commands import demo
from app.door import PUBLIC, permissions_of
from app.notifications.commands import mail
from app.past.commands import history
from app.people.commands import people, tokens
from app.performance.commands import figures
from app.safety import check
from app.schools.commands import schools
from config import Settings
from workers.commands import ticker, worker


def init_app(app: Flask) -> None:
    for command in (check, prepare, upgrade, routes, demo, tokens, people, schools, mail):
        app.cli.add_command(command)
    for command in (history, figures):
        app.cli.add_command(command)
    for program in (ticker, worker):
        app.cli.add_command(program)


@click.command()
@click.option("--demo", "with_demo", is_flag=True, help="Load the demo authority too.")
@click.option("--years/--no-years", default=True, help="With two years of sixty of its schools.")
@with_appcontext
def prepare(with_demo: bool, years: bool) -> None:
    """Make roles, migrate, load what every deployment needs; say each step."""
    from app.demo.load import load_demo, load_years
    from tenants.roles import make_roles

    settings: Settings = current_app.config["SETTINGS"]
    if settings.admin_url and settings.migrator_url and settings.relay_url:
        logins = {
            "web": settings.database_url,
            "migrator": settings.migrator_url,
            "relay": settings.relay_url,
        }
        with _said("roles"):
            make_roles(settings.admin_url, settings.role_prefix, logins)
    _migrate(settings)
    if with_demo:
        with _said("demo authority") as told:
            told.append(load_demo())
    if with_demo and years:
        with _said("two years of sixty schools") as told:
            told.append(load_years(settings, lambda text: click.echo(f"    {text}")))


@click.command()
@with_appcontext
def upgrade() -> None:
    """Bring a running deployment's database to this release; the desk stays open meanwhile."""
    _migrate(current_app.config["SETTINGS"])


def _migrate(settings: Settings) -> None:
    from app.start import load_basics
    from migrations import InTheWay
    from migrations import upgrade as take_steps

    try:
        with _said("migrations") as told:
            steps = take_steps(settings, say=lambda text: click.echo(f"  {text}"))
            told.append(", ".join(steps) or "nothing new")
    except InTheWay as error:
        raise click.ClickException(str(error)) from error
    with _said("agreements, bank holidays"):
        load_basics()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@with_appcontext
def routes(as_json: bool) -> None:
    """Every route with its methods and the permission that opens it."""
    found = route_list(current_app)
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for one in found:
        click.echo(f"{'|'.join(one['methods']):24} {one['path']:64} {one['permission']}")


def route_list(app: Flask) -> list[dict[str, Any]]:
    """One entry a path and method set: path, methods, endpoint, permission."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            permissions = permissions_of(app, rule.endpoint, method)
            is_public = rule.endpoint in PUBLIC
            found.append(
                {
                    "path": rule.rule,
                    "methods": [method],
                    "endpoint": rule.endpoint,
                    "permission": "public" if is_public else " or ".join(permissions),
                }
            )
    return sorted(found, key=lambda one: (str(one["path"]), str(one["methods"])))


class _said:  # noqa: N801  (reads as a word in `with _said("roles")`)
    """Say a step and how long it took."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._told: list[str] = []

    def __enter__(self) -> list[str]:
        self._began = time.monotonic()
        return self._told

    def __exit__(self, error_type: object, error: object, traceback: object) -> None:
        if error is None:
            told = f": {self._told[0]}" if self._told else ""
            click.echo(f"  {self._step}{told} ({time.monotonic() - self._began:.1f} s)")
