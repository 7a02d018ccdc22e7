"""Sets one report as PDF: a program of its own, so that nothing in it reaches the web process.

`python -m app.reports.paper.printer`: the report comes as JSON on standard input, the PDF goes out
on standard output. It limits itself first, sees no files but those beside its template, and has no
settings, no secrets, no network and no database. printing.py starts and ends it.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
CPU_SECONDS = 15
MOST_MEMORY = 600 * 1024 * 1024


def limit_itself() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_DATA, MOST_MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 64 * 1024 * 1024),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)


def set_as_pdf(report: str) -> bytes:
    """With the fonts that the library carries, tagged for screen readers (PDF/UA-1)."""
    made: bytes = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"report": report},
        pdf_standards=["ua-1"],
    )
    return made


def main() -> None:
    limit_itself()
    report = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(set_as_pdf(report))


if __name__ == "__main__":
    main()
