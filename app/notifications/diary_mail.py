"""What the diary reminds people of: one mail a person a day, a line for each thing [M29].

Who is told of what is the diary's to say; here it is put into words and sent by day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app import clock
from app.diary import reminding, rules
from app.diary.items import Item
from app.later import later_each_at, row_being_done
from app.notifications.known import know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.quiet import quiet_here
from app.notifications.rules import Topic
from app.notifications.words import CHOICES_PATH
from app.web.words import plural

_SEND = "send_diary_reminder"


def remind_of_diary(now: datetime) -> None:
    """In the school acted in, every working day. Not before the school is open."""
    taken = reminding.take_due(now.astimezone(clock.LONDON).date())
    if not taken:
        return
    at = quiet_here().at_school(now)
    later_each_at(
        _SEND,
        [(at, {"person_id": who, "reminders": sorted(rows)}) for who, rows in taken.items()],
    )


def send_diary_reminder(person_id: int, reminders: Sequence[int]) -> None:
    """Raises Temporary or Permanent. Nothing of what was done meanwhile."""
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if person is None or address is None or address.email in known.troubled:
        return
    if address.choices.get(Topic.DESK) == "off" or not person.may("diary.view"):
        return
    items = reminding.still_due(reminders, person)
    if not items:
        return
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{known.school.name}: {plural(len(items), 'date')} in the diary",
            paragraphs=(
                "These are coming up. Mark them as done in the diary, and nobody is reminded "
                "of them again.",
                *(_line(item) for item in items),
            ),
            button=("Open the diary", absolute(f"/{known.school.slug}/diary")),
            small_print=(
                f"You get this from the ICT service desk of {known.school.name}.",
                f"Choose what you get by mail: {absolute(CHOICES_PATH)}",
            ),
            choices_url=absolute(CHOICES_PATH),
        ),
        message_id=row_being_done.get(),
    )


def _line(item: Item) -> str:
    left = rules.days_ahead_words((item.on - clock.today()).days)
    at = f" at {item.at:%H:%M}" if item.at else ""
    return f"{item.on:%A} {rules.day_words(item.on)}{at}, {left}: {item.title}"
