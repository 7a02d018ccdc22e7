"""The file: a tar compressed with xz, the same bytes for the same rows. What is in it stands in
`manifest.json`, the columns each in a member of their own."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
# At preset 9 it looks back 64 MiB: a name in events is found again in incidents.
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


def write(file: Path, manifest: Mapping[str, Any], columns: Iterable[tuple[str, str]]) -> int:
    """Its size."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as members:
        _put(members, MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        for name, text in columns:
            _put(members, name, text)
    packed = lzma.compress(made.getvalue(), format=lzma.FORMAT_XZ, filters=_FILTERS)
    file.write_bytes(packed)
    return len(packed)


def read(file: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The manifest, and the columns by name."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(file.read_bytes()))) as members:
        for member in members:
            opened = members.extractfile(member)
            assert opened is not None
            found[member.name] = opened.read().decode()
    return json.loads(found.pop(MANIFEST)), found


def _put(members: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    members.addfile(member, io.BytesIO(content))
