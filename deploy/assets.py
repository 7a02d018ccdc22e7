"""Make what pages load: a few files from node_modules and our own, under names with their hash.

Run it after `npm ci --ignore-scripts`. It writes app/static/vendor/NAME.HASH.EXT, a .gz beside
each and manifest.json, and leaves files that are already right alone.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
OWN = ROOT / "app" / "web" / "static"
OUT = ROOT / "app" / "static" / "vendor"

THEIRS = {
    "govuk.css": MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "govuk.js": MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "htmx.js": MODULES / "htmx.org/dist/htmx.min.js",
    "hx-csp.js": MODULES / "htmx.org/dist/ext/hx-csp.min.js",
}
IMPORT = re.compile(rb"""(from\s*|import\s*)"\./([\w-]+\.js)\"""")


class CannotBuild(Exception):
    """One sentence for the person at the keyboard."""


def build(out: Path = OUT) -> dict[str, str]:
    """Write every file that changed; the answer is the manifest {name: name with hash}."""
    sources = {**THEIRS, **{path.name: path for path in sorted(OWN.iterdir())}}
    missing = [name for name, path in sources.items() if not path.is_file()]
    if missing:
        raise CannotBuild(
            f"node_modules has no {', '.join(missing)}: run `npm ci --ignore-scripts` first."
        )
    out.mkdir(parents=True, exist_ok=True)
    manifest: dict[str, str] = {}
    for name in sources:
        _add(name, sources, manifest, out)
    _write(out / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
    _sweep(out, set(manifest.values()) | {"manifest.json"})
    return manifest


def _add(name: str, sources: dict[str, Path], manifest: dict[str, str], out: Path) -> str:
    """What a script imports goes first, because its hash is part of the importer's text."""
    if name in manifest:
        return manifest[name]
    content = sources[name].read_bytes()
    if name == "govuk.css":
        content = without_crown(content.decode()).encode()
    elif sources[name].parent == OWN and name.endswith(".js"):
        content = IMPORT.sub(
            lambda found: (
                b'%b"./%b"' % (found[1], _add(found[2].decode(), sources, manifest, out).encode())
            ),
            content,
        )
    content = re.sub(rb"\n?/[/*]# sourceMappingURL=[^\n]*", b"", content)
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    _write(out / hashed, content)
    _write(out / f"{hashed}.gz", gzip.compress(content, 9, mtime=0))
    manifest[name] = hashed
    return hashed


def without_crown(css: str) -> str:
    """Services outside GOV.UK may not use its typeface, fonts or crest."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = re.sub(r"/\*![^*]*Margaret Calvert[^*]*\*/", "", css)
    css = css.replace("GDS Transport,", "").replace("url(/assets/images/govuk-crest.svg)", "none")
    for forbidden in ("GDS Transport", "/assets/"):
        if forbidden in css:
            raise CannotBuild(f"govuk-frontend's styles still mention {forbidden!r}.")
    return css


def _write(path: Path, content: bytes) -> None:
    """Under another name first: a server that starts meanwhile never reads half a file."""
    if path.is_file() and path.read_bytes() == content:
        return
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def _sweep(out: Path, wanted: set[str]) -> None:
    for path in out.iterdir():
        if path.name.removesuffix(".gz") not in wanted and path.suffix != ".partial":
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        print(f"Page assets: {len(build())} files in {OUT.relative_to(ROOT)}")
    except CannotBuild as reason:
        sys.exit(str(reason))
