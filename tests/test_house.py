"""The house rules (style.md): the ladder of rooms, and the laws with a test behind them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Bottom first. A room imports only from its own rung and those before it.
LADDER = (
    ("config",),
    ("tenants",),
    (
        "app.clock",
        "app.service_hours",
        "app.calendar_days",
        "app.errors",
        "app.permissions",
        "app.later",
        "app.redis_away",
        "app.shapes",
        "app.registered",
        "app.references",
        "app.plots",
    ),
    # An event says who did it, and what becomes of people is an event too.
    ("app.people", "app.history"),
    ("app.files",),
    ("app.schools",),
    ("app.locations", "app.catalogue", "app.suppliers"),
    ("app.contracts",),
    # What an incident's sheet shows before it is sent, and who can be reached about it.
    ("app.reachability", "app.knowledge", "app.announcements"),
    ("app.assets",),
    ("app.licences",),
    ("app.incidents",),
    ("app.problems_log", "app.visits", "app.labels"),
    ("app.progress",),
    ("app.payments", "app.documents"),
    ("app.diary",),
    ("app.imports",),
    ("app.performance",),
    ("app.past",),
    ("app.notifications",),
    ("app.reports",),
    ("workers",),
)
RUNG = {name: number for number, rung in enumerate(LADDER) for name in rung}
# Shells serve pages and JSON; they stand beside the ladder and may know Flask.
SHELLS = re.compile(
    r"app(\.(web|api|admin|door|frame|sessions|own_forms|answers|problems|bell|health|cli|start|models|demo"
    r"|limits|safety|logs|metrics|behind_proxy)"
    r"(\..+)?)?$"
)
# In a room, only these files speak HTTP.
SPEAKS_HTTP = re.compile(
    r"(views|api|commands|pages|blueprint|lost_session|throttle|carried|export)"
)
# The sign-in page too: a refused try is kept although its answer is not a good one. So are files
# that came with a form that was refused, and the form that came with a file that was (intake.py).
MAY_COMMIT = re.compile(
    r"^(app/door\.py|app/start\.py|app/health\.py|app/demo/.*|app/.*commands\.py|app/cli\.py|"
    r"app/answers\.py|app/files/intake\.py|app/people/views(_second_factor)?\.py|workers/.*|tenants/.*)$"
)
LONGEST_MODULE = 400


def _sources(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno


def _rung(name: str) -> int | None:
    parts = name.split(".")
    for length in (2, 1):
        found = RUNG.get(".".join(parts[:length]))
        if found is not None:
            return found
    return None


def _places(found: list[str]) -> str:
    return "\n".join(found)


def test_rooms_import_only_from_rungs_below():
    wrong = []
    for path in _sources("app", "tenants"):
        name = _name(path)
        own = _rung(name)
        if own is None or SHELLS.match(name):
            continue
        for imported, line in _imports(path):
            theirs = _rung(imported)
            if theirs is not None and theirs > own:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {imported} from above")
    assert not wrong, _places(wrong)


def test_domain_files_do_not_know_flask():
    wrong = []
    for path in _sources("app", "tenants"):
        name = _name(path)
        is_database_handle = name == "tenants.db"
        if SHELLS.match(name) or SPEAKS_HTTP.search(path.stem) or is_database_handle:
            continue
        for imported, line in _imports(path):
            if re.match(r"flask($|\.|_)", imported):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {imported}")
    assert not wrong, _places(wrong)


def test_the_clock_is_read_in_one_place():
    wrong = []
    for path in _sources("app", "tenants", "workers"):
        if path.name == "clock.py":
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
                owner = ast.unparse(node.value)
                if owner.split(".")[-1] in ("datetime", "date"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert not wrong, _places(wrong)


def test_commits_happen_at_the_door_in_jobs_and_in_commands():
    wrong = []
    for path in _sources("app", "tenants", "workers"):
        place = str(path.relative_to(ROOT))
        if MAY_COMMIT.match(place):
            continue
        for node in ast.walk(_tree(path)):
            is_commit = isinstance(node, ast.Attribute) and node.attr == "commit"
            if is_commit and "session" in ast.unparse(node):
                wrong.append(f"{place}:{node.lineno}")
    assert not wrong, _places(wrong)


def test_the_database_handle_comes_from_tenants_only():
    wrong = []
    for path in _sources("app", "workers"):
        for imported, line in _imports(path):
            if imported.startswith("flask_sqlalchemy"):
                wrong.append(f"{path.relative_to(ROOT)}:{line} {imported}")
    assert not wrong, _places(wrong)


def test_every_reading_across_schools_says_why():
    wrong = []
    for path in _sources("app", "workers", "tenants"):
        for node in ast.walk(_tree(path)):
            if not (isinstance(node, ast.Call) and "across_schools" in ast.unparse(node.func)):
                continue
            reason = node.args[0] if node.args else None
            if not (isinstance(reason, ast.Constant) and len(str(reason.value)) > 5):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong, _places(wrong)


def test_sql_is_never_put_together_from_strings():
    """tenants/ makes SET LOCAL and policies from fixed words; nobody else builds SQL."""
    wrong = []
    for path in _sources("app", "workers"):
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            built = [arg for arg in node.args if isinstance(arg, ast.JoinedStr | ast.BinOp)]
            if called in ("text", "exec_driver_sql", "literal_column") and built:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert not wrong, _places(wrong)


def test_nobody_goes_past_the_session():
    """A cursor of psycopg2's own does not tell PostgreSQL whose data may be touched (docs/wall.md):
    the export asks something on the same connection first, the demo is packed by the owner."""
    may = {"app/incidents/export.py", "app/demo/packing/owner.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in _sources("app", "workers")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".cursor")
    }
    assert found <= may


def test_modules_stay_short():
    long = [
        f"{path.relative_to(ROOT)} has {count} lines"
        for path in _sources("app", "tenants", "workers", "deploy")
        if (count := len(path.read_text().splitlines())) > LONGEST_MODULE
    ]
    assert not long, _places(long)


def test_every_room_says_in_one_sentence_what_it_is():
    missing = [
        str(path.relative_to(ROOT))
        for path in _sources("app", "tenants", "workers", "deploy")
        if path.read_text().strip() and not ast.get_docstring(_tree(path))
    ]
    assert not missing, _places(missing)


def test_migrations_go_forward_only_and_have_their_number():
    for path in sorted((ROOT / "migrations" / "versions").glob("*.py")):
        assert re.match(r"\d{4}_[a-z0-9_]+\.py$", path.name), path.name
        assert "def downgrade" not in path.read_text(), path.name


def _templates() -> list[Path]:
    return sorted((ROOT / "app").rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_templates_keep_the_content_security_policy(path: Path):
    source = path.read_text()
    assert not re.search(r"<[^>{]*\son[a-z]+\s*=\s*[\"']", source), "inline event handler"
    assert not re.search(r"<[^>]*\sstyle\s*=\s*[\"']", source), "inline style"
    assert not re.search(r"\|\s*safe\b", source), "markup taken as safe"
    assert not re.search(r"(src|href)\s*=\s*[\"']https?://", _without_links(source)), "from outside"


def _without_links(source: str) -> str:
    """Links a person follows may lead outside; what the page loads may not."""
    return re.sub(r"<a\b[^>]*>", "", source)


@pytest.mark.parametrize("path", _templates(), ids=lambda path: path.name)
def test_every_post_form_carries_its_token_and_its_key(path: Path):
    for form in re.findall(
        r"<form\b[^>]*method=[\"']post[\"'].*?</form>", path.read_text(), re.S | re.I
    ):
        # "Send again" carries every field that came, the token and the key among them.
        assert "csrf(" in form or "csrf_token" in form or "in again[1]" in form, form[:200]
        # Without its key, a form that is sent twice is done twice (app/answers.py). A proof of who
        # somebody is, is good once by itself, and its answer brings a cookie.
        has_key = "csrf(" in form or "submission_id" in form
        is_proof = "'second_factor." in form
        is_again = "in again[1]" in form or "in kept.fields" in form
        assert has_key or is_proof or is_again, form[:200]


def test_own_scripts_write_no_markup():
    scripts = sorted((ROOT / "app" / "web" / "static").rglob("*.js"))
    assert scripts
    for path in scripts:
        bad = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()
        )
        assert not bad, f"{path.name}: {bad and bad.group()}"
