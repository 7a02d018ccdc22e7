"""`flask schools import FILE --la 881`: take in a list of schools from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from app.schools import importing, queries, staged
from app.schools.comparison import KIND_WORDS, Change, Comparison, Kind
from app.schools.register_file import RegisterFile, UnreadableFile, read
from app.schools.staging import compare
from tenants import administering, db


@click.group()
def schools() -> None:
    """The schools of the authority."""


@schools.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--la", "la_code", type=click.IntRange(0, 999), required=True, help="LA code: 881")
@click.option("--dry-run", is_flag=True, help="Show what would change and save nothing.")
@click.option("--include-closed", is_flag=True, help="Add schools that have closed as well.")
@with_appcontext
def import_schools(file: Path, la_code: int, dry_run: bool, include_closed: bool) -> None:
    """Take in the register's establishment extract, its links file, or a simple list."""
    try:
        with file.open("rb") as opened:
            found, comparison = _run(file.name, opened, la_code, include_closed, dry_run)
    except UnreadableFile as error:
        _give_up(file, str(error))
    except OSError as error:
        _give_up(file, f"The file cannot be opened: {error.strerror}.")
    for line in report(file.name, found, comparison, la_code):
        click.echo(line)
    if dry_run:
        click.echo("Dry run: nothing was saved.")


def _run(
    name: str, opened: BinaryIO, la_code: int, with_closed: bool, dry_run: bool
) -> tuple[RegisterFile, Comparison]:
    with administering("schools import on the command line"):
        if dry_run:
            found = read(opened, la_code=la_code)
            return found, compare(found, queries.known_schools(), include_closed=with_closed)
        kept = importing.stage(name, opened, la_code=la_code, with_closed=with_closed, by=None)
        comparison = importing.apply(kept, by=None)
        db.session.commit()
        return staged.from_json(kept.staged), comparison


def _give_up(file: Path, sentence: str) -> None:
    click.echo(f"{file.name}: {sentence}", err=True)
    sys.exit(1)


def report(name: str, found: RegisterFile, comparison: Comparison, la_code: int) -> list[str]:
    """Counts first, then a line for each school that changes, each question and each bad row."""
    lines = [_head(name, found, la_code)]
    lines += [f"  {KIND_WORDS[kind]:18}{count:6}" for kind, count in comparison.counts.items()]
    if comparison.not_open:
        lines.append(f"  {'not open, left out':18}{comparison.not_open:6}")
    lines.append(f"  {'bad rows':18}{len(comparison.problems) + comparison.more_problems:6}")
    if not comparison.changes_something:
        lines.append("Nothing changes.")
    for change in comparison.changes:
        if change.kind is not Kind.UNCHANGED:
            lines.append(f"{KIND_WORDS[change.kind]}: {in_words(change)}")
    for problem in comparison.problems:
        lines.append(f"bad row: line {problem.line}, column {problem.column}: {problem.sentence}")
    if comparison.more_problems:
        lines.append(f"and {comparison.more_problems:,} more bad rows")
    return lines


def in_words(change: Change) -> str:
    """One change as one line: which school, and what of it."""
    told = f"{change.urn} {change.name}"
    if change.kind is Kind.SUCCESSOR_KNOWN:
        told += f", now URN {change.to_urn}"
    if change.kind in (Kind.SUCCESSOR_KNOWN, Kind.CLOSED):
        told += f" since {change.on}" if change.on else ", day not known"
    if change.fields:
        told += f": {change.fields_in_words}"
    return f"{told}. {change.sentence}" if change.sentence else told


def _head(name: str, found: RegisterFile, la_code: int) -> str:
    if found.rows or found.links:
        return f"{name}: {len(found.rows)} rows of LA {la_code}, {len(found.links)} successor links"
    others = ", ".join(f"{code} ({count})" for code, count in list(found.authorities.items())[:12])
    return f"{name}: no row of LA {la_code}. The file holds LA {others or 'none'}."
