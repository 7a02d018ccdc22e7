"""What deploy/assets.py makes, and how pages find it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from flask import Flask

from app.web import assets as page_assets
from deploy import assets

CSS = (
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
    ".govuk-link{font-family:GDS Transport,arial,sans-serif}"
    ".govuk-footer{background:url(/assets/images/govuk-crest.svg)}"
)


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Their files and ours, small, in a folder of this test."""
    theirs, own = tmp_path / "theirs", tmp_path / "own"
    theirs.mkdir()
    own.mkdir()
    (theirs / "g.css").write_text(CSS)
    (theirs / "g.js").write_text("export const a = 1\n" * 50 + "//# sourceMappingURL=g.js.map\n")
    (own / "page.js").write_text('import { a } from "./govuk.js"\nimport "./keys.js"\n')
    (own / "keys.js").write_text("listen()\n")
    monkeypatch.setattr(
        assets, "THEIRS", {"govuk.css": theirs / "g.css", "govuk.js": theirs / "g.js"}
    )
    monkeypatch.setattr(assets, "OWN", own)
    return tmp_path / "vendor"


def test_neither_crown_nor_its_typeface_is_left(out: Path) -> None:
    css = (out / assets.build(out)["govuk.css"]).read_text()
    assert css == ".govuk-link{font-family:arial,sans-serif}.govuk-footer{background:none}"


def test_styles_that_bring_the_crown_back_are_refused() -> None:
    with pytest.raises(assets.CannotBuild, match="/assets/"):
        assets.without_crown("a{background:url(/assets/images/new-crown.svg)}")


def test_a_script_asks_for_hashed_names_and_changes_with_what_it_imports(out: Path) -> None:
    first = assets.build(out)
    text = (out / first["page.js"]).read_text()
    assert f'from "./{first["govuk.js"]}"' in text
    assert f'import "./{first["keys.js"]}"' in text
    assert "sourceMappingURL" not in (out / first["govuk.js"]).read_text()
    (assets.OWN / "keys.js").write_text("listen(2)\n")
    second = assets.build(out)
    assert first["page.js"] != second["page.js"]
    assert first["govuk.js"] == second["govuk.js"]
    assert not (out / first["keys.js"]).exists()


def test_a_second_run_touches_nothing(out: Path) -> None:
    assets.build(out)
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assets.build(out)
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_without_node_modules_one_sentence_says_what_to_do(out: Path) -> None:
    assets.THEIRS["govuk.js"].unlink()
    with pytest.raises(assets.CannotBuild, match=r"no govuk.js: run `npm ci --ignore-scripts`"):
        assets.build(out)


def test_a_page_gets_the_hashed_file_for_ever(out: Path) -> None:
    names = assets.build(out)
    app = Flask("small", static_folder=None)
    page_assets.init_app(app, out)
    url = app.jinja_env.globals["asset"]("govuk.js")  # type: ignore[operator]
    assert url == "/static/" + names["govuk.js"]
    with app.test_client().get(url, headers={"Accept-Encoding": "gzip"}) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert gzip.decompress(answer.data) == (out / names["govuk.js"]).read_bytes()
    assert json.loads((out / "manifest.json").read_text()) == names


def test_without_built_files_pages_still_work(tmp_path: Path) -> None:
    app = Flask("small", static_folder=None)
    page_assets.init_app(app, tmp_path / "nothing")
    assert app.jinja_env.globals["asset"]("govuk.css") == "/static/govuk.css"  # type: ignore[operator]
    assert app.test_client().get("/static/govuk.css").status_code == 404
