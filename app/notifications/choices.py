"""What each person chose to get by mail. At the front door."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from app import clock
from app.notifications.models import MailChoice
from app.notifications.rules import USUAL, Topic
from app.people.models import SignInEvent
from tenants import db


def choices_of(person_id: int) -> dict[str, str]:
    """What was never chosen is as usual."""
    rows = db.session.execute(
        select(MailChoice.topic, MailChoice.choice).where(MailChoice.person_id == person_id)
    )
    return {topic: USUAL for topic in Topic} | {topic: choice for topic, choice in rows}


def choose(person_id: int, chosen: Mapping[str, str]) -> None:
    before = choices_of(person_id)
    changed = {topic: one for topic, one in chosen.items() if before[topic] != one}
    for topic, one in changed.items():
        db.session.execute(
            upsert(MailChoice)
            .values(person_id=person_id, topic=topic, choice=one)
            .on_conflict_do_update(index_elements=["person_id", "topic"], set_={"choice": one})
        )
    if changed:
        db.session.add(
            SignInEvent(at=clock.now(), kind="mail_choices_changed", person_id=person_id)
        )
