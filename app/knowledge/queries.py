"""What is known here: the school's own articles and those that the LA published for every school.

A reporter reads what is published for everyone; the desk and the LA's lines read all of it. Both
kinds are found in one statement. Words are matched as beginnings, so it answers while somebody
types, and nothing that is typed can be an operator of the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, case, false, func, select, true, union_all

from app.errors import wrong
from app.knowledge import rules
from app.knowledge.models import Article, LaArticle
from tenants import School, current_school_id, db

_own, _la = Article.__table__.c, LaArticle.__table__.c
_ASKED = func.to_tsquery("english", bindparam("asked"))
# A title that holds one of four words has about 0.15, a symptom 0.06.
_SAME_CATEGORY = 0.1


@dataclass(frozen=True)
class Known:
    """An article as a list or a suggestion shows it."""

    reference: str
    number: int
    is_la: bool
    title: str
    symptoms: str
    text: str
    kind: str
    category: str | None
    updated_at: datetime

    @property
    def kind_words(self) -> str:
        return rules.KIND_WORDS[self.kind]


def suggest(
    text: str | None, category: str | None = None, *, for_desk: bool, limit: int = 3
) -> list[Known]:
    """The published articles that fit what somebody types, the best first. One statement; none
    where there is no word to look for."""
    words = rules.search_words(text)
    if not words:
        return []
    found = db.session.execute(
        _suggesting(for_desk),
        {
            "asked": rules.as_query(words),
            "category": category or "",
            "school": current_school_id(),
            "most": limit,
        },
    )
    return [_known(row) for row in found]


@cache
def _suggesting(for_desk: bool) -> Select[Any]:
    both = union_all(
        _candidates(_own, for_desk).where(_own.school_id == bindparam("school")),
        _candidates(_la, for_desk),
    ).subquery()
    shown = [both.c[name] for name in _SHOWN]
    return (
        select(_code_of(both.c.is_la).label("code"), *shown)
        .order_by(both.c.rank.desc(), both.c.is_la, both.c.number)
        .limit(bindparam("most"))
    )


_SHOWN = ("number", "is_la", "title", "symptoms", "text", "kind", "category", "updated_at")


def _candidates(c: Any, for_desk: bool) -> Select[Any]:
    fits = case((c.category == bindparam("category"), _SAME_CATEGORY), else_=0)
    found: Select[Any] = select(
        c.number,
        (true() if c is _la else false()).label("is_la"),
        c.title,
        c.symptoms,
        c.text,
        c.kind,
        c.category,
        c.updated_at,
        (func.ts_rank(c.search, _ASKED) + fits).label("rank"),
    ).where(c.state == "published", c.search.bool_op("@@")(_ASKED))
    return found if for_desk else found.where(c.audience == "everyone")


def _code_of(is_la: Any) -> Any:
    own = select(School.code).where(School.id == bindparam("school")).scalar_subquery()
    return case((is_la, rules.LA_CODE), else_=own)


def _known(row: Row[Any]) -> Known:
    return Known(
        reference=rules.reference(row.code, row.number),
        **{name: getattr(row, name) for name in _SHOWN},
    )


class Named(NamedTuple):
    """What an incident keeps of the article that solved it."""

    article_id: int | None
    la_article_id: int | None
    reference: str


def article_named(text: str, *, for_desk: bool = True) -> Named:
    """The published article that somebody names, `HAM-K3` or `LA-K2`. Raises Wrong."""
    asked = rules.named(text)
    found = _find(asked, for_desk) if asked else None
    if found is None:
        raise wrong("article", "There is no such article. Give its number, like HAM-K3.")
    return found


def _find(asked: tuple[str, int], for_desk: bool) -> Named | None:
    code, number = asked
    if code == rules.LA_CODE:
        la = select(LaArticle.id).where(LaArticle.number == number, *_open(LaArticle, for_desk))
        found = db.session.scalar(la)
        return Named(None, found, rules.reference(code, number)) if found else None
    own = (
        select(Article.id)
        .join(School, School.id == Article.school_id)
        .where(School.code == code, Article.number == number, *_open(Article, for_desk))
    )
    found = db.session.scalar(own)
    return Named(found, None, rules.reference(code, number)) if found else None


def _open(kind: type[Article] | type[LaArticle], for_desk: bool) -> list[Any]:
    found = [kind.state == "published"]
    return found if for_desk else [*found, kind.audience == "everyone"]
