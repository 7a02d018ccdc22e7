"""The letter that a draft waits: a link and no figures, for mail is read on many screens."""

from __future__ import annotations

from app import clock
from app.later import later_each, row_being_done
from app.notifications.known import know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.quiet import quiet_here
from app.permissions import Role, may
from app.reports.issued.models import IssuedReport, ReportSchedule
from tenants import current_school_id, db

TASK = "send_report_notice"


def tell_of_draft(report: IssuedReport, schedule: ReportSchedule) -> None:
    """One letter a person of the roles that the schedule names."""
    known = know([])
    told = {person for role in schedule.roles for person in known.of_role(Role(role))}
    payloads = [
        {"report_id": report.id, "person_id": person}
        for person in sorted(told)
        if (found := known.addresses.get(person)) is not None and found.email not in known.troubled
    ]
    later_each(TASK, payloads, at=quiet_here().at_school(clock.now()))


def send_report_notice(report_id: int, person_id: int) -> None:
    """Raises Temporary or Permanent."""
    report = db.session.get(IssuedReport, (current_school_id(), report_id))
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if report is None or person is None or address is None or address.email in known.troubled:
        return
    if report.state != "draft" or not may(person.roles, "report.view"):
        return
    school = known.school
    what = report.title[:1].lower() + report.title[1:]
    issues = may(person.roles, "report.issue")
    then = "and issue it" if issues else "and ask the service desk owner to issue it"
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{school.name}: a report waits to be read",
            paragraphs=(
                f"Deskbell has drafted the {what}.",
                f"Read it, change the words where they do not fit, {then}. Until then it is a "
                "draft.",
            ),
            button=("Open the draft", absolute(f"/{school.slug}/reports/{report.number}")),
            small_print=(
                f"You get this from the ICT service desk of {school.name}, which has set up "
                "reports that are written by themselves.",
            ),
            thread=f"report-{current_school_id()}.{report.number}",
        ),
        message_id=row_being_done.get(),
    )
