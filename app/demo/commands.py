"""`flask demo accounts`: who signs in to the demo."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.demo.accounts import read_accounts


@click.group()
def demo() -> None:
    """The demo authority."""


@demo.command()
def accounts() -> None:
    """Print the demo's people as JSON: role, email, password, school."""
    found = read_accounts()
    if not found:
        raise click.ClickException("There is no demo here yet: run `make run` first.")
    click.echo(json.dumps(found, indent=1))


@demo.command("far-ids")
@with_appcontext
def far_ids() -> None:
    """Before years are played to be packed: their ids shall meet nobody's."""
    from app.demo.packing.owner import as_owner, begin_far_up

    with as_owner(current_app.config["SETTINGS"]) as cursor:
        begin_far_up(cursor)


@demo.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def pack(file: Path) -> None:
    """Write the schools whose years were played to FILE: no passwords, nobody who can sign in."""
    from app.demo.packing import pack as packing
    from app.demo.packing.owner import as_owner

    with as_owner(current_app.config["SETTINGS"]) as cursor:
        size = packing.pack(cursor, file, click.echo)
    click.echo(f"{file}: {size / 1e6:.1f} MB")


@demo.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path), required=False)
@with_appcontext
def unpack(file: Path | None) -> None:
    """Load the years that come with Deskbell, or those in FILE, and count their figures."""
    from app.demo.load import is_demo, load_years

    if not is_demo():
        raise click.ClickException("This is not the demo: nothing is loaded among real schools.")
    click.echo(load_years(current_app.config["SETTINGS"], click.echo, file))


@demo.command()
@click.option("--schools", default=60, show_default=True, help="How many are played.")
@click.option("--first", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--last", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--per-week", default=4.0, show_default=True, help="Reports of a school in term.")
@click.option("--seed", default=1, show_default=True)
@click.option("--part", default="1/1", show_default=True, help="Of several run side by side.")
def years(
    schools: int, first: datetime, last: datetime, per_week: float, seed: int, part: str
) -> None:
    """Play years of incidents in the demo's schools, by the product's own actions."""
    from app.demo.load import is_demo
    from app.demo.years import town
    from workers.jobs import TASKS

    if not is_demo():
        raise click.ClickException("This is not the demo: nothing is played among real schools.")
    if last.date() >= clock.today():
        raise click.ClickException("Choose a last day that is past.")
    mine, of = (int(one) for one in part.split("/"))
    at_work = town.schools_at_work(schools, slice(mine - 1, None, of), first.date())
    span = town.span_of(first.date(), last.date(), per_week)
    steps: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    logged = 0
    for played in town.play(at_work, span, seed, TASKS, click.echo):
        logged += played.logged
        steps += played.steps
        refused += played.refused
    click.echo(json.dumps({"logged": logged, "steps": steps, "refused": refused}))
