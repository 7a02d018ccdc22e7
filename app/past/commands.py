"""`flask history import FILE --mapping FILE`: bring another desk's log along."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from app import clock
from app.past import report
from app.past.importing import bring
from app.past.log_file import CannotRead
from app.past.mapping import CannotMap, read_mapping
from tenants import db


@click.group()
def history() -> None:
    """What another desk wrote down before this one."""


@history.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(path_type=Path),
    required=True,
    help="TOML: which of their columns and words are which of ours (docs/history.md).",
)
@click.option("--dry-run", is_flag=True, help="Report everything and save nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@with_appcontext
def import_history(file: Path, mapping_file: Path, dry_run: bool, as_json: bool) -> None:
    """Read an event log (CSV, one row an event) into incidents, turns and clocks.

    The same file twice changes nothing; a longer one adds what came since.
    """
    try:
        mapping = read_mapping(mapping_file)
        found = bring(file, mapping, clock.now(), commit=None if dry_run else db.session.commit)
    except CannotMap as error:
        _give_up(mapping_file, str(error))
    except CannotRead as error:
        _give_up(file, str(error))
    if as_json:
        click.echo(json.dumps({**report.as_json(found), "dry_run": dry_run}, indent=1))
        return
    for line in report.in_lines(found, is_dry=dry_run):
        click.echo(line)


def _give_up(file: Path, sentence: str) -> None:
    click.echo(f"{file.name}: {sentence}", err=True)
    sys.exit(1)
