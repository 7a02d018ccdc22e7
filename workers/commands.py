"""The two programs that run beside the web: `flask worker` and `flask ticker`."""

from __future__ import annotations

import logging
import signal
import threading
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import logs, safety
from config import BadSetting, Settings
from workers import doorbell
from workers.ticker import AnotherTicker, Ticker

_QUIET_SECONDS = 60.0


@click.command()
@with_appcontext
def worker() -> None:
    """Drain the outbox whenever the bell rings."""
    _begin()
    try:
        doorbell.work()
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


@click.command()
@with_appcontext
def ticker() -> None:
    """Ring the bell for what is due; one at a time in a deployment."""
    _begin()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        Ticker(app, stop).run()
    except AnotherTicker as error:
        raise click.ClickException("another ticker holds the lock") from error
    except BadSetting as error:
        raise click.ClickException(str(error)) from error


def _begin() -> None:
    """Speak, one line for each thing that happens and none for the same thing again and again; then
    wait for the database, without which there is nothing to do, and refuse what is not safe."""
    settings: Settings = current_app.config["SETTINGS"]
    logs.begin(settings.logs_as_json, NotAgain())
    try:
        safety.refuse(settings, say=logging.getLogger("deskbell").warning)
    except safety.Unsafe as reasons:
        click.echo(str(reasons), err=True)
        raise SystemExit(1) from None


class NotAgain(logging.Filter):
    """A server that is away is reported once, however often it is looked for."""

    def __init__(self) -> None:
        super().__init__()
        self._last_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said, now = record.getMessage(), time.monotonic()
        before = self._last_at.get(said, now - _QUIET_SECONDS)
        self._last_at[said] = now
        return now - before >= _QUIET_SECONDS
