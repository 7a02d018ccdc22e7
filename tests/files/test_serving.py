"""Who gets a file, with which headers, by page and by program; and taking one away."""

from __future__ import annotations

import re

import pytest

from tests.files import samples
from tests.files.desk import API, HERE, contents, post, rows, send
from tests.incidents.pages import forwarded, logged, text_of

ABSENT = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture
def shown(api, sign_in, app, cast):
    """Incident 1, forwarded, with a public photo and an internal text."""
    forwarded(api, cast)
    assert send(api(cast.rita), 1, [("früh.jpg", samples.jpeg())]).status_code == 201
    internal = send(api(cast.tariq), 1, [("secret-plan.txt", b"x")], visibility="internal")
    assert internal.status_code == 201
    return {one["visibility"]: str(one["id"]) for one in rows(app)}


# Who opens: (status of the public one, of the internal one); in a browser and as a program.
WHO = {
    "rita": (200, 404),
    "ravi": (404, 404),
    "sam": (200, 200),
    "dora": (200, 200),
    "ike": (200, 404),
    "theo": (200, 200),
    "pip": (404, 404),
    "sue": (403, 403),
    "olga": (404, 404),
    "tariq": (200, 200),
    "sasha": (200, 200),
    "mo": (200, 200),
    "ada": (403, 403),
}


@pytest.mark.parametrize("who", WHO)
def test_who_opens_what(api, sign_in, shown, cast, who):
    person = getattr(cast, who)
    browser, program = sign_in(person), api(person)
    for visibility, status in zip(("public", "internal"), WHO[who], strict=True):
        key = shown[visibility]
        said = {
            browser.get(f"{HERE}/1/files/{key}").status_code,
            program.get(f"{API}/1/attachments/{key}").status_code,
            program.get(f"{API}/1/attachments/{key}/content").status_code,
        }
        assert said == {status}, visibility
    listed = program.get(f"{API}/1/attachments")
    is_there = WHO[who][0] == 200
    assert listed.status_code == (200 if is_there else WHO[who][0])
    if is_there:
        assert len(listed.json["items"]) == 1 + (WHO[who][1] == 200)
    if WHO[who][1] != 200:
        assert "secret-plan" not in text_of(browser.get(f"{HERE}/1")) + text_of(listed)


# Who adds one to it, and who takes Rita's away: through the API.
# fmt: off
WHO_CHANGES = {
    "rita": (201, 204), "ravi": (404, 404), "sam": (201, 204), "dora": (201, 204),
    "ike": (201, 403), "theo": (403, 403), "pip": (404, 404), "sue": (403, 403),
    "olga": (404, 404), "tariq": (201, 403), "sasha": (403, 403), "mo": (201, 403),
    "ada": (403, 403),
}
# fmt: on


@pytest.mark.parametrize("who", WHO_CHANGES)
def test_who_adds_and_who_takes_away(api, app, shown, cast, who):
    program, before = api(getattr(cast, who)), len(rows(app))
    added = send(program, 1, [("a.txt", b"words")]).status_code
    assert len(rows(app)) - before == (added == 201)
    removed = program.delete(f"{API}/1/attachments/{shown['public']}").status_code
    assert (added, removed) == WHO_CHANGES[who]


def test_foreign_removed_malformed_and_absent_are_the_same(api, sign_in, app, shown, cast):
    """Byte for byte, also for somebody of another school with that school's own incident 1."""
    sheet = {"title": "x", "expected": "x", "happened": "x", "location": "ict-suite"}
    assert api(cast.otto).post("/schools/oakfield/incidents", sheet).status_code == 201
    olga, rita, sam = sign_in(cast.olga), sign_in(cast.rita), api(cast.sam)
    assert send(api(cast.rita), 1, [("gone.txt", b"gone")]).status_code == 201
    gone = str(rows(app)[-1]["id"])
    assert sam.delete(f"{API}/1/attachments/{gone}").status_code == 204
    keys = [shown["public"], shown["internal"], gone, ABSENT, "not-a-key", "x" * 40]
    for browser, here, mine in ((olga, "/oakfield/incidents", keys), (rita, HERE, keys[1:])):
        for tail in ("", "/thumbnail", "/removal"):
            answers = [browser.get(f"{here}/1/files/{key}{tail}") for key in mine]
            assert {one.status_code for one in answers} == {404}
            said = [re.sub(r"nonce=\"[^\"]*\"", "", one.get_data(as_text=True)) for one in answers]
            assert len(set(said)) == 1, tail
    program = api(cast.olga)
    for tail in ("", "/content", "/thumbnail"):
        path = "/schools/oakfield/incidents/1/attachments"
        assert len({program.get(f"{path}/{key}{tail}").data for key in keys}) == 1
    for odd in (f"{shown['public']}/../other", f"{shown['public']}%2F..%2Fother", "..", "%00"):
        assert rita.get(f"{HERE}/1/files/{odd}").status_code == 404


def test_a_picture_is_shown_in_place_and_nothing_else_is(sign_in, api, app, cast):
    logged(api, cast)
    files = [
        ("früh.jpg", samples.jpeg()),
        ("a.pdf", samples.pdf()),
        ("a.docx", samples.office()),
        ("a.csv", b"a,b"),
    ]
    assert send(api(cast.rita), 1, files).status_code == 201
    rita = sign_in(cast.rita)
    # fmt: off
    expected = {
        "früh.jpg": ("image/jpeg", "inline; filename=\"fr_h.jpg\"; filename*=UTF-8''fr%C3%BCh.jpg"),
        "a.pdf":    ("application/pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        "a.docx":   ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment; filename=\"a.docx\"; filename*=UTF-8''a.docx"),
        "a.csv":    ("text/csv; charset=utf-8", "attachment; filename=\"a.csv\"; filename*=UTF-8''a.csv"),
    }
    # fmt: on
    for row in rows(app):
        address = f"{HERE}/1/files/{row['id']}"
        answer = rita.get(address)
        headers = answer.headers
        assert (headers["Content-Type"], headers["Content-Disposition"]) == expected[row["name"]]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "private, no-store"
        assert int(headers["Content-Length"]) == len(answer.data) == row["size"]
        again = rita.get(address, headers={"If-None-Match": headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert rita.client.head(address).status_code == 200
    small = rita.get(f"{HERE}/1/files/{rows(app)[0]['id']}/thumbnail")
    assert small.headers["Cache-Control"] == "private, max-age=3600"


def test_as_json(api, app, shown, cast):
    answer = send(api(cast.sam), 1, [("b.png", samples.png()), ("c.txt", b"words")])
    assert answer.status_code == 201
    picture, text = answer.json["items"]
    assert answer.headers["Location"].endswith(f"{API}/1/attachments/{picture['key']}")
    assert {name: picture[name] for name in ("name", "media_type", "part", "visibility")} == {
        "name": "b.png",
        "media_type": "image/png",
        "part": "sheet",
        "visibility": "public",
    }
    assert (picture["width"], picture["uploaded_by"]) == (640, cast.sam.name)
    sam = api(cast.sam)
    for link in picture["links"].values():
        assert sam.get(link.removeprefix("/api/v1")).mimetype == "image/png"
    assert text["links"]["thumbnail"] is None
    assert sam.get(f"{API}/1/attachments/{text['key']}/thumbnail").status_code == 422
    assert sam.get(f"{API}/1/attachments/{text['key']}").json == text
    first = sam.get(f"{API}/1/attachments?limit=3").json
    rest = sam.get(f"{API}/1/attachments?limit=3&after={first['next']}").json
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]


def test_the_same_key_adds_once(api, app, cast):
    logged(api, cast)
    files, key = [("a.png", samples.png())], {"Idempotency-Key": "once"}
    first, second = (send(api(cast.rita), 1, files, key) for _ in range(2))
    assert first.json == second.json and len(rows(app)) == 1
    assert send(api(cast.rita), 1, [("a.png", samples.jpeg())], key).status_code == 422


def test_removing(api, sign_in, app, shown, cast):
    key = shown["public"]
    page = f"{HERE}/1/files/{key}/removal"
    rita, tariq = sign_in(cast.rita), sign_in(cast.tariq)
    assert tariq.get(page).status_code == 403
    assert api(cast.ike).delete(f"{API}/1/attachments/{key}").status_code == 403
    assert f"files/{key}/removal" in text_of(rita.get(f"{HERE}/1"))
    assert "Remove früh.jpg?" in text_of(rita.get(page))
    assert post(rita, page, []).status_code == 303
    assert rita.get(f"{HERE}/1/files/{key}").status_code == 404
    assert "A file was removed" in text_of(rita.get(f"{HERE}/1"))
    (removed,) = [one for one in rows(app) if one["removed_at"]]
    assert removed["removed_by"] == cast.rita.name
    assert post(rita, page, []).status_code == 404


def test_a_reporter_removes_only_what_they_brought(api, sign_in, app, cast):
    logged(api, cast)
    send(api(cast.sam), 1, [("sams.txt", b"from the desk")])
    key = rows(app)[0]["id"]
    assert api(cast.rita).delete(f"{API}/1/attachments/{key}").status_code == 403
    rita = sign_in(cast.rita)
    assert f"{key}/removal" not in text_of(rita.get(f"{HERE}/1"))
    assert post(rita, f"{HERE}/1/files/{key}/removal", []).status_code in (400, 403)
    assert rows(app)[0]["removed_at"] is None


def test_la_staff_leave_a_record_for_the_file_but_not_for_its_small_picture(
    sign_in, app, shown, cast
):
    from sqlalchemy import func, select

    from app.history.models import AccessRecord
    from tenants import acting_in, db

    def records() -> int:
        with app.app_context(), acting_in(rows(app)[0]["school_id"]):
            return db.session.scalar(select(func.count()).select_from(AccessRecord)) or 0

    tariq, before = sign_in(cast.tariq), records()
    tariq.get(f"{HERE}/1/files/{shown['public']}/thumbnail")
    assert records() == before
    tariq.get(f"{HERE}/1/files/{shown['public']}")
    assert records() == before + 1


def test_a_file_whose_content_is_gone_is_not_there_and_no_error(sign_in, app, shown, cast):
    for path in contents(app):
        path.unlink()
    assert sign_in(cast.rita).get(f"{HERE}/1/files/{shown['public']}").status_code == 404


def test_showing_an_incident_s_files_costs_one_statement(sign_in, api, app, cast, statements):
    logged(api, cast)
    sam = sign_in(cast.sam)
    counts = []
    for _ in range(3):
        send(api(cast.sam), 1, [("a.txt", b"one"), ("b.txt", b"two")])
        statements.clear()
        sam.get(f"{HERE}/1")
        counts.append(len(statements))
    assert counts[1] == counts[2]
