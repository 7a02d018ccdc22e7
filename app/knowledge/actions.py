"""Write, change, publish and retire a school's articles; offer one to the LA; count their use."""

from __future__ import annotations

from typing import Any

from app import clock
from app.errors import Refused, wrong
from app.history.actions import record
from app.knowledge import rules
from app.knowledge.models import Article, ArticleUse
from app.knowledge.queries import Named
from app.people.identity import Me
from tenants import db
from tenants.numbers import take_number


def write(*, by: Me, **said: Any) -> Article:
    """A draft under the next number. Nobody but those who write sees it yet."""
    article = Article(number=take_number("article"), written_by=by.name, **said)
    article.updated_at = clock.now()
    db.session.add(article)
    db.session.flush()
    _record("article.written", article, by, to_value=article.title)
    return article


def change(article: Article, *, by: Me, state: str | None = None, **said: Any) -> None:
    """What it says, who may read it, and whether it is published. An offer was of what it said
    then, so it is taken back."""
    changed = [name for name in said if getattr(article, name) != said[name]]
    for name in changed:
        setattr(article, name, said[name])
    if changed:
        _take_back(article)
        article.updated_at = clock.now()
        db.session.flush()
        _record("article.changed", article, by, note=", ".join(sorted(changed)))
    if state is not None and state != article.state:
        move(article, state, by=by)


def move(article: Article, state: str, *, by: Me) -> None:
    """Publish it, take it back as a draft, or retire it. The LA's copy is the LA's."""
    before = article.state
    if state == before:
        return
    if state not in rules.MAY_FOLLOW[before]:
        raise Refused(f"It is {before}; it cannot become {state}.")
    article.state = state
    if state != "published":
        _take_back(article)
    article.updated_at = clock.now()
    db.session.flush()
    _record("article.moved", article, by, from_value=before, to_value=state)


def offer(article: Article, *, by: Me) -> None:
    """The school agrees that the LA reviews it and publishes it for every school."""
    if article.state != "published":
        raise Refused("Publish it at the school first. Then it can be offered to the LA.")
    if article.offer == "offered":
        return
    if article.offer == "published":
        raise Refused("The LA has published it already.")
    article.offer, article.offer_answer = "offered", None
    article.offered_by, article.offered_at = by.name, clock.now()
    db.session.flush()
    _record("article.offered", article, by)


def withdraw(article: Article, *, by: Me) -> None:
    """Not after all. What the LA has published already stays there."""
    if article.offer != "offered":
        raise Refused("It does not wait for the LA.")
    _take_back(article)
    db.session.flush()
    _record("article.withdrawn", article, by)


def count_use(
    article: Named, *, by: Me | None, how: str = "helped", incident_id: int | None = None
) -> None:
    """It solved an incident, or helped somebody who then reported nothing."""
    if how not in rules.HOW_WORDS:
        raise wrong("how", "Say whether it solved an incident or helped before one.")
    at = clock.now()
    db.session.add(
        ArticleUse(
            article_id=article.article_id,
            la_article_id=article.la_article_id,
            how=how,
            incident_id=incident_id,
            at=at,
        )
    )
    record(
        "article.used",
        subject_kind="article" if article.article_id else "la_article",
        subject_id=article.article_id or article.la_article_id or 0,
        at=at,
        by=by,
        to_value=article.reference,
        note=how,
        visibility="internal",
    )


def _take_back(article: Article) -> None:
    if article.offer in ("offered", "declined"):
        article.offer = "none"
        article.offered_by = article.offered_at = article.offer_answer = None


def _record(
    kind: str,
    article: Article,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="article",
        subject_id=article.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
        visibility="internal",
    )
