"""One action each, as people do it. Whoever does it has the role that may."""

from __future__ import annotations

from decimal import Decimal

from app import clock
from app.demo.years.scene import Scene
from app.history.actions import record_access
from app.incidents import (
    actions,
    advising,
    approvals,
    consulting,
    escalation,
    satisfaction,
    sheet_quality,
    supplier_links,
    supplier_says,
    triage,
    turns,
    work,
    workarounds,
    worklogs,
)


def check(one: Scene) -> None:
    impact, urgency, category = one.found
    triage.check(one.incident, by=one.cast.spoc, impact=impact, urgency=urgency, category=category)


def give_back(one: Scene) -> None:
    triage.return_to_reporter(one.incident, by=one.cast.spoc, missing="Which room is it in?")


def hand_in(one: Scene) -> None:
    triage.hand_in(one.incident, by=one.reporter)


def cancel(one: Scene) -> None:
    work.cancel(one.incident, by=one.cast.spoc, reason="Not needed after all.")


def self_cure(one: Scene) -> None:
    work.self_cure(one.incident, by=one.reporter)


def take(one: Scene) -> None:
    """Whoever comes from outside has opened it first, which the school can read."""
    worker = one.worker
    if worker.school is not None and not worker.membership_ids:
        said = turns.reference(worker.school.code, one.incident.number)
        record_access(said, "forwarded to the LA", at=clock.now(), by=worker)
    work.take(one.incident, by=worker)


def supplier_takes(one: Scene) -> None:
    """They answer by the link that they were sent, and the LA writes down that they are at it."""
    link = next(iter(supplier_links.links_of(one.incident)), None)
    if link is not None and link.revoked_at is None and link.expires_at > clock.now():
        by = supplier_says.speaker(link)
        supplier_says.say(one.incident, by=by, link=link, text="We have it and are looking at it.")
    work.take(one.incident, by=one.worker)


def forward(one: Scene) -> None:
    note = "Switched it off and on, tried another cable and another room."
    escalation.escalate(one.incident, by=one.cast.spoc, to="first_line", note=note)


def to_second_line(one: Scene) -> None:
    note = "Remote session did not help; somebody has to look at it there."
    escalation.escalate(one.incident, by=one.worker, to="second_line", note=note)


def hand_back(one: Scene) -> None:
    escalation.hand_back(one.incident, by=one.worker, reason="The room was locked; please ask.")


def reprioritise(one: Scene) -> None:
    impact, _, category = one.found
    triage.check(one.incident, by=one.cast.spoc, impact=max(1, impact - 1), category=category)


def note(one: Scene) -> None:
    actions.note(one.incident, by=one.worker, text="I am looking at it now.")


def note_inside(one: Scene) -> None:
    words = "Same board as in the room next door."
    actions.note(one.incident, by=one.worker, text=words, visibility="internal")


def diagnose(one: Scene) -> None:
    minutes = one.dice.randrange(5, 60, 5)
    actions.diagnose(
        one.incident, by=one.worker, check="Cable and lamp", outcome="Fine", minutes=minutes
    )


def hold(one: Scene) -> None:
    reasons = ("awaiting_user", "awaiting_site_access", "awaiting_parts", "awaiting_supplier")
    reason = one.dice.choices(reasons, (4, 2, 3, 2))[0]
    work.hold(one.incident, by=one.worker, reason=reason)


def resume(one: Scene) -> None:
    work.resume(one.incident, by=one.worker)


def answer(one: Scene) -> None:
    actions.note(one.incident, by=one.reporter, text="I have tried it: still the same.")


def resolve(one: Scene) -> None:
    types = ("permanent_fix", "temporary_fix", "workaround", "advice_given", "no_fault_found")
    kind = one.dice.choices(types, (8, 2, 2, 3, 1))[0]
    work.resolve(one.incident, by=one.worker, type=kind, text="Part replaced and tested.")


def resolve_outage(one: Scene) -> None:
    text = "The line of the wide-area network is repaired; it had failed for forty schools."
    work.resolve(one.incident, by=one.worker, type="permanent_fix", text=text)


def reopen(one: Scene) -> None:
    """Not where it is too late: whoever said that it is not solved, and later that it is, has let
    it stay open beyond the ten working days."""
    if work.may_still_reopen(one.incident, clock.now()):
        work.reopen(one.incident, by=one.reporter, reason="It has come back.")


def close(one: Scene) -> None:
    work.close(one.incident, by=one.cast.spoc)


def to_supplier(one: Scene) -> None:
    note = "The lamp is beyond what we mend; under the maker’s warranty."
    worker, group = one.worker, one.supplier
    escalation.escalate(one.incident, by=worker, to="supplier", group=group, note=note)


def ask_approval(one: Scene) -> None:
    cost = Decimal(one.dice.randrange(20, 400))
    approvals.ask_approval(one.incident, by=one.cast.spoc, why="It costs money.", cost=cost)


def approve(one: Scene) -> None:
    approvals.decide(one.incident, by=one.cast.ict_owner, decision="approved")


def reject(one: Scene) -> None:
    reason = "Not this year."
    approvals.decide(one.incident, by=one.cast.ict_owner, decision="rejected", reason=reason)


def log_work(one: Scene) -> None:
    """Putting out fires, looking after things before they burn, changing something."""
    weights = (2, 1, 6) if one.incident.type == "request" else (9, 2, 1)
    kind = one.dice.choices(("reactive", "proactive", "change"), weights)[0]
    minutes = one.dice.randrange(5, 90, 5)
    worklogs.log_work(one.incident, by=one.worker, minutes=minutes, kind=kind)


def rate_sheet(one: Scene) -> None:
    is_full = bool(one.incident.checked) and one.incident.reproducible is not None
    is_useful = one.dice.random() < (0.9 if is_full else 0.6)
    sheet_quality.rate_sheet(one.incident, by=one.worker, is_useful=is_useful)


def work_around(one: Scene) -> None:
    text = "Use the projector of the room next door."
    restored = one.dice.random() < 0.5
    workarounds.work_around(one.incident, by=one.worker, text=text, restored=restored)


def consult(one: Scene) -> None:
    question = "Have you seen this with that board?"
    worker = one.worker
    asked = consulting.ask(
        one.incident, by=worker, source="forum", asked="A forum", question=question
    )
    consulting.answer(one.incident, asked, by=worker, answer="Yes: update its firmware.")


def rate(one: Scene) -> None:
    score = one.dice.choices((5, 3, 1), (8, 2, 1))[0]
    satisfaction.rate(one.incident, by=one.reporter, score=score)


def solve_as_advisor(one: Scene) -> None:
    advising.solve(one.incident, by=one.advisor, is_pupil=True, tried="We changed the cable.")


def pass_on(one: Scene) -> None:
    advising.pass_on(one.incident, by=one.advisor, tried="We tried another cable.")


def go_past(one: Scene) -> None:
    advising.pass_on(one.incident, by=one.reporter)


def accept_advice_or_wait(one: Scene) -> None:
    if advising.advice_of(one.incident).state == "solved":
        advising.accept(one.incident, by=one.reporter)


def nothing(one: Scene) -> None:
    """Nobody does anything; what is due by itself happens."""
