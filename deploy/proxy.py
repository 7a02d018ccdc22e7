"""The proxy's configuration for one machine: `python3 -m deploy.proxy desk.example.org > FILE`.

Fills in deploy/nginx.conf as the nginx image does by itself, for Debian's nginx and its unit. Any
value may be set in the environment under its own name.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.places import ROOT

TEMPLATE = ROOT / "deploy" / "nginx.conf"
USUAL = {
    "DESKBELL_WEB": "127.0.0.1:8000",
    "DESKBELL_HTTP_PORT": "80",
    "DESKBELL_HTTPS_PORT": "443",
    # Debian does not make this folder (docs/running.md).
    "DESKBELL_PROXY_FOLDER": "/var/cache/nginx",
    # Where nginx.service looks for it.
    "DESKBELL_PROXY_PID": "/run/nginx.pid",
    "DESKBELL_CERTIFICATE": "/etc/deskbell/tls/certificate.pem",
    "DESKBELL_CERTIFICATE_KEY": "/etc/deskbell/tls/key.pem",
}
# The image starts as nobody in particular; Debian's nginx starts as root and must be told.
_USER = "user www-data;\n"
_PLACE = re.compile(r"\$\{(DESKBELL_\w+)\}")


def render(values: Mapping[str, str], template: Path = TEMPLATE) -> str:
    """Raises KeyError for a value that is missing."""
    text = "".join(
        line for line in template.read_text().splitlines(True) if not line.lstrip().startswith("#")
    )
    return _PLACE.sub(lambda found: values[found[1]], text)


def for_this_machine(host: str, given: Mapping[str, str]) -> str:
    """Of `given` only what has our name."""
    own = {name: value for name, value in given.items() if name.startswith("DESKBELL_")}
    return _USER + render({**USUAL, "DESKBELL_HOST": host, **own})


def names(template: Path = TEMPLATE) -> set[str]:
    return set(_PLACE.findall(template.read_text())) - {"DESKBELL_"}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python3 -m deploy.proxy HOST")
    sys.stdout.write(for_this_machine(sys.argv[1], os.environ))
