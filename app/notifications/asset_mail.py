"""Once a working day the desk hears of its equipment: what was added, what is overdue, and the ICT
owner of what waits for their word. No mail where there is nothing to say."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app import clock
from app.assets.news import MONDAY, News, is_there_news, news
from app.later import later_each_at, row_being_done
from app.notifications.known import know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.quiet import quiet_here
from app.notifications.rules import Topic
from app.notifications.words import CHOICES_PATH
from app.people.models import Membership
from tenants import current_school_id, db

_SEND = "send_asset_news"
# Who hears of what, by the permission that lets them do something about it.
_PARTS = (
    ("added", "asset.edit", "New in the register:"),
    ("overdue", "asset.edit", "On loan and overdue:"),
    ("asked", "asset.confirm", "These wait for your word, to be retired or disposed of:"),
)
_TOLD = ("spoc", "ict_owner")


def tell_of_assets(now: datetime) -> None:
    """In the school acted in, on every working day; on Monday of the weekend too."""
    is_monday = now.astimezone(clock.LONDON).weekday() == MONDAY
    since = now - timedelta(days=3 if is_monday else 1)
    if not is_there_news(since, now, clock.today()):
        return
    at, window = quiet_here().at_school(now), [since.isoformat(), now.isoformat()]
    later_each_at(_SEND, [(at, {"person_id": one, "window": window}) for one in _told()])


def _told() -> list[int]:
    today = clock.today()
    found = db.session.scalars(
        select(Membership.person_id)
        .where(
            Membership.school_id == current_school_id(),
            Membership.role.in_(_TOLD),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .distinct()
        .order_by(Membership.person_id)
    )
    return list(found)


def send_asset_news(person_id: int, window: list[str]) -> None:
    """Raises Temporary or Permanent. As it stands now: what came back meanwhile is not said."""
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if person is None or address is None or address.email in known.troubled:
        return
    if address.choices.get(Topic.DESK) == "off":
        return
    since, until = (datetime.fromisoformat(one) for one in window)
    found = news(since, until, clock.today())
    is_spoc = "spoc" in person.roles
    paragraphs = _paragraphs(found, [
        name for name, permission, _ in _PARTS
        if person.may(permission) and (is_spoc or name == "asked")
    ])  # fmt: skip
    if not paragraphs:
        return
    school = known.school
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{school.name}: news of the equipment",
            paragraphs=tuple(paragraphs),
            button=("Open the register", absolute(f"/{school.slug}/assets")),
            small_print=(
                f"You get this from the ICT service desk of {school.name}.",
                f"Choose what you get by mail: {absolute(CHOICES_PATH)}",
            ),
            choices_url=absolute(CHOICES_PATH),
        ),
        message_id=row_being_done.get(),
    )


def _paragraphs(found: News, names: list[str]) -> list[str]:
    said: list[str] = []
    for name, _, heading in _PARTS:
        lines: list[str] = getattr(found, name)
        if name in names and lines:
            said += [heading, *lines]
    return said
