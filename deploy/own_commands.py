"""Tell the environment's `flask` about Deskbell's commands.

Flask finds an application's commands only after its own, so its `routes` would hide ours. An
installed package's commands come first; this is what an editable install would write, without
needing a build tool.
"""

from __future__ import annotations

from deploy.places import ROOT, SITE_PACKAGES

NAME = "deskbell-1.0.0.dist-info"
COMMANDS = "[flask.commands]\nroutes = app.cli:routes\n"
METADATA = "Metadata-Version: 2.1\nName: deskbell\nVersion: 1.0.0\n"


def install_own_commands() -> None:
    folder = SITE_PACKAGES / NAME
    folder.mkdir(exist_ok=True)
    files = {
        SITE_PACKAGES / "deskbell.pth": f"{ROOT}\n",
        folder / "METADATA": METADATA,
        folder / "entry_points.txt": COMMANDS,
        folder / "RECORD": f"deskbell.pth,,\n{NAME}/METADATA,,\n{NAME}/entry_points.txt,,\n",
    }
    for path, text in files.items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
