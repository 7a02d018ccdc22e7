"""`flask figures rebuild` and `flask figures check`."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import update

from app.performance.models import FigureDay
from tenants import acting_in, db
from tests.api.desk import bring
from tests.performance.test_rollup import row, school_id


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["figures", *words])


def test_figures_are_made_anew_and_compared(app, at):
    at("2026-01-12T09:00+00:00")
    bring(app, "resolved")
    row(app)
    assert run(app, "check").exit_code == 0
    with app.app_context(), acting_in(school_id(app)):
        db.session.execute(update(FigureDay).where(FigureDay.resolved > 0).values(resolved=7))
        db.session.commit()
    found = run(app, "check", "--school", "st-marys")
    assert found.exit_code == 1 and "sums are wrong" in found.output
    made = run(app, "rebuild")
    assert made.exit_code == 0 and "st-marys: 1 incidents" in made.output
    assert run(app, "check").exit_code == 0
    assert row(app)["resolved"] == 1


def test_a_school_that_is_not_there_is_said(app):
    found = run(app, "rebuild", "--school", "nowhere")
    assert found.exit_code == 1 and "no such school" in found.output
