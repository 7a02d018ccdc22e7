# ruff: noqa: N999 - gunicorn looks for this name
"""The web server's settings. Threads, because pages wait for the database more than they work."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Before anything is imported that counts: the workers share a folder of counters.
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    own_metrics, master = tempfile.mkdtemp(prefix="deskbell-metrics-"), os.getpid()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = own_metrics

    @atexit.register
    def _remove_own_metrics() -> None:
        """Also when the start was refused; not when one of the workers ends."""
        if os.getpid() == master:
            shutil.rmtree(own_metrics, ignore_errors=True)


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
# So long a start waits for a database that is away; then the web begins with 503s.
database_seconds = float(os.environ.get("WEB_DATABASE_SECONDS", "20"))

# Addresses and paths say who looked at which school's record: the proxy keeps no such list either.
accesslog = None
errorlog = "-"
loglevel = "warning"


class OneLine(Logger):
    """What gunicorn says goes through app/logs.py like everything else: no traces, no paths."""

    def setup(self, cfg: Any) -> None:
        from app import logs
        from config import BadSetting, logs_as_json

        self.cfg = cfg
        self._access_log_enabled = False
        self.loglevel = self.LOG_LEVELS[cfg.loglevel]
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        try:
            logs.begin(logs_as_json())
        except BadSetting as refusal:
            sys.exit(str(refusal))


logger_class = OneLine

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Whose X-Forwarded-* headers are believed is decided in one place, app/behind_proxy.py.
forwarded_allow_ips = ""
# Heartbeats in memory: on a busy disk a touched file can take long enough to look like a hang.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def on_starting(server: Any) -> None:
    """In the master, before it forks or takes a request: refuse what is not safe."""
    from app import safety
    from wsgi import app

    make_metrics_folder()
    settings = app.config["SETTINGS"]
    try:
        is_known = safety.refuse(settings, database_seconds, server.log.warning)
    except safety.Unsafe as reasons:
        sys.exit(str(reasons))
    if not is_known:
        server.log.warning("Starting without the database; /readyz says when it is there and safe.")
    for sentence in safety.worth_knowing(settings):
        server.log.warning("%s", sentence)


def make_metrics_folder() -> None:
    """Empty, unless an older master is still at work in it (an upgrade of the program)."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    if "GUNICORN_PID" not in os.environ:
        for left in folder.glob("*.db"):
            left.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """What was in flight in a worker that has gone no longer is."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def post_fork(server: Any, worker: Any) -> None:
    """A child that used its parent's connection would read another process's rows."""
    from tenants.db import forget_connections
    from wsgi import app

    with app.app_context():
        forget_connections()
