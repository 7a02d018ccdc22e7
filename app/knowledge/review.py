"""What the LA does with knowledge: its own articles, and those that schools offer.

A row of the LA's is written as the administration, inside the request of whoever holds
`authority.knowledge`. What is published is a copy: it carries nothing of the school it came from,
which alone remembers that it gave it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app import clock
from app.errors import NotThere, Refused, Stale
from app.history.actions import record, record_access, record_at_la
from app.knowledge import rules
from app.knowledge.lists import get_article
from app.knowledge.models import Article, LaArticle
from app.people.identity import Me
from tenants import administering, db
from tenants.models import LocalAuthority

SAID = ("title", "symptoms", "text", "kind", "category", "audience")


def write(*, by: Me, state: str = "draft", **said: Any) -> int:
    """A new article of the LA's. Its number."""
    with administering("an article of the LA"):
        return _write(by, state, said)[1]


def change(number: int, version: int, *, by: Me, state: str | None = None, **said: Any) -> None:
    """What it says and whether it is published. `version`: what the person had read."""
    with administering("an article of the LA"):
        article = db.session.scalar(
            select(LaArticle).where(LaArticle.number == number).with_for_update()
        )
        if article is None:
            raise NotThere
        if article.version != version:
            raise Stale("Somebody else changed this at the same moment. Look again and repeat.")
        before = article.state
        if state is not None and state != before and state not in rules.MAY_FOLLOW[before]:
            raise Refused(f"It is {before}; it cannot become {state}.")
        changed = [name for name in said if getattr(article, name) != said[name]]
        for name in changed:
            setattr(article, name, said[name])
        if state is not None:
            _move(article, state, by)
        article.updated_at = clock.now()
        db.session.flush()
        subject = rules.reference(rules.LA_CODE, number)
        if changed:
            _record("la_article.changed", subject, by, note=", ".join(sorted(changed)))
        if article.state != before:
            _record("la_article.moved", subject, by, from_value=before, to_value=article.state)


def open_offer(number: int, *, by: Me, to_change: bool = False) -> Article:
    """An article that the school acted in offers; looking at it is in the school's record."""
    article = get_article(by, number, to_change=to_change)
    if article.offer != "offered":
        raise Refused("This article does not wait for the LA’s review.")
    assert by.school is not None
    if by.is_from_outside:
        record_access(
            rules.reference(by.school.code, number),
            "article offered for every school",
            at=clock.now(),
            by=by,
        )
    return article


def publish(article: Article, *, by: Me, **said: Any) -> int:
    """A copy, as the reviewer edited it, for every school. Its number at the LA."""
    copied = {name: said.get(name, getattr(article, name)) for name in SAID}
    school_id, article_id, number = article.school_id, article.id, article.number
    with administering("an article that a school gave for every school", school_id):
        la_id, la_number = _write(by, "published", copied)
    # The scope has let go of every row.
    article = get_article(by, number, to_change=True)
    article.offer, article.la_article_id = "published", la_id
    reference = rules.reference(rules.LA_CODE, la_number)
    article.offer_answer = f"Published as {reference}."
    db.session.flush()
    _record_here("article.published_by_la", article_id, by, to_value=reference)
    return la_number


def decline(article: Article, *, by: Me, reason: str) -> None:
    """Not for every school; the school reads why."""
    article.offer, article.offer_answer = "declined", reason
    db.session.flush()
    _record_here("article.declined_by_la", article.id, by, note=reason)


def _write(by: Me, state: str, said: dict[str, Any]) -> tuple[int, int]:
    # One after the other: the next number is the last one and one.
    db.session.execute(select(LocalAuthority.id).with_for_update())
    number = (db.session.scalar(select(func.max(LaArticle.number))) or 0) + 1
    article = LaArticle(number=number, **said)
    article.updated_at = clock.now()
    article.state = state
    article.published_by = by.own_name if state == "published" else None
    db.session.add(article)
    db.session.flush()
    _record("la_article.written", rules.reference(rules.LA_CODE, number), by, to_value=state)
    return article.id, number


def _move(article: LaArticle, state: str, by: Me) -> None:
    article.state = state
    if state == "published":
        article.published_by = by.own_name


def _record(
    kind: str,
    subject: str,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    record_at_la(
        kind, subject, at=clock.now(), by=by, from_value=from_value, to_value=to_value, note=note
    )


def _record_here(
    kind: str, article_id: int, by: Me, *, to_value: str | None = None, note: str | None = None
) -> None:
    record(
        kind,
        subject_kind="article",
        subject_id=article_id,
        at=clock.now(),
        by=by,
        to_value=to_value,
        note=note,
        visibility="internal",
    )
