"""Registers of articles: what somebody may read, by title, and what waits for the LA's review.

The school's own come first, then the LA's; keyset, so the order is by what does not move while
somebody reads: whose it is, title, number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from app.errors import NotThere
from app.knowledge import rules
from app.knowledge.models import Article, ArticleUse, LaArticle
from app.people.identity import Me
from tenants import School, across_schools, current_school_id, db

_own, _la = Article.__table__.c, LaArticle.__table__.c


class Uses(NamedTuple):
    solved: int = 0
    helped: int = 0


def is_of_desk(person: Me) -> bool:
    """Who reads what is meant for the desk only."""
    return person.may("desk.view")


def sees_drafts(person: Me) -> bool:
    return person.may("article.write") or person.may("article.offer")


def readable(person: Me) -> ColumnElement[bool]:
    """Which of the school's own somebody may read; the LA's reviewers read what is offered."""
    ways: list[ColumnElement[bool]] = [true() if sees_drafts(person) else false()]
    if is_of_desk(person):
        ways.append(Article.state == "published")
    else:
        ways.append(and_(Article.state == "published", Article.audience == "everyone"))
    return or_(*ways)


def get_article(person: Me, number: int, *, to_change: bool = False) -> Article:
    """One of the school's own."""
    wanted = select(Article).where(Article.number == number, readable(person))
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def get_la_article(person: Me, number: int, *, to_change: bool = False) -> LaArticle:
    """One of the LA's; whoever writes them sees drafts and retired ones too."""
    wanted = select(LaArticle).where(LaArticle.number == number)
    if not person.may("authority.knowledge") and not _is_of_la(person):
        wanted = wanted.where(LaArticle.state == "published")
    if not is_of_desk(person) and not _is_of_la(person):
        wanted = wanted.where(LaArticle.audience == "everyone")
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def _is_of_la(person: Me) -> bool:
    return person.school is None and person.is_la_staff


def page_of_articles(
    person: Me, filters: Mapping[str, Any], *, after: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """The school's own and the LA's. One statement."""
    own = _listed(_own, is_la=False).where(
        _own.school_id == current_school_id(), readable(person), *_narrowed(_own, filters)
    )
    published = [_la.state == "published", *_narrowed(_la, filters)]
    if not is_of_desk(person):
        published.append(_la.audience == "everyone")
    la = _listed(_la, is_la=True).where(*published)
    both = union_all(*_wanted(filters.get("scope"), own, la)).subquery()
    return _page(both.c, after, limit)


def page_of_la_articles(
    filters: Mapping[str, Any], *, after: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """The LA's in every state, for its lines. Asked while reading as the authority."""
    wanted = _listed(_la, is_la=True).where(*_narrowed(_la, filters)).subquery()
    return _page(wanted.c, after, limit)


def _listed(c: Any, *, is_la: bool) -> Select[Any]:
    return select(
        (true() if is_la else false()).label("is_la"),
        c.number,
        c.title,
        c.kind,
        c.category,
        c.audience,
        c.state,
        c.updated_at,
        func.lower(c.title).label("by"),
    )


def _narrowed(c: Any, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found = [
        c[name] == filters[name] for name in ("category", "kind", "state") if filters.get(name)
    ]
    if asked := filters.get("q"):
        words = rules.search_words(asked) or rules.search_words(asked, with_common=True)
        query = func.to_tsquery("english", rules.as_query(words, every=True))
        found.append(c.search.bool_op("@@")(query) if words else false())
    return found


def _wanted(scope: str | None, own: Select[Any], la: Select[Any]) -> list[Select[Any]]:
    return {"school": [own], "la": [la]}.get(scope or "", [own, la])


def _page(c: Any, after: list[Any] | None, limit: int) -> Sequence[Row[Any]]:
    wanted = select(*c).order_by(c.is_la, c.by, c.number).limit(limit)
    if after is not None:
        place = tuple_(*(literal(value) for value in after))
        wanted = wanted.where(tuple_(c.is_la, c.by, c.number) > place)
    return db.session.execute(wanted).all()


def place_of(row: Row[Any]) -> list[Any]:
    return [row.is_la, row.by, row.number]


def uses_of(article: Article) -> Uses:
    """How often it solved or helped, at this school."""
    return _uses(ArticleUse.article_id == article.id)


def uses_of_la(article_id: int) -> Uses:
    """The same for one of the LA's: where this is asked across schools, at all of them."""
    return _uses(ArticleUse.la_article_id == article_id)


def _uses(where: ColumnElement[bool]) -> Uses:
    counted = select(
        func.count().filter(ArticleUse.how == "solved"),
        func.count().filter(ArticleUse.how == "helped"),
    ).where(where)
    solved, helped = db.session.execute(counted).one()
    return Uses(solved, helped)


def offers(*, after: list[Any] | None, limit: int) -> Sequence[Row[Any]]:
    """What the schools offered and nobody has answered, the oldest first. One statement."""
    with across_schools("articles offered for every school"):
        wanted: Any = (
            select(
                School.slug,
                School.code,
                School.name.label("school_name"),
                Article.school_id,
                Article.id,
                Article.number,
                Article.title,
                Article.kind,
                Article.offered_at,
                Article.offered_by,
            )
            .join(School, School.id == Article.school_id)
            .where(Article.offer == "offered")
            .order_by(Article.offered_at, Article.school_id, Article.id)
            .limit(limit)
        )
        if after is not None:
            place = tuple_(*(literal(value) for value in after))
            wanted = wanted.where(tuple_(Article.offered_at, Article.school_id, Article.id) > place)
        return db.session.execute(wanted).all()
