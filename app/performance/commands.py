"""`flask figures`: make the kept figures anew, or compare them with a direct count."""

from __future__ import annotations

from random import Random

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import clock
from app.performance import checking, folding, la_checking, rollup
from app.performance.depth import counting
from tenants import School, acting_in, administering, db


@click.group()
def figures() -> None:
    """How well support is kept."""


@figures.command()
@click.option("--school", "slug", help="Only this school, by its slug; without it all of them.")
@with_appcontext
def rebuild(slug: str | None) -> None:
    """Throw away what is counted and count it anew from incidents, turns and clocks."""
    for school_id, name in _schools(slug):
        with acting_in(school_id):
            counted = rollup.rebuild()
            counting.rebuild()
            db.session.commit()
        if counted:
            click.echo(f"{name}: {counted:,} incidents")
    # Also after one school: what was wrong in it was taken off sums that never had it.
    with administering("sums of all schools"):
        for month in la_checking.months():
            la_checking.mend(month)
            db.session.commit()
    folding.fold_all(db.session.commit)


@figures.command()
@click.option("--school", "slug", help="Only this school, by its slug; without it all of them.")
@with_appcontext
def check(slug: str | None) -> None:
    """Compare with a direct count, and change nothing; ends with 1 where they differ."""
    dice = Random(clock.today().toordinal())
    wrong = 0
    for school_id, name in _schools(slug):
        with acting_in(school_id):
            found = checking.drift(dice)
        if found:
            wrong += 1
            click.echo(
                f"{name}: {len(found.incidents)} incidents are counted otherwise, "
                f"{found.sums} sums are wrong"
            )
    if slug is None:
        wrong += _check_all_schools()
    if wrong:
        raise click.ClickException("Run `flask figures rebuild`.")
    click.echo("The figures are what a direct count gives.")


def _check_all_schools() -> int:
    wrong = {month: sum(la_checking.wrong_sums(month).values()) for month in la_checking.months()}
    for month, many in wrong.items():
        if many:
            click.echo(f"All schools: {many} sums of {month:%B %Y} are wrong")
    return sum(wrong.values())


def _schools(slug: str | None) -> list[tuple[int, str]]:
    with administering("whose figures are looked at"):
        wanted = select(School.id, School.slug).order_by(School.id)
        if slug is not None:
            wanted = wanted.where(School.slug == slug)
        found = [(number, name) for number, name in db.session.execute(wanted)]
    if not found:
        raise click.ClickException("There is no such school.")
    return found
