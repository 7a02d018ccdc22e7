"""`flask demo accounts`: who signs in to the demo."""

from __future__ import annotations

import json

import click

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
