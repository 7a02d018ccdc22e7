"""By command: `flask tokens create EMAIL`, `list`, `revoke`; `flask people reset-second-factor`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app import clock
from app.people import actions, factor_resets, queries
from app.people.actions import Browser
from app.people.queries import Account
from tenants import School, at_the_front_door, db

LONGEST_DAYS = 365


tokens = AppGroup("tokens", help="API tokens of people: make, list, revoke.")


@tokens.command()
@click.argument("email")
@click.option("--school", "slug", help="Good for this school only.")
@click.option("--read-only", is_flag=True, help="Good for reading only.")
@click.option("--days", type=int, default=90, show_default=True, help="How long it is good.")
def create(email: str, slug: str | None, read_only: bool, days: int) -> None:
    """Print a new token for the person with this e-mail. It is shown this once."""
    if not 1 <= days <= LONGEST_DAYS:
        raise click.ClickException(f"--days must be from 1 to {LONGEST_DAYS}, not {days}.")
    with at_the_front_door():
        person = _person(email)
        token = actions.make_token(
            person.person_id,
            name="Made by command",
            school_id=_school(slug, person) if slug is not None else None,
            is_read_only=read_only,
            lasts=timedelta(days=days),
            now=clock.now(),
        )
        db.session.commit()
    click.echo(token)


@tokens.command("list")
@click.argument("email")
def list_tokens(email: str) -> None:
    """A person's tokens: id, made on, good until, state, and what narrows it."""
    with at_the_front_door():
        now = clock.now()
        for one in queries.tokens(_person(email).person_id):
            state = "revoked" if one.revoked_at else "expired" if one.expires_at <= now else "good"
            narrowed = [one.slug or "every school", *(["read only"] if one.is_read_only else [])]
            click.echo(
                f"{one.id}  {one.created_at:%Y-%m-%d}  {one.expires_at:%Y-%m-%d}  {state:7}  "
                f"{', '.join(narrowed)}"
            )


@tokens.command()
@click.argument("token_id", metavar="ID", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """End a token now; `list` shows its id."""
    with at_the_front_door():
        if not actions.revoke_token(token_id, clock.now()):
            raise click.ClickException("There is no such token, or it was revoked before.")
        db.session.commit()


people = AppGroup("people", help="People who are locked out.")


@people.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take somebody's second factor off and sign them out. For the only administrator who lost
    theirs; everybody else asks on the page, where a second person approves."""
    browser = Browser(device="the command line", account=b"", address=b"")
    with at_the_front_door():
        factor_resets.reset(_person(email).person_id, browser, clock.now())
        db.session.commit()
    click.echo(f"The second factor of {email} is off, and they are signed out everywhere.")


def _person(email: str) -> Account:
    """Raises ClickException, which ends the command with 1."""
    found = queries.account(email.strip().lower(), clock.today())
    if found is None:
        raise click.ClickException(f"Nobody here has the e-mail address {email}.")
    if not found.is_active:
        raise click.ClickException(f"The account of {email} is switched off.")
    return found


def _school(slug: str, person: Account) -> int:
    number = db.session.scalar(select(School.id).where(School.slug == slug))
    if number is None:
        raise click.ClickException(f"There is no school {slug}.")
    if not person.la_roles and not queries.belongs_to(person.person_id, number, clock.today()):
        raise click.ClickException(f"{person.email} does not belong to {slug}.")
    return number
