"""One search over everything a school keeps, each register for whoever may read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select

from app.assets.models import Asset
from app.assets.queries import page_of_assets
from app.catalogue.models import Service
from app.contracts import contract_queries
from app.contracts.register import Contract
from app.documents.models import Document
from app.incidents.lists import call_log
from app.knowledge.models import Article
from app.licences.models import Licence
from app.locations.models import Location
from app.people.identity import Me
from app.people.models import Membership
from app.problems_log.models import Problem
from app.suppliers.models import Supplier
from tenants import current_school_id, db

SHORTEST = 2
MOST = 8


class Found(NamedTuple):
    kind: str
    key: str  # what stands in its address
    words: str


class Source(NamedTuple):
    kind: str
    permission: str
    find: Callable[[Me, str], Sequence[Found]]


def search(person: Me, text: str) -> list[Found]:
    """The first few of each register; nothing for a single letter, but for a single figure."""
    asked = " ".join(text.split())
    if len(asked) < SHORTEST and not asked.isdecimal():
        return []
    return [
        one
        for source in SOURCES
        if person.may(source.permission)
        for one in source.find(person, asked)
    ]


def _incidents(person: Me, text: str) -> list[Found]:
    # Whoever must not learn by searching what they do not see searches titles.
    name = "q" if person.may("desk.view") else "title_q"
    page = call_log(person, {name: text}, after=None, limit=MOST)
    return [Found("incident", str(row.number), row.title) for row in page.rows]


def _assets(_: Me, text: str) -> list[Found]:
    rows: list[Asset] = page_of_assets({"q": text}, None, MOST).rows
    return [Found("asset", one.tag, _joined(one.tag, one.make, one.model)) for one in rows]


def _contracts(person: Me, text: str) -> list[Found]:
    wanted = contract_queries.visible_to(person)
    asked = text.lower()
    wanted = wanted.where(
        or_(*(_has(column, asked) for column in (Contract.name, Contract.reference)))
    )
    rows = db.session.scalars(wanted.order_by(Contract.name, Contract.number).limit(MOST))
    return [Found("contract", str(one.number), one.name) for one in rows]


def _named(
    kind: str, thing: Any, key: Any, words: Any, *searched: Any, only: Any = None
) -> Callable[[Me, str], list[Found]]:
    def find(_: Me, text: str) -> list[Found]:
        wanted: Select[Any] = select(key, words).where(thing.school_id == current_school_id())
        wanted = wanted.where(or_(*(_has(one, text.lower()) for one in (words, *searched))))
        if only is not None:
            wanted = wanted.where(only)
        rows = db.session.execute(wanted.order_by(words, key).limit(MOST))
        return [Found(kind, str(found), said) for found, said in rows]

    return find


def _has(column: Any, asked: str) -> Any:
    return func.lower(column).contains(asked, autoescape=True)


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


# fmt: off
SOURCES = (
    Source("incident", "incident.view",  _incidents),
    Source("asset",    "asset.view",     _assets),
    Source("location", "location.view",  _named("location", Location, Location.key, Location.name)),
    Source("licence",  "licence.view",   _named("licence", Licence, Licence.number, Licence.product,
                                                Licence.publisher)),
    Source("contract", "contract.view",  _contracts),
    Source("supplier", "supplier.view",  _named("supplier", Supplier, Supplier.key, Supplier.name,
                                                Supplier.contact_name)),
    Source("service",  "service.view",   _named("service", Service, Service.key, Service.name,
                                                Service.purpose)),
    Source("article",  "article.view",   _named("article", Article, Article.number, Article.title,
                                                only=Article.state == "published")),
    Source("problem",  "problem.view",   _named("problem", Problem, Problem.number, Problem.title)),
    Source("document", "document.view",  _named("document", Document, Document.number,
                                                Document.title)),
    Source("person",   "school.people",  _named("person", Membership, Membership.name,
                                                Membership.name)),
)
# fmt: on
