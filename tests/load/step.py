"""A release's step on the largest table, as a release may have one, and who takes it while people
work: `python -m tests.load.step FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

_STEPS = {
    "load_1": """
        op.execute("ALTER TABLE incidents ADD COLUMN load_note VARCHAR")
        op.execute("ALTER TABLE incidents ADD COLUMN load_flag BOOLEAN DEFAULT false NOT NULL")
        op.execute("ALTER TABLE incidents ADD CONSTRAINT load_ck CHECK (number > 0) NOT VALID")
""",
    "load_2": """
        op.execute("ALTER TABLE incidents VALIDATE CONSTRAINT load_ck")
""",
    "load_3": """
        from migrations.concurrently import concurrently
        with concurrently():
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS load_ix")
            op.execute("CREATE INDEX CONCURRENTLY load_ix ON incidents (school_id, category, id)")
""",
}


def write_steps(folder: Path) -> None:
    """After the newest step there is."""
    from alembic.script import ScriptDirectory

    import migrations

    head = ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()
    before = head
    for name, body in _STEPS.items():
        lines = "\n".join(line[4:] for line in body.strip("\n").splitlines())
        (folder / f"{name}.py").write_text(
            f"from alembic import op\n\nrevision = {name!r}\ndown_revision = {before!r}\n\n\n"
            f"def upgrade() -> None:\n{lines}\n"
        )
        before = name


def main(folder: Path) -> None:
    from config import load_settings
    from migrations import upgrade

    write_steps(folder)
    steps = upgrade(load_settings(), more_steps=folder, say=lambda text: print(f"  {text}"))
    print("  taken:", ", ".join(steps))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
