"""The secrets of a deployment in containers: `python3 -m deploy.container_secrets HOST`.

Makes deploy/secrets/ with a file for each, and deploy/.env with the host's name; whatever else is
there already stays. The address of the mail server and the certificate are put there by hand.
"""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path

from deploy.places import ROOT

FOLDER = ROOT / "deploy" / "secrets"
DATABASE = "deskbell"
BY_HAND = {
    "mail_url": "smtp://user:password@mail.example.org:587",
    "certificate": "the proxy's certificate with its chain, PEM",
    "certificate_key": "its key, PEM",
}


def make(host: str, folder: Path = FOLDER) -> list[str]:
    """Write what is missing; returns the names of what somebody must bring."""
    # The folder is closed; inside the containers each file is read by a user of its own.
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, text in _wanted(folder).items():
        _write(folder / name, text)
    _name_the_host(folder.parent / ".env", host)
    return [name for name in BY_HAND if not (folder / name).exists()]


def _wanted(folder: Path) -> dict[str, str]:
    def kept(name: str) -> str:
        path = folder / name
        return path.read_text() if path.exists() else secrets.token_urlsafe(32)

    boss, bell = kept("postgres_password"), kept("valkey_password")
    logins = {role: secrets.token_urlsafe(32) for role in ("web", "relay", "migrator")}
    at = f"@postgres:5432/{DATABASE}"
    return {
        "postgres_password": boss,
        "database_admin_url": f"postgresql://postgres:{boss}@postgres:5432/postgres",
        "database_url": f"postgresql://{DATABASE}_web:{logins['web']}{at}",
        "database_relay_url": f"postgresql://{DATABASE}_relay:{logins['relay']}{at}",
        "database_migrator_url": f"postgresql://{DATABASE}_migrator:{logins['migrator']}{at}",
        "valkey_password": bell,
        "redis_url": f"redis://:{bell}@valkey:6379/0",
        "valkey_conf": (
            f'requirepass {bell}\nsave ""\nappendonly no\n'
            "maxmemory 128mb\nmaxmemory-policy noeviction\n"
        ),
        "secret_key": secrets.token_urlsafe(48),
        "metrics_token": secrets.token_urlsafe(32),
    }


def _name_the_host(path: Path, host: str) -> None:
    """The other lines are of whoever looks after this machine: MAIL_FROM, WEB_WORKERS."""
    lines = path.read_text().splitlines() if path.exists() else []
    others = [line for line in lines if not line.startswith("DESKBELL_HOST=")]
    path.write_text("\n".join([f"DESKBELL_HOST={host}", *others]) + "\n")


def _write(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text)
        path.chmod(0o444)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z0-9.-]+", sys.argv[1]):
        sys.exit("Usage: python3 -m deploy.container_secrets HOST (a name in lower case)")
    for missing in make(sys.argv[1]):
        print(f"Still missing, to be written to deploy/secrets/{missing}: {BY_HAND[missing]}")
