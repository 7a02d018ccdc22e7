"""A supplier's link to one incident [S09]: what it opens, says, and when it opens nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app import clock
from app.incidents.supplier_links import address_of, read_address
from app.later import uuid7
from tests.api.desk import WHY, bring, done, send
from tests.files.desk import send as send_file
from tests.files.samples import png
from tests.incidents.pages import HERE, text_of
from tests.incidents.supply import a_supplier, address_on, with_supplier
from tests.incidents.test_pages_show import next_step
from tests.people.mailbox import Mailbox

PAGE = "/st-marys/incidents/1"
LINKS = f"{PAGE}/supplier-links"
NOTHING = "This link opens nothing"


@pytest.fixture(autouse=True)
def _tuesday(at):
    at("2026-01-13T09:00+00:00")


@pytest.fixture
def link(app, sign_in, cast):
    """The address of a link that was made when the incident went to the supplier."""
    with_supplier(app, a_supplier(app, sign_in, cast))
    return address_on(sign_in(cast.sam).get(LINKS))


@pytest.fixture
def stranger(app):
    from tests.conftest import Browser

    browser = Browser(app.test_client())
    browser._token = "none"
    return browser


def say(stranger, link, **said):
    assert stranger.get(link).status_code == 200
    return stranger.post(link, said)


# --- what it opens ---


def test_it_goes_out_when_the_incident_goes_to_the_supplier(app, link):
    mail = Mailbox(app)
    assert "STM-1" in mail.subjects("help@lamps.example")[0]
    assert mail.link("help@lamps.example", "supplier").endswith(link.rsplit("/", 1)[1])


def test_it_shows_what_it_takes_to_mend_it_and_nobodys_name_but_the_spocs(
    app, sign_in, cast, stranger, link
):
    for who, visibility in (("sam", "public"), ("sam", "internal"), ("theo", "internal")):
        note = {"text": f"Zebrafinch {who}", "visibility": visibility}
        send(app, who, "post", "/schools/st-marys/incidents/1/notes", note)
    done(
        app,
        "sam",
        "post",
        "/schools/st-marys/incidents/1/notes",
        {"text": "Come to the side gate", "visibility": "supplier"},
    )
    page = text_of(stranger.get(link))
    for shown in ("STM-1", "Projector shows no picture", "A blue screen", "ICT suite", "Sam Spoc"):
        assert shown in page, shown
    assert "Come to the side gate" in page
    for hidden in ("Rita", "rita@", "Zebrafinch", "Sasha", "Tariq", "The lamp is dark", "Dora"):
        assert hidden not in page, hidden


def test_reading_changes_nothing_but_that_it_was_opened(app, stranger, link, is_unchanged, ledger):
    stranger.get(link)
    assert ledger.rows("SELECT opened_at FROM supplier_links")[0][0] is not None
    is_unchanged.start()
    for _ in range(2):
        answer = stranger.get(link)
        assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert is_unchanged()


def test_files_of_the_sheet_can_be_opened_and_others_cannot(app, api, cast, stranger, link):
    sam = api(cast.sam)
    for name, visibility in (("sheet.png", "public"), ("inside.png", "internal")):
        answer = send_file(sam, 1, [(name, png())], visibility=visibility)
        assert answer.status_code == 201, answer.text
    page = text_of(stranger.get(link))
    assert "sheet.png" in page
    assert "inside.png" not in page
    shown = done(app, "sam", "get", "/schools/st-marys/incidents/1/attachments").json["items"]
    found = {one["name"]: f"{link}/files/{one['key']}" for one in shown}
    for tail in ("", "/thumbnail"):
        opened = stranger.get(found["sheet.png"] + tail)
        assert (opened.status_code, opened.mimetype) == (200, "image/png")
        assert "sandbox" in opened.headers["Content-Security-Policy"]
        assert stranger.get(found["inside.png"] + tail).status_code == 404
    done(app, "sam", "post", "/schools/st-marys/incidents/1/hand_back", WHY)
    assert stranger.get(found["sheet.png"]).status_code == 404


# --- what it says ---


def test_what_it_has_done_is_the_next_to_be_recorded(sign_in, cast, stranger, link):
    sam = sign_in(cast.sam)
    assert next_step(text_of(sam.get(f"{HERE}/1"))) == "Add a note"
    assert say(stranger, link, text="A new lamp", done="true").status_code == 303
    assert next_step(text_of(sam.get(f"{HERE}/1"))) == "Record the supplier’s answer"


def test_a_note_a_reference_and_a_visit_are_kept_and_told(app, stranger, link, ledger):
    answer = say(
        stranger,
        link,
        text="We bring a lamp",
        their_reference="L-77",
        **{"visit_at-day": "15", "visit_at-month": "1", "visit_at-year": "2026"},
        **{"visit_at-time": "10:30"},
    )
    assert answer.status_code == 303, text_of(answer)
    kept = ledger.rows("SELECT supplier_reference, supplier_visit_at, status FROM incidents")[0]
    assert (kept[0], kept[1].isoformat()[:16], kept[2]) == ("L-77", "2026-01-15T10:30", "queued")
    shown = done(app, "sam", "get", "/schools/st-marys/incidents/1/timeline").json["items"][-1]
    assert (shown["actor"], shown["kind"], shown["visibility"]) == (
        "Lamps Ltd",
        "incident.supplier_noted",
        "supplier",
    )
    assert "L-77" in shown["note"]
    assert "Thursday 15 January at 10:30" in shown["note"]
    mail = Mailbox(app)
    for who in ("sam@st-marys.example", "sasha@la.example"):
        assert any("the supplier writes" in one for one in mail.subjects(who)), who
    assert "We bring a lamp" in text_of(stranger.get(link))
    assert (
        "We bring a lamp"
        not in done(app, "rita", "get", "/schools/st-marys/incidents/1/timeline").text
    )


def test_its_first_word_is_the_response_that_the_contract_promises(app, stranger, link, at):
    at("2026-01-13T09:59+00:00")
    say(stranger, link, text="We look at it")
    clocks = done(app, "sam", "get", "/schools/st-marys/incidents/1").json["clocks"]
    theirs = next(one for one in clocks if (one["kind"], one["metric"]) == ("uc", "response"))
    assert (theirs["state"], theirs["stopped_at"]) == ("met", "2026-01-13T09:59:00Z")


def test_done_is_a_proposal_that_desk_or_line_records(app, stranger, link, sign_in, cast):
    assert say(stranger, link, text="A new lamp is in", done="true").status_code == 303
    path = "/schools/st-marys/incidents/1"
    shown = done(app, "sam", "get", path).json
    assert (shown["status"], shown["waiting_for"]) == ("queued", "supplier")
    mail = Mailbox(app)
    assert any("says it is done" in one for one in mail.subjects("sam@st-marys.example"))
    sam = sign_in(cast.sam)
    assert "Record the supplier’s answer" in text_of(sam.get(PAGE))
    form = text_of(sam.get(f"{PAGE}/resolution"))
    assert "A new lamp is in</textarea>" in form
    sent = {"type": "permanent_fix", "text": "A new lamp is in"}
    assert sam.post(f"{PAGE}/resolution", sent).status_code == 303
    assert done(app, "sam", "get", path).json["status"] == "resolved"
    page = text_of(stranger.get(link))
    assert "there is nothing more to do" in page
    assert "Send it" not in page


def test_sent_twice_it_is_kept_once(app, stranger, link):
    for _ in range(2):
        assert say(stranger, link, text="We come").status_code == 303
    events = done(app, "sam", "get", "/schools/st-marys/incidents/1/timeline").json["items"]
    assert sum(one["kind"] == "incident.supplier_noted" for one in events) == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Write a note"),
        ({"done": "true"}, "Say what was done"),
        ({"text": "x" * 10_001}, "characters or fewer"),
        (
            {
                "visit_at-day": "1",
                "visit_at-month": "1",
                "visit_at-year": "2026",
                "visit_at-time": "10:00",
                "text": "I was there",
            },
            "over already",
        ),
        ({"text": "a\x00b"}, "control characters"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_kept(
    stranger, link, is_unchanged, said, sentence
):
    stranger.get(link)
    is_unchanged.start()
    answer = say(stranger, link, **said)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert is_unchanged()


def test_a_form_of_another_site_is_refused(stranger, link, is_unchanged):
    stranger.get(link)
    is_unchanged.start()
    forged = stranger.client.post(
        link, data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert forged.status_code in (400, 403)
    assert stranger.client.post(link, data={"text": "x"}).status_code in (400, 403)
    assert is_unchanged()


# --- when it opens nothing ---


def check_opens_nothing(stranger, address):
    answer = stranger.get(address)
    assert answer.status_code == 404
    assert NOTHING in text_of(answer)
    posted = stranger.post(address, {"text": "x"})
    assert posted.status_code == 404
    return re.sub(r'nonce="[^"]*"', "", text_of(answer))


def test_wrong_old_revoked_and_foreign_links_are_all_the_same(
    app, stranger, link, sign_in, cast, at, is_unchanged
):
    key = app.config["SECRET_KEY"]
    slug, row = read_address(key, link.rsplit("/", 1)[1])
    assert slug == "st-marys"
    others = [
        f"{link}x",
        link.replace("st-marys", "oakfield"),
        f"/supplier/{address_of(key, 'st-marys', uuid7())}",
        f"/supplier/{address_of(key, 'oakfield', row)}",
        f"/supplier/{address_of(key, 'no-such-school', row)}",
        f"/supplier/{address_of('another key of this length at least', 'st-marys', row)}",
        "/supplier/st-marys",
        "/supplier/..",
        "/supplier/%00.x.y",
    ]
    stranger.get(link)
    said = {check_opens_nothing(stranger, one) for one in others}
    at((clock.now() + timedelta(days=30, seconds=1)).isoformat())
    said.add(check_opens_nothing(stranger, link))
    at("2026-01-13T09:00+00:00")
    assert stranger.get(link).status_code == 200
    sam = sign_in(cast.sam)
    sam.get(LINKS)
    assert sam.post(f"{LINKS}/{row}/revocation").status_code == 303
    said.add(check_opens_nothing(stranger, link))
    assert len(said) == 1


def test_it_goes_with_the_work(app, stranger, link):
    stranger.get(link)
    done(app, "sam", "post", "/schools/st-marys/incidents/1/hand_back", WHY)
    check_opens_nothing(stranger, link)


def test_marked_sensitive_it_opens_nothing_any_more_and_none_is_made(
    app, stranger, link, sign_in, cast
):
    sam = sign_in(cast.sam)
    etag = done(app, "sam", "get", "/schools/st-marys/incidents/1").headers["ETag"]
    stranger.get(link)
    changed = {"sensitive": True}
    done(app, "sam", "patch", "/schools/st-marys/incidents/1", changed, If_Match=etag)
    check_opens_nothing(stranger, link)
    assert "no supplier may read it" in text_of(sam.get(LINKS))
    refused = sam.post(LINKS, {"supplier": "Lamps Ltd", "days": "30"})
    assert refused.status_code == 409
    assert "no supplier may read it" in text_of(refused)


def test_a_sensitive_one_goes_to_a_supplier_without_any_link(app, sign_in, cast, ledger):
    with_supplier(app, a_supplier(app, sign_in, cast), sensitive=True)
    assert ledger.rows("SELECT count(*) FROM supplier_links")[0][0] == 0
    assert Mailbox(app).to("help@lamps.example") == []


# --- the desk's list ---


def test_a_link_is_made_by_hand_and_shown_to_copy(app, stranger, sign_in, cast, ledger):
    bring(app, "forwarded")
    sam = sign_in(cast.sam)
    sam.get(LINKS)
    answer = sam.post(LINKS, {"supplier": "Cables Ltd", "days": "7"})
    assert answer.status_code == 303
    assert "for Cables Ltd" in text_of(stranger.get(address_on(sam.get(LINKS))))
    good_for = ledger.rows("SELECT expires_at - created_at FROM supplier_links")[0][0]
    assert good_for == timedelta(days=7)
    wrong = sam.post(LINKS, {"supplier": "", "days": "700", "email": "nobody"})
    assert wrong.status_code == 422
    for sentence in ("Enter the supplier’s name", "from 1 to 90", "e-mail address in the right"):
        assert sentence in text_of(wrong)


@pytest.mark.parametrize(
    ("who", "status"), [("rita", 403), ("theo", 403), ("ike", 403), ("dora", 200)]
)
def test_who_may_make_links(app, sign_in, cast, who, status):
    bring(app, "forwarded")
    assert sign_in(getattr(cast, who)).get(LINKS).status_code == status


# --- with an account ---


def test_a_supplier_with_an_account_uses_the_same_page(app, sign_in, cast, ledger):
    key = a_supplier(app, sign_in, cast)
    ledger.rows(
        "INSERT INTO support_group_members (school_id, group_id, membership_id)"
        " SELECT g.school_id, g.id, m.id FROM support_groups g JOIN memberships m"
        " ON m.school_id = g.school_id WHERE g.key = %s AND m.role = 'supplier'",
        key,
    )
    with_supplier(app, key)
    sue = sign_in(cast.sue)
    there = sue.get(PAGE)
    assert (there.status_code, there.headers["Location"]) == (303, f"{PAGE}/supplier")
    page = text_of(sue.get(f"{PAGE}/supplier"))
    assert "A blue screen" in page
    assert "Rita" not in page
    answer = sue.post(f"{PAGE}/supplier", {"text": "On our way"})
    assert answer.status_code == 303
    last = done(app, "sam", "get", "/schools/st-marys/incidents/1/timeline").json["items"][-1]
    assert (last["actor"], last["note"]) == ("Sue Supplier", "On our way")
    bring(app, "second")
    assert sue.get("/st-marys/incidents/2/supplier").status_code == 404
