"""What a scan opens: the sheet for a member, little for a stranger, nothing for a guess."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Browser

SCHOOL = "/schools/st-marys"
SAID = {
    "title": "No picture",
    "happened": "The lamp does not come on",
    "name": "Mrs Brown",
    "email": "mrs.brown@st-marys.example",
}
SECRETS = ("Elite", "Latitude", "SER-77", "412.50", "Ravi", "Library", "Dell")


@pytest.fixture
def label(api, cast):
    """Of a laptop about which much is known."""
    asset = {
        "tag": "LAP-1",
        "type": "laptop",
        "make": "Dell",
        "model": "Latitude Elite",
        "serial": "SER-77",
        "price": "412.50",
        "holder": "Ravi Reporter",
        "location": "library",
    }
    made = api(cast.sam).post(f"{SCHOOL}/assets", asset)
    assert made.status_code == 201, made.text
    return labelled(api, cast, assets=["LAP-1"])


def labelled(api, cast, **body):
    made = api(cast.sam).post(f"{SCHOOL}/labels", body)
    assert made.status_code == 201, made.text
    return f"/st-marys/label/{made.json['items'][0]['token']}"


@pytest.fixture
def stranger(app):
    return Browser(app.test_client())


def sent(browser, label, **said):
    assert browser.get(label).status_code == 200
    return browser.post(label, {**SAID, **said})


def incidents(api, cast):
    return api(cast.sam).get(f"{SCHOOL}/incidents").json["items"]


# --- signed in ---


def test_a_reporter_comes_straight_to_the_sheet(sign_in, cast, label):
    rita = sign_in(cast.rita)
    answer = rita.get(label)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/st-marys/incidents/new?asset=LAP-1&location=library"
    sheet = rita.get(answer.headers["Location"]).text
    assert "LAP-1" in sheet
    assert re.search(r'<option value="library" selected>', sheet)


def test_a_room_is_chosen_on_the_sheet(api, sign_in, cast):
    room = labelled(api, cast, locations=["hall"])
    answer = sign_in(cast.rita).get(room)
    assert answer.headers["Location"] == "/st-marys/incidents/new?location=hall"


def test_who_keeps_the_register_is_led_there_too(sign_in, cast, label):
    sam = sign_in(cast.sam)
    sheet = sam.get(label, follow_redirects=True).text
    assert '/st-marys/assets/LAP-1">Open it in the register</a>' in sheet
    assert (
        "Open it in the register" not in sign_in(cast.rita).get(label, follow_redirects=True).text
    )


def test_a_scan_while_taking_stock_offers_to_tick_it_off(api, sign_in, cast, label):
    api(cast.sam).post(f"{SCHOOL}/stock_takes", {"location": "library"})
    sam = sign_in(cast.sam)
    page = sam.get(label).text
    assert "Seen in Library" in page
    assert "/st-marys/incidents/new?asset=LAP-1" in page
    answer = sam.post("/st-marys/stock-takes/1/seen", {"tag": "LAP-1"})
    assert answer.headers["Location"] == "/st-marys/stock-takes/1"
    # Somebody else's stock-take is no business of Theo's scan.
    assert sign_in(cast.theo).get(label).status_code == 303


@pytest.mark.parametrize("who", ["olga", "otto", "sue", None])
def test_everybody_else_is_a_stranger(app, sign_in, cast, label, who):
    browser = sign_in(getattr(cast, who)) if who else Browser(app.test_client())
    answer = browser.get(label)
    assert answer.status_code == 200
    assert "St Mary’s Primary School" in answer.text
    assert "LAP-1" in answer.text
    for secret in SECRETS:
        assert secret not in answer.text, secret
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


# --- a stranger's report ---


def test_a_strangers_report_goes_to_the_desk_as_unverified(api, cast, stranger, label, ledger):
    people = ledger.rows("SELECT count(*) FROM people")
    answer = sent(stranger, label)
    assert answer.status_code == 303
    thanks = stranger.get(answer.headers["Location"]).text
    assert "has your report about LAP-1" in thanks
    assert "STM-1" not in thanks
    one = api(cast.sam).get(f"{SCHOOL}/incidents/1").json
    assert one["unverified"] is True
    assert (one["status"], one["channel"]) == ("new", "web")
    assert (one["reporter_name"], one["reporter_email"]) == ("Mrs Brown", SAID["email"])
    assert one["asset"] == "LAP-1"
    assert one["location"]["key"] == "library"
    assert one["logged_by"] == "Mrs Brown (not signed in)"
    assert ledger.rows("SELECT count(*) FROM people") == people


def test_the_desk_sees_that_nobody_looked_who_it_was(sign_in, api, cast, stranger, label):
    sent(stranger, label)
    sam = sign_in(cast.sam)
    assert "Unverified: reported by scanning a label" in sam.get("/st-marys/incidents/1").text
    assert "<b>Unverified:</b>" in sam.get("/st-marys/desk").text
    assert "<b>Unverified:</b>" in sam.get("/st-marys/incidents").text
    # One that a member logs is not.
    body = {"title": "Dark", "expected": "Light", "happened": "None", "location": "hall"}
    api(cast.rita).post(f"{SCHOOL}/incidents", body)
    assert api(cast.sam).get(f"{SCHOOL}/incidents/2").json["unverified"] is False


def test_naming_rita_makes_it_not_hers(api, cast, stranger, label):
    """Whoever types a colleague's address must not put a report into her list."""
    sent(stranger, label, name="Rita Reporter", email=cast.rita.email)
    assert api(cast.rita).get(f"{SCHOOL}/incidents/1").status_code == 404


def test_the_same_report_twice_is_one(api, cast, stranger, label):
    for _ in range(3):
        assert sent(stranger, label).status_code == 303
    assert len(incidents(api, cast)) == 1
    assert sent(stranger, label, title="It smokes").status_code == 303
    assert len(incidents(api, cast)) == 2


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"email": "joker@evil.example"}, "It ends in @st-marys.example"),
        ({"email": "a@st-marys.example.evil.test"}, "It ends in @st-marys.example"),
        ({"email": "nobody"}, "Enter an e-mail address in the right form"),
        ({"email": ""}, "Enter your school e-mail address"),
        ({"title": " "}, "Say in a few words what is wrong"),
        ({"happened": ""}, "Say what happened"),
        ({"name": ""}, "Enter your name"),
        ({"name": "\u202egnp.exe"}, "Remove the control characters"),
        ({"title": "x" * 201}, "must be 200 characters or fewer"),
    ],
)
def test_a_report_that_lacks_something_comes_back(api, cast, stranger, label, said, sentence):
    answer = sent(stranger, label, **said)
    assert answer.status_code == 422
    assert sentence in answer.text
    for secret in SECRETS:
        assert secret not in answer.text, secret
    assert incidents(api, cast) == []


def test_a_school_without_a_domain_of_its_own_takes_any_address(api, cast, stranger, label, ledger):
    ledger.rows("UPDATE people SET email = 'sam@elsewhere.example' WHERE email LIKE 'sam@%%'")
    assert sent(stranger, label, email="mrs.brown@home.example").status_code == 303


def test_a_form_from_another_site_is_refused(api, cast, stranger, label):
    stranger.get(label)
    answer = stranger.client.post(label, data=SAID)
    assert answer.status_code in (400, 403, 422)
    assert incidents(api, cast) == []


def test_what_is_sent_is_never_believed_about_the_thing(api, cast, stranger, label):
    """Fields that the form does not ask for do not slip in."""
    answer = sent(stranger, label, asset="LAP-2", priority="P1", sensitive="true")
    found = incidents(api, cast)
    assert answer.status_code in (303, 422)
    assert [one["priority"] for one in found] in ([], [None])


# --- guesses ---


def test_every_label_that_opens_nothing_looks_the_same(app, api, cast, label, statements):
    (other,) = (
        api(cast.olga).post("/schools/oakfield/labels", {"locations": ["hall"]}).json["items"]
    )
    token = label.rpartition("/")[2]
    api(cast.sam).delete(f"{SCHOOL}/labels/asset/LAP-1")
    client = app.test_client()
    said, asked = set(), set()
    for path in (
        f"/st-marys/label/{token}",  # ended
        f"/st-marys/label/{other['token']}",  # another school's
        f"/oakfield/label/{token}",
        f"/st-marys/label/{'a' * 16}",  # made up
        "/st-marys/label/x",
        "/st-marys/label/%00%27",
        f"/no-such-school/label/{'a' * 16}",
    ):
        statements.clear()
        answer = client.get(path)
        assert answer.status_code == 404, path
        said.add(answer.text)
        asked.add(tuple(statements))
    assert len(said) == 1
    assert len(asked) == 1
    assert "St Mary" not in said.pop()


def test_whoever_guesses_is_stopped(app, label):
    client = app.test_client()
    answers = [client.get(f"/st-marys/label/{'a' * 15}{letter}") for letter in "abcdefghijklmnop"]
    statuses = [one.status_code for one in answers]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert answers[-1].headers["Retry-After"]
    # Another address is not kept waiting for it.
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(label, environ_overrides=elsewhere).status_code == 200


def test_whoever_sends_too_many_reports_is_stopped(api, cast, stranger, label):
    answers = [sent(stranger, label, title=f"Fault {number}") for number in range(12)]
    assert [one.status_code for one in answers][-1] == 429
    assert len(incidents(api, cast)) == 10
