"""Who hears of a visit and of Tech Advisors, and what nobody is told."""

from __future__ import annotations

from tests.api.desk import ADVISORS_ON, CHECK, FORWARD, INCIDENTS, SCHOOL, done, log
from tests.incidents.pages import BROKEN

VISITS = f"{SCHOOL}/visits"
TUESDAY = {"starts_at": "2026-01-13T14:00:00Z", "visitor": "Tariq Firstline"}


def text_of(mail) -> str:
    return mail.message.get_body(("plain",)).get_content()


def forwarded(app, **sheet) -> None:
    path = log(app, **sheet)
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "post", f"{path}/escalation", FORWARD)


def test_of_a_visit_the_desk_the_visitor_and_the_reporter_hear_once_each(
    app, cast, at, sink, deliver
):
    at("2026-01-12T09:00+00:00")
    forwarded(app)
    forwarded(app, title="Printer jams")
    deliver()
    sink.taken.clear()
    done(app, "tariq", "post", VISITS, TUESDAY)
    deliver()
    (desk,) = sink.to(cast.sam.email)
    assert desk.message["Subject"] == "St Mary’s Primary School: a visit is agreed"
    assert "Tariq Firstline comes to St Mary’s Primary School on Tue 13 Jan, 14:00." in text_of(
        desk
    )
    assert "STM-1: Projector shows no picture" in text_of(desk)
    # Whoever booked it knows.
    assert sink.to(cast.tariq.email) == []
    to_rita = sink.to(cast.rita.email)
    assert len(to_rita) == 2
    said = sorted(text_of(mail).splitlines()[0] for mail in to_rita)
    assert said[0] == "A visit is agreed for Tue 13 Jan, 14:00, about STM-1."

    sink.taken.clear()
    moved = {"starts_at": "2026-01-14T10:00:00Z"}
    done(app, "sam", "patch", f"{VISITS}/1", moved, If_Match='"1"')
    deliver()
    (mail,) = sink.to(cast.tariq.email)
    assert "now comes to St Mary’s Primary School on Wed 14 Jan, 10:00" in text_of(mail)
    assert sink.to(cast.sam.email) == []
    assert len(sink.to(cast.rita.email)) == 2

    sink.taken.clear()
    done(app, "sam", "put", f"{VISITS}/1/cancellation", {"reason": "Snow"})
    deliver()
    (mail,) = sink.to(cast.tariq.email)
    assert "Snow" in text_of(mail)


def test_when_it_works_again_by_itself_whoever_was_to_come_is_told(app, cast, at, sink, deliver):
    at("2026-01-12T09:00+00:00")
    forwarded(app)
    done(app, "sam", "post", VISITS, {**TUESDAY, "kind": "urgent"})
    deliver()
    sink.taken.clear()
    done(app, "rita", "put", f"{INCIDENTS}/1/self_cure")
    deliver()
    (mail,) = sink.to(cast.tariq.email)
    assert mail.message["Subject"] == "St Mary’s Primary School: a visit was cancelled"
    assert "Nothing is left to be done." in text_of(mail)


def test_a_sensitive_job_is_named_by_its_reference_alone(app, cast, at, sink, deliver):
    at("2026-01-12T09:00+00:00")
    forwarded(app, title="Secret title", sensitive=True)
    deliver()
    sink.taken.clear()
    done(app, "tariq", "post", VISITS, TUESDAY)
    deliver()
    assert sink.to(cast.sam.email)
    assert "STM-1" in text_of(sink.to(cast.sam.email)[0])
    assert not any("Secret title" in text_of(mail) for mail in sink.taken)


def test_advisors_hear_of_a_sheet_and_never_whose_it_is(app, cast, at, sink, deliver, ledger):
    at("2026-01-13T09:10+00:00")
    ledger.rows(ADVISORS_ON)
    sheet = {**BROKEN, "category": "display", "advice": True, "contact_detail": "extension 2147"}
    done(app, "rita", "post", INCIDENTS, sheet)
    deliver()
    (mail,) = sink.to(cast.pip.email)
    everything = str(mail.message) + text_of(mail)
    assert "STM-1 of St Mary’s Primary School waits for a Tech Advisor." in text_of(mail)
    assert "Rita" not in everything and "2147" not in everything
    (receipt,) = sink.to(cast.rita.email)
    assert "You can go to the desk at any moment" in text_of(receipt)
    # It is not the desk's yet.
    assert sink.to(cast.sam.email) == []

    sink.taken.clear()
    done(app, "pip", "put", f"{INCIDENTS}/1/advice", {"tried": "Press Source"})
    deliver()
    (advice,) = sink.to(cast.rita.email)
    assert "Press Source" in text_of(advice)

    sink.taken.clear()
    done(app, "rita", "post", f"{INCIDENTS}/1/advice/pass_on")
    deliver()
    (desk,) = sink.to(cast.sam.email)
    assert "has come from the Tech Advisors" in text_of(desk)
