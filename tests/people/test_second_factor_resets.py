"""A lost second factor is taken off by two people, or by the command for the very last one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.history.models import Event, LaEvent
from app.notifications import second_factor_mail
from app.people.factors import RecoveryCode, SecondFactorReset, TotpSecret
from app.people.models import Person
from app.people.rules import HAPPENED
from tenants import acting_in, administering, at_the_front_door, db
from tests.cast import Player
from tests.people.factors import Visitor, events, give_app, in_with_code, second_factor
from tests.people.mailbox import Mailbox, text_of
from tests.people.signing import also, new_person, rows

SCHOOL, LA = "/st-marys/second-factor-resets", "/second-factor-resets"
LOST = {"email": "theo@st-marys.example", "reason": "His phone fell into the pond; I rang him."}


@pytest.fixture(autouse=True)
def theo_lost_his_phone(app, cast):
    with second_factor(app, is_required=True):
        for player in (cast.theo, cast.sam, cast.dora, cast.ada, cast.olga):
            give_app(app, player)
        yield


@pytest.fixture
def of(app, cast):
    """`of("sam")`: signed in whole, once each."""
    known: dict[str, Visitor] = {}

    def visitor(who: str) -> Visitor:
        if who not in known:
            known[who] = in_with_code(app, getattr(cast, who))
        return known[who]

    return visitor


def asked(visitor: Visitor, path: str = SCHOOL, **other: str):
    visitor.get(path)
    return visitor.post(path, {**LOST, **other})


def decided(visitor: Visitor, path: str = SCHOOL, decision: str = "approve", number: int = 0):
    visitor.get(path)
    return visitor.post(f"{path}/{number or 1}", {"decision": decision})


@pytest.fixture
def reset_id(app, of):
    def ask(path: str = SCHOOL, who: str = "sam") -> int:
        assert asked(of(who), path).status_code == 303
        return int(rows(app, SecondFactorReset.id)[-1].id)

    return ask


def has_one(app, player) -> bool:
    with app.app_context(), at_the_front_door():
        return (
            db.session.scalar(
                select(Person.second_factor_since).where(Person.email == player.email)
            )
            is not None
        )


def test_one_asks_and_another_one_approves(app, cast, of, reset_id):
    his = in_with_code(app, cast.theo)
    number = reset_id()
    assert "fell into the pond" in of("dora").get(SCHOOL).text
    assert decided(of("dora"), number=number).status_code == 303
    assert not has_one(app, cast.theo)
    assert not his.is_in(), "signed out everywhere"
    assert cast.theo.email not in [one.person_id for one in rows(app, TotpSecret.person_id)]
    fresh = Visitor(app)
    fresh.knock(cast.theo)
    assert fresh.get("/second-factor").location == "/second-factor/set-up"
    kinds = events(app, cast.theo)
    assert "second_factor_reset_asked" in kinds and "second_factor_reset" in kinds
    with app.app_context(), acting_in(1):
        found = db.session.scalars(
            select(Event.kind).where(Event.subject_kind == "person").order_by(Event.id)
        ).all()
    assert found == ["second_factor_reset_asked", "second_factor_reset"]
    assert rows(app, SecondFactorReset.is_approved, SecondFactorReset.decided_by) == [
        (True, cast.dora.name)
    ]


def test_whoever_asked_does_not_approve_but_may_take_it_back(app, cast, of, reset_id):
    number = reset_id()
    answer = decided(of("sam"), number=number)
    assert answer.status_code == 409 and "You asked for it" in answer.text
    assert has_one(app, cast.theo)
    assert decided(of("sam"), decision="decline", number=number).status_code == 303
    assert decided(of("dora"), number=number).status_code == 404, "decided already"
    assert has_one(app, cast.theo)


def test_nobody_decides_about_themselves(app, cast, of):
    asked(of("sam"), email=cast.dora.email)
    number = rows(app, SecondFactorReset.id)[-1].id
    answer = decided(of("dora"), number=number)
    assert answer.status_code == 409 and "It is about you" in answer.text
    mine = asked(of("dora"), email=cast.dora.email)
    assert mine.status_code == 422 and "Somebody else must ask for you" in mine.text


def test_another_school_neither_sees_nor_reaches_it(app, cast, of, reset_id):
    number = reset_id()
    there = "/oakfield/second-factor-resets"
    assert "pond" not in of("olga").get(there).text
    assert decided(of("olga"), there, number=number).status_code == 404
    assert of("olga").get(SCHOOL).status_code == 404
    assert asked(of("olga"), there).status_code == 422, "Theo is not of her school"
    assert has_one(app, cast.theo)


def test_the_la_administrator_approves_what_a_school_asked(app, cast, of, reset_id):
    number = reset_id()
    assert decided(of("ada"), LA, number=number).status_code == 303
    assert not has_one(app, cast.theo)
    with app.app_context(), administering("a test"):
        found = db.session.execute(select(LaEvent.kind, LaEvent.actor)).all()
    assert ("second_factor_reset", cast.ada.name) in found


def test_people_of_the_la_are_reset_at_the_la_only(app, cast, of):
    give_app(app, cast.tariq)
    assert asked(of("sam"), email=cast.tariq.email).status_code == 422
    assert asked(of("ada"), LA, email=cast.tariq.email).status_code == 303
    number = rows(app, SecondFactorReset.id)[-1].id
    assert decided(of("sam"), number=number).status_code == 404
    assert decided(of("ada"), LA, number=number).status_code == 409


@pytest.mark.parametrize("who", ["rita", "mo"])
def test_others_may_not_even_look(app, cast, who):
    give_app(app, getattr(cast, who))
    visitor = in_with_code(app, getattr(cast, who))
    assert visitor.get(SCHOOL).status_code == 403
    assert visitor.get(LA).status_code == 404


def test_it_is_asked_for_once(app, cast, of, reset_id):
    reset_id()
    assert asked(of("dora")).status_code == 409


def test_a_request_that_nobody_decided_is_forgotten_after_a_week(app, cast, of, reset_id, at):
    number = reset_id()
    with app.app_context(), at_the_front_door():
        then = clock.now() - timedelta(days=8)
        db.session.execute(update(SecondFactorReset).values(asked_at=then))
        db.session.commit()
    assert decided(of("dora"), number=number).status_code == 404


@pytest.mark.parametrize("email", ["", "nobody@st-marys.example", "rita@st-marys.example"])
def test_whom_it_cannot_be_about(app, cast, of, email):
    assert asked(of("sam"), email=email).status_code == 422


def test_the_owner_gets_mails_and_every_token_ends(app, cast, of, reset_id, api):
    mailbox = Mailbox(app)
    decided(of("dora"), number=reset_id())
    assert mailbox.subjects(cast.theo.email) == [
        "Somebody asked to reset your second factor",
        "Your second factor was reset",
    ]
    said = text_of(mailbox.to(cast.theo.email)[-1])
    assert "http://localhost/account/second-factor" in said
    assert "pond" not in said, "the reason is for those who decide"
    assert "API tokens were revoked" in said
    assert api(cast.theo).get("/schools/st-marys/incidents").status_code == 401
    assert "token_revoked" in events(app, cast.theo)


# --- who may be the second person ---


def test_a_part_that_began_only_today_approves_nothing(app, cast, of, reset_id):
    """Sam could have invited another mailbox of his own."""
    second_sam = Player("sam2@st-marys.example", "Sam Again", "spoc", "st-marys")
    new_person(app, second_sam, since=clock.now().date())
    give_app(app, second_sam)
    number = reset_id()
    visitor = in_with_code(app, second_sam)
    answer = decided(visitor, number=number)
    assert answer.status_code == 409 and "before the day" in answer.text
    assert has_one(app, cast.theo)
    assert decided(visitor, decision="decline", number=number).status_code == 303
    assert decided(of("dora"), number=number).status_code == 404


def test_nor_does_it_at_the_la(app, cast, of, reset_id):
    second_ada = Player("ada2@la.example", "Ada Again", "la_admin", None)
    new_person(app, second_ada, since=clock.now().date())
    give_app(app, second_ada)
    number = reset_id(LA, "ada")
    assert decided(in_with_code(app, second_ada), LA, number=number).status_code == 409
    assert has_one(app, cast.theo)


def test_nobody_approves_for_a_role_that_they_could_not_give(app, cast, of):
    give_app(app, cast.ike)
    assert asked(of("ike"), email=cast.dora.email).status_code == 303
    number = rows(app, SecondFactorReset.id)[-1].id
    answer = decided(of("sam"), number=number)
    assert answer.status_code == 409 and "who could give them the roles" in answer.text
    assert has_one(app, cast.dora)
    assert decided(of("ada"), LA, number=number).status_code == 303
    assert not has_one(app, cast.dora)


# --- somebody of two schools ---


@pytest.mark.parametrize(("role", "status"), [("reporter", 303), ("ict_owner", 422)])
def test_a_school_reaches_nobody_who_is_more_elsewhere(app, cast, of, role, status):
    also(app, cast.theo, role, "oakfield")
    assert asked(of("sam")).status_code == status


def test_whoever_became_more_elsewhere_meanwhile_is_out_of_reach(app, cast, of, reset_id):
    number = reset_id()
    also(app, cast.theo, "ict_owner", "oakfield")
    assert "pond" not in of("dora").get(SCHOOL).text
    assert decided(of("dora"), number=number).status_code == 404
    assert decided(of("ada"), LA, number=number).status_code == 303


def test_what_one_school_asks_the_other_neither_sees_nor_decides(app, cast, of):
    visitor = Player("vera@st-marys.example", "Vera Visitor", "reporter", "st-marys")
    new_person(app, visitor)
    also(app, visitor, "reporter", "oakfield")
    give_app(app, visitor)
    assert asked(of("sam"), email=visitor.email).status_code == 303
    number, there = rows(app, SecondFactorReset.id)[-1].id, "/oakfield/second-factor-resets"
    assert "pond" not in of("olga").get(there).text
    assert decided(of("olga"), there, number=number).status_code == 404
    # Nor that there is anything: she asks for herself, and what is done ends both.
    assert asked(of("olga"), there, email=visitor.email).status_code == 303
    other = rows(app, SecondFactorReset.id)[-1].id
    assert decided(of("dora"), number=number).status_code == 303
    assert not has_one(app, visitor)
    assert decided(of("ada"), LA, number=other).status_code == 404


def test_everything_a_mail_is_sent_of_has_words_on_the_account_page():
    assert set(second_factor_mail.SAYS) <= set(HAPPENED)


def test_the_command_for_the_only_administrator(app, cast):
    runner = app.test_cli_runner()
    done = runner.invoke(args=["people", "reset-second-factor", "ada@la.example"])
    assert done.exit_code == 0, done.output
    assert not has_one(app, cast.ada)
    assert "second_factor_reset" in events(app, cast.ada)
    assert not rows(app, RecoveryCode.id)
    nobody = runner.invoke(args=["people", "reset-second-factor", "nobody@la.example"])
    assert nobody.exit_code == 1
