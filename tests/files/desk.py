"""What the tests of files share: forms with files in them, and looks behind the pages."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.incidents.pages import BROKEN

HERE = "/st-marys/incidents"
API = "/schools/st-marys/incidents"

Files = Sequence[tuple[str, bytes]]


def encoded(files: Files, field: str, fields: dict[str, Any]) -> tuple[bytes, str]:
    """A form with files, as it travels, and its content type."""
    parts = [FileStorage(io.BytesIO(content), name) for name, content in files]
    boundary, body = encode_multipart(MultiDict({**fields, field: parts}))
    return body, f'multipart/form-data; boundary="{boundary}"'


def post(browser: Any, path: str, files: Files, **fields: Any) -> Any:
    """A page's form with files in it. The page with the form was looked at before."""
    fields["csrf_token"] = browser._token
    body, content_type = encoded(files, "files", fields)
    return browser.client.post(path, data=body, content_type=content_type)


def report(browser: Any, files: Files, **more: Any) -> Any:
    """A sheet handed in by page."""
    browser.get(f"{HERE}/new")
    return post(browser, f"{HERE}/new", files, **{**BROKEN, **more})


def send(api: Any, number: int, files: Files, headers: Any = None, **fields: Any) -> Any:
    """By a program."""
    body, content_type = encoded(files, "file", fields)
    about = {"Content-Type": content_type, **(headers or {})}
    return api.post(f"{API}/{number}/attachments", data=body, headers=about)


def rows(app: Any, school: str = "st-marys") -> list[dict[str, Any]]:
    """Every attachment of the school, as it stands in the table."""
    from sqlalchemy import select

    from app.files.models import Attachment
    from tenants import School, acting_in, administering, db

    with app.app_context():
        with administering("looking"):
            found = db.session.scalar(select(School.id).filter_by(slug=school))
        assert found
        with acting_in(found):
            return [
                {name: getattr(one, name) for name in Attachment.__table__.columns.keys()}  # noqa: SIM118
                for one in db.session.scalars(select(Attachment).order_by(Attachment.created_at))
            ]


def folder(app: Any) -> Path:
    return Path(urlsplit(app.config["SETTINGS"].files_url).path)


def contents(app: Any) -> list[Path]:
    """Every file in the store, finished or not."""
    return sorted(path for path in folder(app).rglob("*") if path.is_file())


def kept_keys(page: Any) -> list[str]:
    return re.findall(r'name="kept_file" value="([^"]+)"', page.get_data(as_text=True))
