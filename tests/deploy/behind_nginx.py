"""The real proxy with the real configuration, a certificate of its own, on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from deploy import proxy

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
HOST = "desk.example"


class Proxy(NamedTuple):
    http: int
    https: int
    certificate: Path


def a_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Signed by itself; the one who asks is told to believe it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file


def free_port() -> int:
    with socket.socket() as any_free:
        any_free.bind(("127.0.0.1", 0))
        number: int = any_free.getsockname()[1]
        return number


@contextmanager
def nginx(folder: Path, web_port: int) -> Iterator[Proxy]:
    assert NGINX is not None
    certificate, key = a_certificate(folder, HOST)
    made = Proxy(free_port(), free_port(), certificate)
    values = {
        "DESKBELL_HOST": HOST,
        "DESKBELL_WEB": f"127.0.0.1:{web_port}",
        "DESKBELL_HTTP_PORT": f"127.0.0.1:{made.http}",
        "DESKBELL_HTTPS_PORT": f"127.0.0.1:{made.https}",
        "DESKBELL_PROXY_FOLDER": str(folder),
        "DESKBELL_PROXY_PID": str(folder / "nginx.pid"),
        "DESKBELL_CERTIFICATE": str(certificate),
        "DESKBELL_CERTIFICATE_KEY": str(key),
    }
    text = proxy.render(values)
    if os.geteuid() == 0:  # Its workers would become a user that may not enter this folder.
        text = "user root;\n" + text
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen(
        [NGINX, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"], stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 10
        while not _listens(made.https):
            assert process.poll() is None, "nginx has ended"
            assert time.monotonic() < until, "nginx does not listen"
            time.sleep(0.02)
        yield made
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
