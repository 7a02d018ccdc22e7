"""`flask mail bounced`: what a mail server pipes a returned mail into."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.notifications import bounces, troubles
from app.notifications.post import verp
from tenants import acting_in, db

# sysexits.h: a mail server that hears this tries again later.
_TRY_AGAIN_LATER = 75


@click.group()
def mail() -> None:
    """Mail that comes in."""


@mail.command()
@with_appcontext
def bounced() -> None:
    """Take one returned mail on standard input; whatever else it is, it is ignored.

    In Postfix: `bounces: "|flask mail bounced"` for the address in MAIL_BOUNCES_TO.
    """
    raw = sys.stdin.buffer.read(bounces.LONGEST + 1)
    signed = verp()
    found = bounces.read_bounce(raw, signed) if signed is not None else None
    if found is None or not found.school_id:
        click.echo("ignored")
        return
    try:
        with acting_in(found.school_id):
            is_news = troubles.mail_came_back(found)
            db.session.commit()
    except SQLAlchemyError:
        click.echo("later")
        sys.exit(_TRY_AGAIN_LATER)
    click.echo("noted" if is_news else "ignored")
