"""The queue's address: every filter stands in it, so a view can be kept, shared and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from marshmallow import EXCLUDE, ValidationError

from app.api.manners import make_cursor, read_cursor
from app.errors import Wrong
from app.incidents import schemas
from app.shapes import PAGE_SIZE

QUEUE = "/queue"
# In the order they have in an address; what else stands there is left out.
NAMES = (
    "q",
    "school",
    "status",
    "priority",
    "type",
    "line",
    "waiting_for",
    "group",
    "assignee",
    "mine",
    "overdue",
)
_ARGS = schemas.QueueArgs(unknown=EXCLUDE)


@dataclass(frozen=True)
class Address:
    """`given` is what was typed, `filters` what it means."""

    given: dict[str, str]
    filters: dict[str, Any]
    limit: int
    after: list[Any] | None
    cursor: str | None

    @property
    def url(self) -> str:
        """This very page."""
        return _url({**self._kept, "after": self.cursor})

    @property
    def first_url(self) -> str:
        return _url(self._kept)

    def next_url(self, place: list[Any]) -> str:
        return _url({**self._kept, "after": make_cursor("queue", place)})

    def bulk_url(self) -> str:
        return self.url.replace(QUEUE, f"{QUEUE}/bulk", 1)

    def undo_url(self) -> str:
        return self.url.replace(QUEUE, f"{QUEUE}/bulk/undo", 1)

    @property
    def _kept(self) -> dict[str, Any]:
        limit = None if self.limit == PAGE_SIZE else self.limit
        return {**self.given, "limit": limit}


def read(args: Mapping[str, str]) -> Address:
    """Raises Wrong for a filter that cannot be meant; a form leaves blanks, which mean nothing."""
    sent = {name: args[name].strip() for name in (*NAMES, "limit", "after") if args.get(name)}
    sent = {name: value for name, value in sent.items() if value}
    try:
        filters: dict[str, Any] = _ARGS.load(sent)
    except ValidationError as error:
        raise Wrong(error.messages) from None  # type: ignore[arg-type]
    limit, cursor = filters.pop("limit"), filters.pop("after", None)
    given = {name: sent[name] for name in NAMES if name in sent}
    return Address(given, filters, limit, read_cursor("queue", cursor), cursor)


def narrowed_to(**filters: str) -> str:
    """The queue with these filters and no others."""
    return _url(filters)


def _url(parts: Mapping[str, Any]) -> str:
    query = urlencode({name: value for name, value in parts.items() if value is not None})
    return f"{QUEUE}?{query}" if query else QUEUE
