"""Tell people: find out who hears of an event, write each a mail to be sent, and send it.

Called by the drain within a school, in the transaction that marks the row done, so a second run
finds nothing to do. Nothing that is said stands in the outbox: a mail is written from the event
and its incident when it goes out, and not at all to somebody who may not read it any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from app import clock
from app.incidents.models import Incident
from app.later import later_each, later_each_at, row_being_done
from app.notifications import rules, words
from app.notifications.known import Key, Known, know
from app.notifications.letters import Letter
from app.notifications.models import DigestEntry
from app.notifications.post import absolute, post
from app.notifications.quiet import Quiet, quiet_here
from app.notifications.receivers import receivers, reporter_without_account
from app.notifications.who_reads import can_hear
from tenants import current_school_id, db

LONGEST_DIGEST = 200
Payload = Mapping[str, Any]


# --- who hears of it ---


def tell_people(event_at: str, event_id: int) -> None:
    tell_people_of([{"event_at": event_at, "event_id": event_id}])


def tell_people_of(payloads: Sequence[Payload]) -> None:
    """Several events of one school, read together."""
    known = know(_key(one) for one in payloads)
    quiet = quiet_here()
    mails: list[tuple[datetime, dict[str, Any]]] = []
    for one in payloads:
        event = known.events.get(_key(one))
        if event is not None:
            key = {"event_at": one["event_at"], "event_id": one["event_id"]}
            mails += [(at, {**to, **key}) for at, to in _told(known, event, quiet)]
    later_each_at("send_mail", mails)


def _told(known: Known, event: Any, quiet: Quiet) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """To whom a mail goes, and when; for those who read once a day, an entry is kept."""
    incident, now = known.incidents.get(event.subject_id), clock.now()
    if incident is None:
        return
    for person_id, topic in receivers(known, event):
        address = known.addresses.get(person_id)
        if address is None or address.email in known.troubled:
            continue
        choice = address.choices.get(topic, rules.USUAL)
        if choice == "now":
            at = quiet.until(now, event, incident, known.people[person_id], topic)
            yield at, {"person_id": person_id}
        elif choice == "digest":
            _keep_for_digest(person_id, event)
    if reporter_without_account(known, event):
        yield quiet.until(now, event, incident, None, rules.Topic.REPORTS), {"to_reporter": True}


def _keep_for_digest(person_id: int, event: Any) -> None:
    db.session.execute(
        insert(DigestEntry).values(
            school_id=current_school_id(),
            person_id=person_id,
            event_at=event.at,
            event_id=event.id,
        )
    )


# --- one mail ---


def send_mail(**payload: Any) -> None:
    """Raises Temporary or Permanent."""
    for do in mails_for([payload]):
        do()


def mails_for(payloads: Sequence[Payload]) -> list[Callable[[], None]]:
    """What sends each of them, with everything read beforehand for all."""
    known = know((_key(one) for one in payloads), _person_ids(payloads))
    return [_sender(_letter(known, one)) for one in payloads]


def _sender(letter: Letter | None) -> Callable[[], None]:
    def send() -> None:
        if letter is not None:
            post(letter, message_id=row_being_done.get())

    return send


def _letter(known: Known, payload: Payload) -> Letter | None:
    """None for somebody whom it no longer concerns."""
    event = known.events.get(_key(payload))
    incident = known.incidents.get(event.subject_id) if event is not None else None
    if event is None or incident is None:
        return None
    if payload.get("to_reporter"):
        return _to_reporter(known, event, incident)
    person_id = payload["person_id"]
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if person is None or address is None or address.email in known.troubled:
        return None
    if not can_hear(person, incident, event.visibility, known.followers.get(incident.id, ())):
        return None
    return words.letter(
        event,
        incident,
        known.school,
        to=address.email,
        name=person.name,
        is_reporter=incident.reporter_id in person.membership_ids,
        has_account=True,
    )


def _to_reporter(known: Known, event: Any, incident: Incident) -> Letter | None:
    address = reporter_without_account(known, event)
    if address is None:
        return None
    return words.letter(
        event,
        incident,
        known.school,
        to=address,
        name=incident.reporter_name,
        is_reporter=True,
        has_account=False,
    )


# --- once a day ---


def send_digest(person_id: int) -> None:
    """What has happened since the last one, and then those entries are gone."""
    entries = db.session.execute(
        select(DigestEntry.id, DigestEntry.event_at, DigestEntry.event_id)
        .where(DigestEntry.school_id == current_school_id(), DigestEntry.person_id == person_id)
        .order_by(DigestEntry.id)
    ).all()
    if not entries:
        return
    newest = entries[-LONGEST_DIGEST:]
    keys = [Key(entry.event_at, entry.event_id) for entry in newest]
    known = know(keys, [person_id])
    _forget(person_id, entries[-1].id)
    letter = _digest(known, keys, person_id, left_out=len(entries) - len(newest))
    if letter is not None:
        post(letter, message_id=row_being_done.get())


def _digest(known: Known, keys: Iterable[Key], person_id: int, left_out: int) -> Letter | None:
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if person is None or address is None or address.email in known.troubled:
        return None
    lines = []
    for key in keys:
        event = known.events.get(key)
        incident = known.incidents.get(event.subject_id) if event is not None else None
        if event is None or incident is None:
            continue
        if can_hear(person, incident, event.visibility, known.followers.get(incident.id, ())):
            lines.append(words.line_of_digest(event, incident, known.school))
    if not lines:
        return None
    if left_out:
        lines.insert(0, f"These are the newest; {left_out} older ones are not listed.")
    return Letter(
        to=address.email,
        to_name=person.name,
        subject=f"{known.school.name}: what has happened on the service desk",
        paragraphs=("Since the last summary:", *lines),
        small_print=(f"Choose what you get by mail: {absolute(words.CHOICES_PATH)}",),
        choices_url=absolute(words.CHOICES_PATH),
    )


def _forget(person_id: int, last_id: int) -> None:
    db.session.execute(
        delete(DigestEntry).where(
            DigestEntry.school_id == current_school_id(),
            DigestEntry.person_id == person_id,
            DigestEntry.id <= last_id,
        ),
        execution_options={"synchronize_session": False},
    )


def digests_are_due() -> None:
    """In the school acted in: a mail for each person who has something to read."""
    waiting = select(DigestEntry.person_id).where(DigestEntry.school_id == current_school_id())
    people = db.session.scalars(waiting.distinct()).all()
    later_each("send_digest", [{"person_id": number} for number in people], at=clock.now())


def _key(payload: Payload) -> Key:
    return Key.of(payload["event_at"], payload["event_id"])


def _person_ids(payloads: Iterable[Payload]) -> set[int]:
    return {one["person_id"] for one in payloads if "person_id" in one}
