"""What the ICT owner and whoever planned it hear of a payment: it waits, it was decided."""

from __future__ import annotations

from typing import Any

from app import clock
from app.later import later_each, row_being_done
from app.notifications.known import know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.rules import Topic
from app.notifications.words import CHOICES_PATH
from app.payments.models import Payment
from app.payments.shown import gross
from app.permissions import Role
from tenants import current_school_id, db

# fmt: off
# what: (subject, sentence)
SAID: dict[str, tuple[str, str]] = {
    "waits":     ("a payment waits for your approval",
                  "{planner} has planned a payment of £{amount} for {school}, due on {due}."),
    "approved":  ("your payment is approved",
                  "{owner} has approved the payment of £{amount}, due on {due}. Order it now."),
    "cancelled": ("your payment is not approved",
                  "The payment of £{amount}, due on {due}, has been cancelled."),
}
# fmt: on


def tell_of_payment(payment_id: int, what: str) -> None:
    """A letter each: that it waits for the ICT owners, but not for whoever planned it; what was
    decided for whoever planned it."""
    payment = db.session.get(Payment, (current_school_id(), payment_id))
    if payment is None or what not in SAID or _is_over(payment, what):
        return
    planner = payment.planned_by_person
    known = know([], [planner])
    told = {*known.of_role(Role.ICT_OWNER)} - {planner} if what == "waits" else {planner}
    topic = Topic.APPROVALS if what == "waits" else Topic.DESK
    payloads = [
        {"payment_id": payment_id, "what": what, "person_id": one}
        for one in sorted(told)
        if (found := known.addresses.get(one)) is not None
        and found.email not in known.troubled
        and found.choices.get(topic) != "off"
    ]
    later_each("send_payment_letter", payloads, at=clock.now())


def send_payment_letter(payment_id: int, what: str, person_id: int) -> None:
    """Raises Temporary or Permanent."""
    payment = db.session.get(Payment, (current_school_id(), payment_id))
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if payment is None or person is None or address is None or address.email in known.troubled:
        return
    subject, _ = SAID[what]
    choices = absolute(CHOICES_PATH)
    page = "to-approve" if what == "waits" else str(payment.number)
    words = "Decide" if what == "waits" else "Open the payment"
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{known.school.name}: {subject}",
            paragraphs=_paragraphs(payment, what, known.school),
            button=(words, absolute(f"/{known.school.slug}/payments/{page}")),
            small_print=(
                f"You get this from the ICT service desk of {known.school.name}.",
                f"Choose what you get by mail: {choices}",
            ),
            thread=f"payment-{current_school_id()}.{payment.number}",
            choices_url=choices,
        ),
        message_id=row_being_done.get(),
    )


def _paragraphs(payment: Payment, what: str, school: Any) -> tuple[str, ...]:
    sentence = SAID[what][1].format(
        planner=payment.created_by,
        owner=payment.approved_by or "The ICT owner",
        amount=f"{gross(payment):,.2f}",
        school=school.name,
        due=f"{payment.due_on:%-d %B %Y}",
    )
    more = [f"What for:\n{payment.description}"]
    if what == "waits" and payment.schedule_id is not None:
        more.append("It is the first of a schedule; the others wait with it.")
    if what == "cancelled" and payment.reason:
        more.append(f"Why:\n{payment.reason}")
    return sentence, *more


def _is_over(payment: Payment, what: str) -> bool:
    """Decided or changed since: nobody has to be told any more."""
    return payment.status != ("planned" if what == "waits" else what)
