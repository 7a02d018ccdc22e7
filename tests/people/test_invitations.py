"""A school asks somebody in: who may, the mail, the link, and what accepting it does."""

from __future__ import annotations

import re
import threading
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from app.history.models import Event
from app.people import invitations
from app.people.factors import SecondFactorReset
from app.people.invitations import GOOD_FOR
from app.people.invited import Invitation
from app.people.links import INVITATION, RESET, make_link
from app.people.models import Membership, Person
from app.people.rules import MAY_GIVE, ROLES_AT_SCHOOL
from app.permissions import Role
from tenants import School, acting_in, administering, db
from tests.people.mailbox import Mailbox, text_of
from tests.people.signing import hidden, knock, rows

NEW = "/st-marys/people/invitations/new"
LIST = "/st-marys/people/invitations"
NINA = "nina@st-marys.example"
WORDS = "copper window lantern"
GONE = "This link has expired. Ask for a new one."


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def sheet(**fields):
    return {"name": "Nina Newcomer", "email": NINA, "role": "reporter", **fields}


def invited(sign_in, who, **fields):
    answer = sign_in(who).post(NEW, sheet(**fields))
    assert answer.status_code == 303, answer.text
    return answer


def join(client, link, *, name="Nina Newcomer", password=WORDS):
    page = client.get(link)
    assert page.status_code == 200, page.text
    data = {"csrf_token": hidden(page.text, "csrf_token"), "name": name, "password": password}
    return client.post(link, data=data)


def memberships(app, email):
    """[(school, role, name, first day, last day)]"""
    with app.app_context(), administering("a test"):
        return [
            tuple(row)
            for row in db.session.execute(
                select(
                    School.slug,
                    Membership.role,
                    Membership.name,
                    Membership.valid_from,
                    Membership.valid_to,
                )
                .join(School, School.id == Membership.school_id)
                .join(Person, Person.id == Membership.person_id)
                .where(Person.email == email)
                .order_by(Membership.id)
            )
        ]


def events(app, slug="st-marys"):
    with app.app_context():
        with administering("a test"):
            school = db.session.scalar(select(School.id).where(School.slug == slug))
        with acting_in(school):
            return [
                (kind, actor, said)
                for kind, actor, said in db.session.execute(
                    select(Event.kind, Event.actor, Event.to_value).order_by(Event.at, Event.id)
                )
            ]


def test_somebody_new_comes_in_and_is_signed_in_at_once(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, job_role="Year 4 teacher")
    (mail,) = mailbox.to(NINA)
    assert "Sam Spoc invites you to the ICT service desk of St Mary’s Primary School" in text_of(
        mail
    )
    client = app.test_client()
    link = mailbox.link(NINA, "invitations")
    page = client.get(link).text
    for word in ("Sam Spoc", "St Mary’s Primary School", "Reporter", NINA):
        assert word in page
    answer = join(client, link)
    assert (answer.status_code, answer.location) == (303, "/st-marys/")
    assert client.get("/st-marys/incidents/new").status_code == 200
    assert [row[:3] for row in memberships(app, NINA)] == [
        ("st-marys", "reporter", "Nina Newcomer")
    ]
    assert ("person.joined", "Nina Newcomer", "Nina Newcomer, Reporter") in events(app)
    assert ("person.invited", "Sam Spoc", "Nina Newcomer, Reporter") in events(app)
    assert knock(app.test_client(), NINA, WORDS).status_code == 303


def test_opening_the_link_changes_nothing(app, sign_in, cast, mailbox, is_unchanged):
    """Mail scanners open links, also with HEAD."""
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    is_unchanged.start()
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200
    assert is_unchanged()
    assert join(app.test_client(), link).status_code == 303


def test_a_link_is_good_once(app, sign_in, cast, mailbox, is_unchanged):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    client = app.test_client()
    token = hidden(client.get(link).text, "csrf_token")
    assert join(app.test_client(), link).status_code == 303
    is_unchanged.start()
    late = {"csrf_token": token, "name": "Mallory", "password": "another window lantern"}
    answer = client.post(link, data=late)
    assert answer.status_code == 410 and GONE in answer.text
    assert app.test_client().get(link).status_code == 410
    assert is_unchanged()


def test_two_who_accept_at_the_same_moment_are_one_member(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    clients = [app.test_client() for _ in range(4)]
    tokens = [hidden(client.get(link).text, "csrf_token") for client in clients]
    start, statuses = threading.Barrier(4), []

    def accept(client, token):
        start.wait()
        data = {"csrf_token": token, "name": "Nina Newcomer", "password": WORDS}
        statuses.append(client.post(link, data=data).status_code)

    threads = [
        threading.Thread(target=accept, args=pair) for pair in zip(clients, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 410, 410, 410]
    assert len(memberships(app, NINA)) == 1


def bad_links(app, good):
    key = app.config["SECRET_KEY"]
    name, _, proof = good.rpartition("/")[2].partition(".")
    other = uuid4()
    return [
        make_link(key, INVITATION, other),
        make_link(key, RESET, other),
        make_link("x" * 40, INVITATION, other),
        f"{name}.{proof[:-1]}",
        f"{name}.{proof}x",
        f"{name.upper()}.{proof}",
        f"{name}.",
        name,
        "x",
        "0" * 5000,
    ]


def test_every_link_that_opens_nothing_says_the_same(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    good = mailbox.link(NINA, "invitations")
    assert app.test_client().get(good).status_code == 200
    pages = set()
    for link in bad_links(app, good):
        answer = app.test_client().get(f"/invitations/{link}")
        assert answer.status_code == 410, link
        assert GONE in answer.text
        pages.add(re.sub(r'nonce="[^"]+"', "", answer.text))
    assert len(pages) == 1


def test_an_invitation_link_resets_no_password(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations").rpartition("/")[2]
    assert app.test_client().get(f"/reset-password/{link}").status_code == 410


def test_it_runs_out_after_a_week_and_can_be_sent_again(app, sign_in, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    invited(sign_in, cast.sam)
    old = mailbox.link(NINA, "invitations")
    at("2026-01-20T08:59:59+00:00")
    assert app.test_client().get(old).status_code == 200
    at("2026-01-20T09:00:00+00:00")
    assert app.test_client().get(old).status_code == 410
    browser = sign_in(cast.sam)
    page = browser.get(LIST).text
    assert "Has expired" in page and NINA in page
    again = re.search(rf'action="({LIST}/[0-9a-f-]+/again)"', page)[1]
    assert browser.post(again).status_code == 303
    new = mailbox.link(NINA, "invitations")
    assert new != old
    assert app.test_client().get(old).status_code == 410
    assert "Waits for an answer" in browser.get(LIST).text
    assert join(app.test_client(), new).status_code == 303
    assert NINA not in browser.get(LIST).text


def test_a_withdrawn_one_opens_nothing(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    browser = sign_in(cast.dora)
    action = re.search(rf'action="({LIST}/[0-9a-f-]+/withdrawal)"', browser.get(LIST).text)[1]
    assert browser.post(action).status_code == 303
    assert app.test_client().get(link).status_code == 410
    assert browser.post(action).status_code == 409
    assert browser.post(action.replace("withdrawal", "again")).status_code == 409
    assert mailbox.subjects(NINA) == [mailbox.subjects(NINA)[0]]


def test_what_was_withdrawn_before_the_mail_went_out_is_not_sent(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    browser = sign_in(cast.sam)
    action = re.search(rf'action="({LIST}/[0-9a-f-]+/withdrawal)"', browser.get(LIST).text)[1]
    browser.post(action)
    assert mailbox.to(NINA) == []


def test_no_mailbox_is_flooded_by_one_button(app, sign_in, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    invited(sign_in, cast.sam)
    browser = sign_in(cast.sam)
    for moment, status in (("00:01", 409), ("01:59", 409), ("02:00", 303), ("03:59", 409)):
        at(f"2026-01-13T09:{moment}+00:00")
        again = re.search(rf"{LIST}/[0-9a-f-]+/again", browser.get(LIST).text)[0]
        answer = browser.post(again)
        assert answer.status_code == status, moment
        assert ("Give it 2 minutes" in answer.text) is (status == 409)
    assert len(mailbox.to(NINA)) == 1, "the link of the first was replaced before it was sent"


def test_a_school_has_so_many_open_ones_and_no_more(app, sign_in, cast, monkeypatch, at):
    monkeypatch.setattr(invitations, "MOST", 2)
    at("2026-01-13T09:00:00+00:00")
    for n in range(2):
        invited(sign_in, cast.sam, email=f"n{n}@x.example")
    answer = sign_in(cast.sam).post(NEW, sheet())
    assert answer.status_code == 409 and "2 invitations wait for an answer already." in answer.text
    there = sign_in(cast.olga).post("/oakfield/people/invitations/new", sheet())
    assert there.status_code == 303, "each school has its own"
    at("2026-01-21T09:00:00+00:00")
    invited(sign_in, cast.sam)


def test_the_office_reads_invitations_and_no_resets_and_writes_neither(app, sign_in, cast):
    invited(sign_in, cast.sam)
    for statement in (
        update(Invitation).values(withdrawn_at=None),
        delete(Invitation),
        select(SecondFactorReset.id),
    ):
        with app.app_context(), administering("a test"), pytest.raises(ProgrammingError) as refusal:
            db.session.execute(statement)
        assert "permission denied" in str(refusal.value)


# --- who may give what (A32) ---

GIVERS = {
    "sam": Role.SPOC,
    "dora": Role.SERVICE_DESK_OWNER,
    "ike": Role.ICT_OWNER,
    "ada": Role.LA_ADMIN,
}


@pytest.mark.parametrize("who", GIVERS)
def test_nobody_gives_a_role_above_the_table(app, sign_in, cast, who, is_unchanged):
    browser = sign_in(getattr(cast, who))
    shown = set(re.findall(r'name="role" type="radio" value="([^"]+)"', browser.get(NEW).text))
    allowed = {one.value for one in MAY_GIVE[GIVERS[who]] if one in ROLES_AT_SCHOOL}
    assert shown == allowed
    for role in ROLES_AT_SCHOOL:
        is_unchanged.start()
        answer = browser.post(NEW, sheet(role=role.value, email=f"{role.value}@new.example"))
        assert answer.status_code == (303 if role.value in allowed else 403), role
        assert is_unchanged() is (role.value not in allowed)


@pytest.mark.parametrize("role", ["la_admin", "la_manager", "owner", "", "SPOC"])
def test_no_body_makes_a_role_of_the_la_or_none(sign_in, cast, role, is_unchanged):
    browser = sign_in(cast.dora)
    browser.get(NEW)
    is_unchanged.start()
    assert browser.post(NEW, sheet(role=role)).status_code == 422
    assert is_unchanged()


@pytest.mark.parametrize(
    ("who", "status"),
    [("rita", 403), ("theo", 403), ("pip", 403), ("sue", 403), ("tariq", 403), ("sasha", 403),
     ("mo", 403), ("olga", 404), ("otto", 404)],
)  # fmt: skip
def test_who_may_not_invite_does_not(sign_in, cast, who, status, is_unchanged):
    browser = sign_in(getattr(cast, who))
    browser.get("/account")
    is_unchanged.start()
    for method, path in (("get", NEW), ("get", LIST), ("post", NEW)):
        data = {"data": sheet()} if method == "post" else {}
        assert getattr(browser, method)(path, **data).status_code == status
    assert is_unchanged()


def test_what_the_body_adds_changes_nothing(app, sign_in, cast, mailbox):
    """Fields that the caller may not set: another school, accepted already, invited by another."""
    invited(sign_in, cast.sam, school_id="2", school="oakfield", invited_by="Mo", accepted_at="1")
    ((school, by, accepted),) = _invitations(app)
    assert (school, by, accepted) == ("st-marys", "Sam Spoc", None)


def _invitations(app):
    with app.app_context(), administering("a test"):
        return [
            tuple(row)
            for row in db.session.execute(
                select(School.slug, Invitation.invited_by, Invitation.accepted_at).join(
                    School, School.id == Invitation.school_id
                )
            )
        ]


def test_another_schools_invitation_is_as_absent(app, sign_in, cast):
    invited(sign_in, cast.sam)
    page = sign_in(cast.sam).get(LIST).text
    here = re.search(rf"{LIST}/([0-9a-f-]+)/again", page)[1]
    olga = sign_in(cast.olga)
    for what in ("again", "withdrawal"):
        theirs = olga.post(f"/oakfield/people/invitations/{here}/{what}")
        nobodys = olga.post(f"/oakfield/people/invitations/{uuid4()}/{what}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text == nobodys.text
        assert olga.post(f"{LIST}/{here}/{what}").status_code == 404
    assert NINA not in olga.get("/oakfield/people/invitations").text


def test_a_spoc_cannot_send_again_what_is_above_them(sign_in, cast):
    invited(sign_in, cast.dora, role="ict_owner")
    page = sign_in(cast.sam).get(LIST).text
    assert NINA in page and "/again" not in page
    link = re.search(r"/([0-9a-f-]+)/again", sign_in(cast.dora).get(LIST).text)[1]
    assert sign_in(cast.sam).post(f"{LIST}/{link}/again").status_code == 403
    assert sign_in(cast.sam).post(f"{LIST}/{link}/withdrawal").status_code == 403


# --- people who are there already ---


def test_whoever_is_that_here_already_is_not_invited(sign_in, cast):
    answer = sign_in(cast.sam).post(NEW, sheet(email=cast.rita.email.upper()))
    assert answer.status_code == 422
    assert "They belong here already as Reporter." in answer.text
    assert cast.rita.email.upper() in answer.text


def test_nobody_is_invited_twice_as_the_same(sign_in, cast):
    invited(sign_in, cast.sam)
    answer = sign_in(cast.sam).post(NEW, sheet(email=NINA.title()))
    assert answer.status_code == 422 and "Send that invitation again." in answer.text
    invited(sign_in, cast.sam, role="technician")


def test_an_account_elsewhere_is_not_told_to_the_inviter(sign_in, cast):
    """The page after inviting Olga of Oakfield is the page after inviting nobody we know."""
    pages = []
    for email in (cast.olga.email, "nobody@oakfield.example"):
        browser = sign_in(cast.sam)
        answer = browser.post(NEW, sheet(email=email, name="Olga"))
        pages.append((answer.status_code, answer.location))
    assert pages[0] == pages[1]


def test_somebody_with_an_account_accepts_signed_in_as_that_very_person(
    app, sign_in, cast, mailbox
):
    invited(sign_in, cast.sam, email=cast.olga.email, name="Olga at St Mary’s", role="technician")
    link = mailbox.link(cast.olga.email, "invitations")
    stranger = app.test_client().get(link)
    assert "Sign in as olga@oakfield.example to accept" in stranger.text
    assert 'name="password"' not in stranger.text
    rita = sign_in(cast.rita)
    assert "This invitation is for olga@oakfield.example" in rita.get(link).text
    assert rita.post(link).status_code == 403
    assert len(memberships(app, cast.olga.email)) == 1
    olga = sign_in(cast.olga)
    assert "It is added to what you are already" in olga.get(link).text
    before = olga.client.get_cookie("deskbell").value
    # A sign-in does not grow into more than it was begun for.
    other = sign_in(cast.olga)
    assert olga.post(link).location == "/sign-in?next=/st-marys/"
    assert "Sign in again to use it." in olga.get("/sign-in").text
    assert olga.client.get_cookie("deskbell") is None
    olga.client.set_cookie("deskbell", before)
    assert olga.get("/account").status_code == other.get("/account").status_code == 302
    olga = sign_in(cast.olga)
    assert [row[:3] for row in memberships(app, cast.olga.email)] == [
        ("oakfield", "spoc", "Olga Spoc"),
        ("st-marys", "technician", "Olga Spoc"),
    ]
    assert olga.get("/st-marys/desk").status_code == 200
    assert olga.post(link).status_code == 410


def test_the_way_through_signing_in_leads_back_to_the_link(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, email=cast.olga.email)
    link = mailbox.link(cast.olga.email, "invitations")
    client = app.test_client()
    onward = re.search(r'href="(/sign-in\?next=[^"]+)"', client.get(link).text)[1]
    assert hidden(client.get(onward).text, "next") == link
    answer = knock(client, cast.olga.email, cast.password, next=link)
    assert answer.location == link


def test_a_password_in_the_body_does_not_take_over_an_account(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, email=cast.olga.email)
    link = mailbox.link(cast.olga.email, "invitations")
    client = app.test_client()
    token = hidden(client.get("/sign-in").text, "csrf_token")
    data = {"csrf_token": token, "name": "Mallory", "password": WORDS}
    assert client.post(link, data=data).status_code == 403
    assert knock(app.test_client(), cast.olga.email, cast.password).status_code == 303


def test_an_account_that_is_switched_off_stays_off(app, sign_in, cast, mailbox):
    from tests.people.signing import change_person

    change_person(app, cast.olga.email, is_active=False)
    invited(sign_in, cast.sam, email=cast.olga.email)
    answer = app.test_client().get(mailbox.link(cast.olga.email, "invitations"))
    assert answer.status_code == 409 and "switched off" in answer.text


def test_an_account_without_a_password_gets_one(app, sign_in, cast, mailbox):
    from tests.people.signing import change_person

    change_person(app, cast.otto.email, password_hash=None)
    invited(sign_in, cast.sam, email=cast.otto.email)
    link = mailbox.link(cast.otto.email, "invitations")
    assert join(app.test_client(), link, name="Otto").status_code == 303
    assert len(memberships(app, cast.otto.email)) == 2
    assert knock(app.test_client(), cast.otto.email, WORDS).status_code == 303


# --- hostile and odd words ---


def test_an_address_in_capitals_is_the_same_person(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, email="Nina@ST-Marys.Example")
    assert join(app.test_client(), mailbox.link(NINA, "invitations")).status_code == 303
    assert tuple(tuple(row) for row in rows(app, Person.email) if row[0].startswith("nina")) == (
        (NINA,),
    )


@pytest.mark.parametrize(
    "email",
    ["nina", "nina@", "a b@c.example", "nina@x.example\r\nBcc: all@x.example", "é@x.example",
     "x" * 255 + "@x.example", "", "a@b.example,c@d.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_a_sentence(sign_in, cast, email, is_unchanged):
    browser = sign_in(cast.sam)
    browser.get(NEW)
    is_unchanged.start()
    answer = browser.post(NEW, sheet(email=email))
    assert answer.status_code == 422 and "There is a problem" in answer.text
    assert is_unchanged()


def test_a_name_with_line_breaks_adds_no_header(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, name="Nina\r\nBcc: everybody@x.example\r\n\r\nHello")
    (mail,) = mailbox.to(NINA)
    assert mail["Bcc"] is None and "Bcc: everybody@x.example" in str(mail["To"])


def test_markup_in_a_name_is_only_text(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, name='<img src=x onerror="alert(1)">')
    assert "<img src=x" not in sign_in(cast.sam).get(LIST).text
    page = app.test_client().get(mailbox.link(NINA, "invitations")).text
    assert "<img src=x" not in page
    html = mailbox.to(NINA)[0].get_body(("html",)).get_content()
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Password123!", "Choose a password that is harder to guess"),
        ("StMarysPrimary2026", "Choose a password that is harder to guess"),
        ("nina newcomer 1", "Choose a password that is harder to guess"),
        ("short", "Password must be 12 characters or more"),
        ("", "Enter a password"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    app, sign_in, cast, mailbox, password, sentence
):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    answer = join(app.test_client(), link, name="Nina Newcomer", password=password)
    assert answer.status_code == 422 and sentence in answer.text
    assert "Nina Newcomer" in answer.text
    assert password not in answer.text or not password
    assert memberships(app, NINA) == []
    assert join(app.test_client(), link).status_code == 303


def test_accepting_needs_our_own_form(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    link = mailbox.link(NINA, "invitations")
    data = {"name": "Nina", "password": WORDS}
    assert app.test_client().post(link, data=data).status_code == 400
    from_elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert app.test_client().post(link, data=data, headers=from_elsewhere).status_code == 400
    assert memberships(app, NINA) == []


def test_a_last_day_comes_with_it(app, sign_in, cast, mailbox):
    day = {"valid_to-day": "31", "valid_to-month": "8", "valid_to-year": "2099"}
    invited(sign_in, cast.sam, **day)
    assert "until 31 August 2099" in text_of(mailbox.to(NINA)[0])
    join(app.test_client(), mailbox.link(NINA, "invitations"))
    assert str(memberships(app, NINA)[0][4]) == "2099-08-31"
    past = {**day, "valid_to-year": "2020"}
    answer = sign_in(cast.sam).post(NEW, sheet(email="p@x.example", **past))
    assert answer.status_code == 422 and "The last day must be today or later." in answer.text


def test_a_technician_works_in_the_schools_group(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam, role="technician")
    client = app.test_client()
    join(client, mailbox.link(NINA, "invitations"))
    with app.app_context():
        from app.people.models import SupportGroup, SupportGroupMember

        with administering("a test"):
            groups = db.session.scalars(
                select(SupportGroup.key)
                .join(
                    SupportGroupMember,
                    (SupportGroupMember.group_id == SupportGroup.id)
                    & (SupportGroupMember.school_id == SupportGroup.school_id),
                )
                .join(
                    Membership,
                    (Membership.id == SupportGroupMember.membership_id)
                    & (Membership.school_id == SupportGroupMember.school_id),
                )
                .where(Membership.name == "Nina Newcomer")
            ).all()
    assert groups == ["technicians"]


def test_the_session_of_whoever_sat_there_before_ends(app, sign_in, cast, mailbox):
    invited(sign_in, cast.sam)
    rita = sign_in(cast.rita)
    before = rita.client.get_cookie("deskbell").value
    assert join(rita.client, mailbox.link(NINA, "invitations")).status_code == 303
    after = rita.client.get_cookie("deskbell").value
    assert after != before
    old = app.test_client()
    old.set_cookie("deskbell", before)
    assert old.get("/account").status_code == 302


def test_the_list_pages_and_asks_two_things(app, sign_in, cast, statements):
    from app import clock
    from app.people.views_invitations import PAGE_SIZE

    with app.app_context():
        with administering("a test"):
            school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        with acting_in(school):
            db.session.add_all(
                Invitation(
                    link_id=uuid4(),
                    email=f"n{n}@x.example",
                    name=f"N {n}",
                    role="reporter",
                    invited_by="Sam Spoc",
                    created_at=clock.now(),
                    expires_at=clock.now() + GOOD_FOR,
                )
                for n in range(PAGE_SIZE + 5)
            )
            db.session.commit()
    browser, path, found = sign_in(cast.sam), LIST, []
    browser.get(LIST)  # what each process keeps of a school is there from the second page on
    while path:
        statements.clear()
        page = browser.get(path).text
        assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 2
        found += re.findall(r"n\d+@x\.example", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else None
    assert len(found) == len(set(found)) == PAGE_SIZE + 5


# --- the LA's own staff ---

LA_NEW, LA_LIST = "/authority/invitations/new", "/authority/invitations"
LENA = {"name": "Lena Line", "email": "lena@la.example", "role": "la_first_line"}


def test_the_administrator_invites_the_las_own(app, sign_in, cast, mailbox):
    sheet_of_lena = {**LENA, "group": "la-first-line"}
    assert sign_in(cast.ada).post(LA_NEW, sheet_of_lena).status_code == 303
    assert "Lena Line" in sign_in(cast.ada).get(LA_LIST).text
    client = app.test_client()
    answer = join(client, mailbox.link("lena@la.example", "invitations"), name="Lena Line")
    assert answer.status_code == 303
    assert client.get("/queue").status_code == 200
    assert "Lena Line" not in sign_in(cast.ada).get(LA_LIST).text


@pytest.mark.parametrize("who", ["mo", "tariq", "dora", "rita", "sam", "ike"])
def test_nobody_else_does(sign_in, cast, who, is_unchanged):
    browser = sign_in(getattr(cast, who))
    browser.get("/account")
    is_unchanged.start()
    status = {browser.get(LA_NEW).status_code, browser.post(LA_NEW, LENA).status_code}
    assert status == {404}
    assert is_unchanged()


def test_the_las_invitations_are_withdrawn_and_sent_again(app, sign_in, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    browser = sign_in(cast.ada)
    browser.post(LA_NEW, LENA)
    first = mailbox.link("lena@la.example", "invitations")
    again = re.search(rf"{LA_LIST}/[0-9a-f-]+/again", browser.get(LA_LIST).text)[0]
    assert browser.post(again).status_code == 409
    at("2026-01-13T09:02:00+00:00")
    assert browser.post(again).status_code == 303
    second = mailbox.link("lena@la.example", "invitations")
    assert app.test_client().get(first).status_code == 410
    assert app.test_client().get(second).status_code == 200
    withdrawal = re.search(rf"{LA_LIST}/[0-9a-f-]+/withdrawal", browser.get(LA_LIST).text)[0]
    assert browser.post(withdrawal).status_code == 303
    assert app.test_client().get(second).status_code == 410
    answer = browser.post(LA_NEW, {**LENA, "email": cast.tariq.email})
    assert answer.status_code == 422 and "They belong here already as LA first line." in answer.text


def test_half_a_sign_in_accepts_nothing(app, sign_in, cast, mailbox):
    """The password alone is not Olga, once she has a second factor."""
    from app import clock
    from tests.people.signing import change_person

    invited(sign_in, cast.sam, email=cast.olga.email)
    link = mailbox.link(cast.olga.email, "invitations")
    change_person(app, cast.olga.email, second_factor_since=clock.now())
    client = app.test_client()
    knock(client, cast.olga.email, cast.password)
    token = hidden(client.get(link).text, "csrf_token")
    asked = client.post(link, data={"csrf_token": token})
    assert asked.status_code == 401 and "<title>Confirm that it is you" in asked.text
    assert len(memberships(app, cast.olga.email)) == 1
