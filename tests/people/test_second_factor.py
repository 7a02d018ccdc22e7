"""Password and then a second factor: who must, what opens before, codes and recovery codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.people import recovery, totp
from app.people.factors import RecoveryCode, TotpSecret
from app.people.models import Person, SignIn
from app.people.passwords import make_hash
from app.people.sealed import seal, unseal
from tenants import at_the_front_door, db
from tests.people.factors import (
    SECRET,
    Visitor,
    code,
    codes_on,
    events,
    give_app,
    in_with_code,
    second_factor,
)
from tests.people.mailbox import Mailbox
from tests.people.signing import COOKIE, REPORT, change_person, hidden, rows
from tests.wall.routes import every_route


@pytest.fixture
def required(app):
    with second_factor(app, is_required=True):
        yield


# --- who must ---


@pytest.mark.parametrize("who", ["rita", "pip"])
def test_reporters_and_tech_advisors_are_not_asked(app, cast, required, who):
    visitor = Visitor(app)
    visitor.knock(getattr(cast, who))
    assert visitor.is_in()


@pytest.mark.parametrize("who", ["sam", "dora", "ike", "theo", "sue", "tariq", "mo", "ada"])
def test_everybody_else_is_led_to_set_one_up(app, cast, required, who):
    visitor = Visitor(app)
    answer = visitor.knock(getattr(cast, who))
    assert answer.location == "/second-factor"
    assert visitor.get("/second-factor").location == "/second-factor/set-up"
    assert "Set up your second factor" in visitor.get("/second-factor/set-up").text
    assert not visitor.is_in()


def test_where_it_is_optional_nobody_is_asked_who_has_none(app, cast):
    visitor = Visitor(app)
    visitor.knock(cast.ada)
    assert visitor.is_in()


def test_whoever_has_one_is_asked_even_where_it_is_optional(app, cast):
    give_app(app, cast.rita)
    visitor = Visitor(app)
    assert visitor.knock(cast.rita).location == "/second-factor"
    assert not visitor.is_in()
    assert visitor.post("/second-factor", {"code": code()}).location == "/st-marys/"
    assert visitor.is_in()


def test_programs_go_on(app, cast, api, required):
    give_app(app, cast.sam)
    assert api(cast.sam).get("/schools/st-marys/incidents").status_code == 200
    assert api(cast.tariq).get("/queue").status_code == 200


# --- what is open before ---


def value_for(route, name: str) -> str:
    """Something that this part of an address takes."""
    if f"<uuid:{name}>" in route.rule:
        return "00000000-0000-7000-8000-000000000000"
    if f"<day:{name}>" in route.rule:
        return "2026-12-25"
    return "st-marys" if name == "school" else "1"


@pytest.mark.parametrize("has_one", [False, True])
@pytest.mark.parametrize("who", ["sam", "ada"])
def test_a_stolen_half_signed_in_cookie_opens_nothing(app, cast, required, who, has_one):
    player = getattr(cast, who)
    if has_one:
        give_app(app, player)
    thief = Visitor(app)
    thief.knock(player)
    walked = 0
    for route in every_route(app):
        if route.is_api or not route.permissions or route.endpoint.startswith("second_factor."):
            continue
        path = route.path(**{name: value_for(route, name) for name in route.parameters})
        answer = thief.client.open(path, method=route.method, data={"csrf_token": thief.token})
        walked += 1
        if route.method == "GET":
            assert answer.location.startswith("/second-factor?next="), str(route)
        else:
            assert answer.status_code in (303, 401), str(route)
            assert "/second-factor" in (answer.location or answer.text), str(route)
    assert walked > 40


def test_a_stolen_password_adds_no_factor_of_the_thiefs(app, cast, required):
    give_app(app, cast.sam)
    thief = Visitor(app)
    thief.knock(cast.sam)
    for path in ("/second-factor/set-up", "/second-factor/set-up/app", "/second-factor/codes"):
        assert thief.get(path).location.startswith("/second-factor?next="), path
    for path in ("set-up/passkey/challenge", "set-up/passkey", "set-up/app", "codes"):
        answer = thief.post(f"/second-factor/{path}", {"code": "123456", "kept": "true"})
        assert answer.status_code == 401, path
    assert rows(app, TotpSecret.person_id) and not rows(app, RecoveryCode.id)


def test_a_half_signed_in_page_shows_no_way_into_the_desk(app, cast, required):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    page = visitor.get("/second-factor").text
    assert "Sign out" in page
    for word in ("Work list", "Call log", "/st-marys/", 'href="/account"'):
        assert word not in page


def test_signing_out_half_way_ends_it(app, cast, required):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    visitor.post("/sign-out")
    assert visitor.get("/second-factor").location.startswith("/sign-in")


# --- the app's codes ---


def test_setting_up_an_app_at_the_first_sign_in(app, cast, required):
    visitor = Visitor(app)
    visitor.client.get("/sign-in")
    visitor.knock(cast.sam, next="/st-marys/people")
    page = visitor.get("/second-factor/set-up/app?next=/st-marys/people").text
    secret = page.split('<strong class="desk-key">')[1].split("<")[0].replace(" ", "")
    assert len(secret) == 32
    assert "<svg" in page and "<title>QR code" in page and "style=" not in page
    assert visitor.get("/second-factor/set-up/app").text.count(page.split("desk-key")[1][:40]) == 1
    wrong = visitor.post("/second-factor/set-up/app", {"code": "000000"})
    assert wrong.status_code == 422
    assert not visitor.is_in()
    before = visitor.client.get_cookie(COOKIE).value
    answer = visitor.post(
        "/second-factor/set-up/app", {"code": code(secret), "next": "/st-marys/people"}
    )
    assert answer.location == "/second-factor/codes?next=/st-marys/people"
    assert visitor.client.get_cookie(COOKIE).value != before
    shown = codes_on(visitor.get(answer.location).text)
    assert len(set(shown)) == 10
    assert codes_on(visitor.get("/second-factor/codes").text) == shown, "a reload shows them again"
    assert visitor.post("/second-factor/codes", {}).status_code == 422
    done = visitor.post("/second-factor/codes", {"kept": "true", "next": "/st-marys/people"})
    assert done.location == "/st-marys/people"
    assert visitor.get("/second-factor/codes").location == "/account/second-factor"
    assert visitor.is_in()
    assert events(app, cast.sam) == ["signed_in", "totp_set_up", "second_factor_given"]
    # The next time the same app is asked for.
    (kept,) = rows(app, TotpSecret.secret_encrypted)
    assert secret.encode() not in bytes(kept.secret_encrypted)


def test_a_picture_that_stood_there_for_long_is_made_anew(app, cast, at, required):
    def secret_on(page: str) -> str:
        return page.split('<strong class="desk-key">')[1].split("<")[0].replace(" ", "")

    now = at("2026-03-02T09:00:00+00:00")
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    first = secret_on(visitor.get("/second-factor/set-up/app").text)
    at((now + timedelta(minutes=30)).isoformat())
    assert secret_on(visitor.get("/second-factor/set-up/app").text) == first
    at((now + timedelta(minutes=31)).isoformat())
    late = visitor.post("/second-factor/set-up/app", {"code": code(first)})
    assert late.status_code == 422 and "That took too long" in late.text
    assert secret_on(late.text) != first
    assert not rows(app, TotpSecret.person_id)


def test_what_is_sealed_opens_with_its_key_for_its_purpose_only(at):
    now = at("2026-03-02T09:00:00+00:00")
    sealed = seal("k" * 32, "one thing", "words", now)
    assert unseal("k" * 32, "one thing", sealed) == "words"
    assert unseal("k" * 32, "another", sealed) is None
    assert unseal("q" * 32, "one thing", sealed) is None
    assert unseal("k" * 32, "one thing", b"nonsense") is None
    assert b"words" not in sealed


def test_a_code_is_good_once(app, cast, at, required):
    at("2026-03-02T09:00:05+00:00")
    give_app(app, cast.sam)
    first, second = Visitor(app), Visitor(app)
    first.knock(cast.sam)
    second.knock(cast.sam)
    now = code()
    assert first.post("/second-factor", {"code": now}).status_code == 303
    assert second.post("/second-factor", {"code": now}).status_code == 422
    assert not second.is_in()
    before = code(at=at("2026-03-02T09:00:05+00:00") - timedelta(seconds=30))
    assert second.post("/second-factor", {"code": before}).status_code == 422, "an older step"
    at("2026-03-02T09:00:35+00:00")
    assert second.post("/second-factor", {"code": code()}).status_code == 303


@pytest.mark.parametrize(
    ("seconds", "is_good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_code_is_taken_one_step_either_way(at, seconds, is_good):
    now = at("2026-03-02T09:00:15+00:00")
    shown = code(at=now + timedelta(seconds=seconds))
    assert (totp.step_of(SECRET, shown, now) is not None) is is_good


def test_guessing_codes_is_stopped_and_the_owner_hears_of_it(app, cast, required):
    from app.later import DoorOutbox

    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    wrong = {f"{n:06}" for n in range(20)} - {code()}
    tries = [visitor.post("/second-factor", {"code": one}) for one in sorted(wrong)[:10]]
    assert {one.status_code for one in tries} == {422}
    over = visitor.post("/second-factor", {"code": code()})
    assert over.status_code == 429
    assert over.headers["Retry-After"] == "300"
    assert "Too many attempts. Try again in 5 minutes." in over.text
    # Another browser, the same person.
    other = Visitor(app)
    other.knock(cast.sam)
    assert other.post("/second-factor", {"code": code()}).status_code == 429
    kinds = events(app, cast.sam)
    assert kinds.count("second_factor_refused") == 10
    assert kinds.count("second_factor_throttled") == 1
    with app.app_context(), at_the_front_door():
        (payload,) = db.session.scalars(
            select(DoorOutbox.payload).where(DoorOutbox.task == "send_second_factor_notice")
        ).all()
    assert payload["what"] == "second_factor_throttled"
    # Passwords are counted apart.
    assert Visitor(app).knock(cast.rita).status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "a" * 60, "-" * 19])
def test_what_is_no_code_is_refused_in_a_sentence(app, cast, required, typed):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.post("/second-factor", {"code": typed})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_another_persons_code_opens_nothing(app, cast, required):
    give_app(app, cast.sam)
    give_app(app, cast.dora, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    dora = code("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    assert visitor.post("/second-factor", {"code": dora}).status_code == 422


# --- recovery codes ---


@pytest.fixture
def with_codes(app, cast, required):
    give_app(app, cast.sam)
    with app.app_context(), at_the_front_door():
        person = db.session.scalar(select(Person.id).where(Person.email == cast.sam.email))
        from app import clock

        codes = recovery.make(person, clock.now())
        db.session.commit()
    return codes


def test_a_recovery_code_is_good_once_and_says_how_many_are_left(app, cast, with_codes):
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    typed = with_codes[3].upper().replace("-", " ")
    answer = visitor.post("/second-factor?way=recovery", {"code": typed})
    assert answer.status_code == 303
    assert "You have 9 left." in visitor.get("/account").text
    again = Visitor(app)
    again.knock(cast.sam)
    assert again.post("/second-factor", {"code": with_codes[3]}).status_code == 422
    assert "recovery_code_used" in events(app, cast.sam)


def test_new_recovery_codes_end_the_old_ones(app, cast, with_codes):
    visitor = in_with_code(app, cast.sam)
    visitor.get("/account/second-factor")
    answer = visitor.post("/account/recovery-codes")
    fresh = codes_on(visitor.get(answer.location).text)
    assert len(fresh) == 10 and not set(fresh) & set(with_codes)
    other = Visitor(app)
    other.knock(cast.sam)
    assert other.post("/second-factor", {"code": with_codes[0]}).status_code == 422
    assert other.post("/second-factor", {"code": fresh[0]}).status_code == 303


def test_only_hashes_of_recovery_codes_are_kept(app, cast, with_codes):
    kept = b"".join(bytes(one.code_hash) for one in rows(app, RecoveryCode.code_hash))
    assert len(kept) == 320
    assert not any(one.replace("-", "").encode() in kept for one in with_codes)


def test_somebody_elses_recovery_code_opens_nothing(app, cast, with_codes):
    give_app(app, cast.dora)
    visitor = Visitor(app)
    visitor.knock(cast.dora)
    assert visitor.post("/second-factor", {"code": with_codes[0]}).status_code == 422


# --- the session ---


def test_the_session_gets_another_id_when_the_factor_is_given(app, cast, required):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    planted = visitor.client.get_cookie(COOKIE).value
    visitor.post("/second-factor", {"code": code()})
    assert visitor.client.get_cookie(COOKIE).value != planted
    thief = app.test_client()
    thief.set_cookie(COOKIE, planted)
    assert thief.get("/account").location == "/sign-in?next=/account"


def test_a_new_password_does_not_take_the_second_factor_off(app, cast, required):
    give_app(app, cast.sam)
    change_person(app, cast.sam.email, password_hash=make_hash("a wholly new pass phrase"))
    visitor = Visitor(app)
    assert visitor.knock(cast.sam, "a wholly new pass phrase").location == "/second-factor"
    assert not visitor.is_in()


def test_nor_does_a_link_for_a_forgotten_password(app, cast, required):
    give_app(app, cast.sam)
    whole = in_with_code(app, cast.sam)
    mailbox = Mailbox(app)
    visitor = Visitor(app)
    visitor.get("/reset-password")
    visitor.post("/reset-password", {"email": cast.sam.email})
    link = mailbox.link(cast.sam.email, "reset-password")
    visitor.get(link)
    assert visitor.post(link, {"password": "copper window lantern"}).status_code == 303
    assert not whole.is_in(), "all sessions of the user end"
    assert not visitor.is_in()
    assert visitor.knock(cast.sam, "copper window lantern").location == "/second-factor"
    assert not visitor.is_in()


def test_words_typed_before_the_session_ended_come_through_both_steps(app, cast, required):
    give_app(app, cast.sam)
    visitor = in_with_code(app, cast.sam)
    form = visitor.get(REPORT).text
    visitor.client.delete_cookie(COOKIE)
    lost = visitor.post(
        REPORT,
        {"title": "Smoke in the hall", "submission_id": hidden(form, "submission_id")},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert lost.status_code == 401
    step = visitor.post(
        "/sign-in",
        {
            "email": cast.sam.email,
            "password": cast.password,
            "carried": hidden(lost.text, "carried"),
        },
    )
    assert step.status_code == 200 and "What you typed is kept" in step.text
    fresh = Visitor(app)
    with app.app_context(), at_the_front_door():
        db.session.execute(update(TotpSecret).values(last_step=0))
        db.session.commit()
    assert not fresh.is_in()
    done = visitor.post("/second-factor", {"code": code(), "carried": hidden(step.text, "carried")})
    assert "Nothing was lost" in done.text and "Smoke in the hall" in done.text
    assert visitor.is_in()


def test_asked_for_a_recovery_code_instead_the_words_stay(app, cast, required):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.post("/second-factor/other-way", {"next": "/st-marys/people"})
    assert "Recovery code" in answer.text
    assert hidden(answer.text, "next") == "/st-marys/people"


def test_a_dangerous_page_asks_again_after_a_quarter_of_an_hour(app, cast, at, required):
    now = at("2026-03-02T09:00:00+00:00")
    give_app(app, cast.sam)
    visitor = in_with_code(app, cast.sam)
    assert visitor.get("/second-factor/set-up").status_code == 200
    at((now + timedelta(minutes=15)).isoformat())
    answer = visitor.get("/second-factor/set-up")
    assert answer.location == "/second-factor?next=/second-factor/set-up"
    assert "sensitive" in visitor.get(answer.location).text
    back = visitor.post("/second-factor", {"code": code(), "next": "/second-factor/set-up"})
    assert back.location == "/second-factor/set-up"
    assert visitor.get(back.location).status_code == 200


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/api/v1/queue"])
def test_the_way_on_is_a_page_of_ours(app, cast, required, where):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.post("/second-factor", {"code": code(), "next": where})
    assert answer.location == "/st-marys/"


def test_a_form_of_another_site_gives_no_factor(app, cast, required):
    give_app(app, cast.sam)
    visitor = Visitor(app)
    visitor.knock(cast.sam)
    answer = visitor.client.post("/second-factor", data={"code": code()})
    assert answer.status_code == 400
    assert not visitor.is_in()


# --- looked after ---


def test_the_last_one_stays_where_it_is_required(app, cast, required):
    give_app(app, cast.sam)
    visitor = in_with_code(app, cast.sam)
    visitor.get("/account/second-factor")
    answer = visitor.post("/account/authenticator-app/removal")
    assert answer.status_code == 409
    assert "the only second factor you have" in answer.text


def test_where_it_is_optional_the_last_one_can_go(app, cast):
    give_app(app, cast.sam)
    visitor = in_with_code(app, cast.sam)
    visitor.get("/account/second-factor")
    assert visitor.post("/account/authenticator-app/removal").status_code == 303
    assert "You have none" in visitor.get("/account/second-factor").text
    again = Visitor(app)
    again.knock(cast.sam)
    assert again.is_in()
    assert "totp_removed" in events(app, cast.sam)


def test_no_session_is_half_signed_in_by_an_old_proof(app, cast, required):
    give_app(app, cast.sam)
    in_with_code(app, cast.sam)
    given = [one.second_factor_at for one in rows(app, SignIn.second_factor_at)]
    assert len([one for one in given if one]) == 1
