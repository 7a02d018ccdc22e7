"""A program's token gives no second factor, so making one asks for it, and none grows into more."""

from __future__ import annotations

import pytest

from app.people.models import ApiToken
from tests.people.factors import code, events, give_app, in_with_code
from tests.people.mailbox import Mailbox, text_of
from tests.people.signing import knock, rows
from tests.people.test_invitations import NEW as INVITE
from tests.people.test_invitations import sheet
from tests.people.test_members import change, page_of
from tests.people.test_my_tokens import LIST, NEW, made, wanted

ROOMS = "/schools/st-marys/locations"


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


# --- becoming more ---


@pytest.mark.parametrize(
    ("role", "status"), [("spoc", 401), ("technician", 401), ("tech_advisor", 200)]
)
def test_a_token_of_a_reporter_does_not_become_a_spocs(app, sign_in, api, cast, role, status):
    assert api(cast.rita).get(ROOMS).status_code == 200
    assert change(sign_in(cast.dora), page_of(app, cast.rita), "role", role=role).status_code == 303
    assert api(cast.rita).get(ROOMS).status_code == status
    assert ("token_revoked" in events(app, cast.rita)) is (status == 401)
    assert api(cast.ravi).get(ROOMS).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("spoc", 401), ("tech_advisor", 200)])
def test_nor_by_an_invitation(app, sign_in, api, cast, mailbox, role, status):
    invitation = sheet(email=cast.rita.email, role=role)
    assert sign_in(cast.dora).post(INVITE, invitation).status_code == 303
    rita = sign_in(cast.rita)
    assert rita.post(mailbox.link(cast.rita.email, "invitations")).status_code == 303
    assert api(cast.rita).get(ROOMS).status_code == status
    assert ("token_revoked" in events(app, cast.rita)) is (status == 401)
    # The smaller role asks for nothing new.
    assert (rita.get("/account").status_code == 200) is (role == "tech_advisor")


def test_a_reporter_at_the_la_s_invitation_signs_in_again_for_its_short_lifetime(
    app, sign_in, api, cast, mailbox
):
    lena = {"name": "Rita", "email": cast.rita.email, "role": "la_admin"}
    assert sign_in(cast.ada).post("/authority/invitations/new", lena).status_code == 303
    here, there = sign_in(cast.rita), sign_in(cast.rita)
    answer = here.post(mailbox.link(cast.rita.email, "invitations"))
    assert answer.location == "/sign-in?next=/"
    assert there.get("/account").status_code == 302
    assert api(cast.rita).get("/queue").status_code == 401
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


# --- making one ---


def test_an_old_proof_makes_no_token(app, cast, at):
    at("2026-01-13T09:00:00+00:00")
    give_app(app, cast.sam)
    visitor = in_with_code(app, cast.sam)
    visitor.get(NEW)
    before = len(rows(app, ApiToken.id))
    at("2026-01-13T09:15:01+00:00")
    answer = visitor.post(NEW, wanted())
    assert answer.status_code == 401 and "deskbell_" not in answer.text
    assert visitor.get(NEW).location.startswith("/second-factor?next=")
    assert len(rows(app, ApiToken.id)) == before
    assert visitor.post("/second-factor", {"code": code(), "next": NEW}).location == NEW
    visitor.get(NEW)
    assert visitor.post(NEW, wanted()).status_code == 201
    assert len(rows(app, ApiToken.id)) == before + 1


def test_its_owner_gets_a_mail(app, sign_in, cast, mailbox):
    token = made(sign_in(cast.rita))
    (mail,) = mailbox.to(cast.rita.email)
    assert mail["Subject"] == "An API token was made for your account"
    said = text_of(mail)
    assert f"http://localhost{LIST}" in said and token not in said
