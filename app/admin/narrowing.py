"""What a list of the office can be narrowed by. A value that is not offered narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from sqlalchemy import or_, select

from app import clock
from tenants import School


class OneOf(BaseSQLAFilter):
    """A column that equals one of a few words; they may stand for numbers or yes and no."""

    def __init__(self, column: Any, name: str, words: Mapping[str, str]) -> None:
        super().__init__(column, name, options=list(words.items()))

    def operation(self) -> str:
        return "is"

    def validate(self, value: str) -> bool:
        return value in dict(self.options)

    def clean(self, value: str) -> Any:
        kind = self.column.type.python_type
        return value == "yes" if kind is bool else kind(value)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(self.column == value)


class InForce(BaseSQLAFilter):
    """Memberships that hold today, or have ended."""

    def __init__(self, model: Any) -> None:
        super().__init__(
            model.valid_to, "In force", options=[("now", "In force now"), ("ended", "Ended")]
        )

    def operation(self) -> str:
        return "is"

    def validate(self, value: str) -> bool:
        return value in dict(self.options)

    def apply(self, query: Any, value: str, alias: Any = None) -> Any:
        today = clock.today()
        if value == "ended":
            return query.filter(self.column < today)
        begun = self.column.class_.valid_from <= today
        return query.filter(begun, or_(self.column.is_(None), self.column >= today))


class OfSchool(BaseSQLAFilter):
    """Rows of one school, by its code or its address on the desk."""

    data_type = "text"

    def __init__(self, column: Any) -> None:
        super().__init__(column, "School code")

    def operation(self) -> str:
        return "is"

    def validate(self, value: str) -> bool:
        return value.isascii() and value.replace("-", "").isalnum() and len(value) <= 80

    def apply(self, query: Any, value: str, alias: Any = None) -> Any:
        wanted = or_(School.code == value.upper(), School.slug == value.lower())
        return query.filter(self.column.in_(select(School.id).where(wanted)))
