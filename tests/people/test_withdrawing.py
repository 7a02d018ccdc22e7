"""Open invitations end with whoever made them, and with the part that they would give back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.admin.office import Sheet, la_events, la_membership, person_id
from tests.people.mailbox import Mailbox
from tests.people.test_invitations import LA_NEW, LIST, NINA, events, invited
from tests.people.test_members import change, day, page_of

WITHDRAWN = "person.invitation_withdrawn"
OTHER = "sam.private@mail.example"


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


@pytest.fixture
def opens(app, mailbox):
    """Whether the newest link that this address got opens something."""
    return lambda email: (
        app.test_client().get(mailbox.link(email, "invitations")).status_code == 200
    )


def withdrawals(app, slug="st-marys"):
    return [said for kind, _, said in events(app, slug) if kind == WITHDRAWN]


def test_what_a_leaver_made_opens_nothing_any_more(app, sign_in, cast, opens):
    invited(sign_in, cast.sam, email=OTHER, name="Sam’s Friend", role="spoc")
    invited(sign_in, cast.ike)
    assert opens(OTHER) and opens(NINA)
    assert change(sign_in(cast.dora), page_of(app, cast.sam), "end").status_code == 303
    assert not opens(OTHER)
    assert opens(NINA), "somebody else vouches for her"
    assert withdrawals(app) == ["Sam’s Friend, Single point of contact (SPOC)"]


def test_what_is_addressed_to_a_leaver_goes_too(app, sign_in, cast, opens):
    invited(sign_in, cast.dora, email=cast.rita.email, name="Rita", role="technician")
    there = {"name": "Rita", "email": cast.rita.email, "role": "reporter"}
    assert change(sign_in(cast.dora), page_of(app, cast.rita), "end").status_code == 303
    assert withdrawals(app) == ["Rita, School technician"]
    # What another school offers is its own affair.
    sign_in(cast.olga).post("/oakfield/people/invitations/new", there)
    assert change(sign_in(cast.dora), page_of(app, cast.ravi), "end").status_code == 303
    assert opens(cast.rita.email)
    assert withdrawals(app, "oakfield") == []


@pytest.mark.parametrize(("role", "is_good"), [("reporter", False), ("ict_owner", True)])
def test_a_new_role_keeps_what_it_may_still_give(app, sign_in, cast, opens, role, is_good):
    invited(sign_in, cast.sam, email=OTHER, role="spoc")
    assert opens(OTHER)
    assert change(sign_in(cast.dora), page_of(app, cast.sam), "role", role=role).status_code == 303
    assert opens(OTHER) is is_good
    assert bool(withdrawals(app)) is not is_good


def test_nor_when_a_last_day_has_passed_until_somebody_else_sends_it_again(
    app, sign_in, cast, opens, at
):
    at("2026-01-13T09:00:00+00:00")
    invited(sign_in, cast.sam, email=OTHER, role="spoc")
    change(sign_in(cast.dora), page_of(app, cast.sam), "last-day", **day(date(2026, 1, 14)))
    at("2026-01-14T09:00:00+00:00")
    assert opens(OTHER)
    at("2026-01-15T09:00:00+00:00")
    assert not opens(OTHER)
    dora = sign_in(cast.dora)
    again = re.search(rf"{LIST}/[0-9a-f-]+/again", dora.get(LIST).text)[0]
    assert dora.post(again).status_code == 303
    assert opens(OTHER)
    assert "Dora Owner" in dora.get(LIST).text


def test_from_the_back_office_too(app, sign_in, cast, opens):
    invited(sign_in, cast.sam, email=OTHER, role="spoc")
    assert opens(OTHER)
    sheet = Sheet(sign_in(cast.ada), f"people/edit/?id={person_id(app, cast.sam)}")
    assert sheet.send(is_active=None).status_code == 303
    assert not opens(OTHER)
    assert len(withdrawals(app)) == 1


def test_whoever_leaves_the_la_does_not_come_back_by_an_old_link(app, sign_in, cast, opens):
    ada = sign_in(cast.ada)
    again = {"name": "Tariq", "email": cast.tariq.email, "role": "la_manager"}
    assert ada.post(LA_NEW, again).status_code == 303
    assert opens(cast.tariq.email)
    sheet = Sheet(ada, f"la-memberships/edit/?id={la_membership(app, cast.tariq)}")
    over = {"valid_to-day": 1, "valid_to-month": 1, "valid_to-year": 2025}
    assert sheet.send(**over).status_code == 303
    assert not opens(cast.tariq.email)
    assert WITHDRAWN in [one[0] for one in la_events(app)]
