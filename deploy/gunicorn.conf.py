# ruff: noqa: N999 - gunicorn looks for this name
"""The web server's settings. Threads, because pages wait for the database more than they work."""

import os
from typing import Any

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
# One socket in the home folder would be shared by every checkout, and costs 2 s when it stops.
control_socket_disable = True

# A worker whose threads all hang is replaced; one that is told to stop finishes what it accepted.
timeout = 30
graceful_timeout = int(os.environ.get("WEB_GRACE_SECONDS", "20"))
keepalive = 5

# Addresses and paths say who looked at which school's record: the proxy keeps no such list either.
accesslog = None
errorlog = "-"
loglevel = "warning"

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
# Heartbeats in memory: on a busy disk a touched file can take long enough to look like a hang.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def post_fork(server: Any, worker: Any) -> None:
    """A child that used its parent's connection would read another process's rows."""
    from tenants.db import forget_connections
    from wsgi import app

    with app.app_context():
        forget_connections()
