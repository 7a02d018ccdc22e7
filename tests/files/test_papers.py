"""Files on a row of a register: added, listed, opened, removed, by page and by program."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from tests.files import samples
from tests.files.desk import contents, encoded, post, rows
from tests.incidents.pages import text_of

PAPERS = "/schools/st-marys/contracts/1/files"
PAGE = "/st-marys/contracts/1"
PDF = ("contract.pdf", samples.pdf())
TERMS = {
    "name": "Broadband",
    "kind": "subscription",
    "start": "2025-04-01",
    "initial_months": 36,
}


@pytest.fixture(autouse=True)
def contract(api, cast):
    made = api(cast.sam).post("/schools/st-marys/contracts", TERMS)
    assert made.status_code == 201, made.json


def send(program, files=(PDF,), headers=None, path=PAPERS, **fields):
    body, content_type = encoded(files, "file", fields)
    return program.post(path, data=body, headers={"Content-Type": content_type, **(headers or {})})


def test_a_program_adds_lists_opens_and_removes_them(api, app, cast):
    sam = api(cast.sam)
    made = send(sam, [PDF, ("photo.jpg", samples.jpeg())])
    assert made.status_code == 201, made.json
    assert [one["name"] for one in made.json["items"]] == ["contract.pdf", "photo.jpg"]
    listed = sam.get(PAPERS).json
    assert listed == {"items": made.json["items"], "next": None}
    first, second = listed["items"]
    assert made.headers["Location"].endswith(first["key"])
    one = sam.get(f"{PAPERS}/{first['key']}")
    assert one.json == first and one.headers["ETag"] == '"1"'
    content = sam.get(f"{PAPERS}/{first['key']}/content")
    assert content.data.startswith(b"%PDF") and content.mimetype == "application/pdf"
    assert "attachment" in content.headers["Content-Disposition"]
    assert sam.get(f"{PAPERS}/{second['key']}/thumbnail").mimetype == "image/jpeg"
    assert sam.get(f"{PAPERS}/{first['key']}/thumbnail").status_code == 422
    assert sam.delete(f"{PAPERS}/{first['key']}").status_code == 204
    assert sam.delete(f"{PAPERS}/{first['key']}").status_code == 404
    assert sam.get(f"{PAPERS}/{first['key']}/content").status_code == 404
    assert [one["name"] for one in sam.get(PAPERS).json["items"]] == ["photo.jpg"]
    kinds = [one["kind"] for one in sam.get("/schools/st-marys/contracts/1/timeline").json["items"]]
    assert kinds == ["contract.file_removed", "contract.file_added", "contract.added"]


def test_they_page_by_cursor(api, cast):
    sam = api(cast.sam)
    for batch in range(3):
        send(sam, [(f"{batch}.txt", f"words {batch}".encode())])
    page = sam.get(f"{PAPERS}?limit=2").json
    rest = sam.get(f"{PAPERS}?limit=2&after={page['next']}").json
    names = [one["name"] for one in (*page["items"], *rest["items"])]
    assert names == ["0.txt", "1.txt", "2.txt"] and rest["next"] is None
    assert sam.get(f"{PAPERS}?limit=2&after=x").status_code == 422


def test_who_reads_contracts_opens_them_and_who_keeps_them_adds(api, cast):
    key = send(api(cast.sam)).json["items"][0]["key"]
    one = f"{PAPERS}/{key}"
    assert api(cast.ike).get(f"{one}/content").status_code == 200
    assert send(api(cast.ike)).status_code == 403
    assert api(cast.ike).delete(one).status_code == 403
    for player in (cast.rita, cast.theo, cast.tariq):
        assert api(player).get(PAPERS).status_code == 403, player
    for player in (cast.olga, cast.omar) if hasattr(cast, "omar") else (cast.olga,):
        for answer in (
            api(player).get(PAPERS),
            api(player).get(f"{one}/content"),
            api(player).delete(one),
            send(api(player)),
        ):
            assert answer.status_code == 404


def test_a_file_opens_only_below_the_row_that_it_hangs_on(api, cast):
    sam = api(cast.sam)
    key = send(sam).json["items"][0]["key"]
    assert sam.post("/schools/st-marys/contracts", {**TERMS, "name": "Other"}).status_code == 201
    other = PAPERS.replace("/1/", "/2/")
    assert sam.get(f"{other}/{key}").status_code == 404
    assert sam.get(f"{other}/{key}/content").status_code == 404
    assert sam.delete(f"{other}/{key}").status_code == 404
    assert sam.get(f"{PAPERS}/not-a-key").status_code == 404


@pytest.mark.parametrize(
    ("files", "fields", "status"),
    [
        ([("x.svg", samples.SVG)], {}, 422),
        ([("x.txt", b"")], {}, 422),
        ([(f"{one}.txt", b"words") for one in range(6)], {}, 422),
        ([], {}, 422),
        ([PDF], {"visibility": "internal"}, 422),
    ],
)
def test_what_is_not_accepted_leaves_nothing_behind(api, app, cast, files, fields, status):
    assert send(api(cast.sam), files, **fields).status_code == status
    assert rows(app) == [] and contents(app) == []


def test_what_is_no_form_is_refused(api, cast):
    assert api(cast.sam).post(PAPERS, {"file": "x"}).status_code == 415


def test_a_stale_version_and_a_missing_row_keep_nothing(api, app, cast):
    assert send(api(cast.sam), headers={"If-Match": '"99"'}).status_code == 412
    assert send(api(cast.sam), path=PAPERS.replace("/1/", "/9/")).status_code == 404
    assert contents(app) == []


def test_no_more_than_twenty(api, app, cast):
    sam = api(cast.sam)
    for batch in range(4):
        files = [(f"{batch}-{one}.txt", f"{batch} {one}".encode()) for one in range(5)]
        assert send(sam, files).status_code == 201
    refused = send(sam, [("last.txt", b"last")])
    assert refused.status_code == 422 and "20 files" in refused.json["errors"]["files"][0]
    assert len(rows(app)) == len(contents(app)) == 20


def test_sent_twice_with_one_key_it_is_there_once(api, app, cast):
    sam = api(cast.sam)
    body, content_type = encoded([PDF], "file", {})
    headers = {"Content-Type": content_type, "Idempotency-Key": "once"}
    answers = [sam.post(PAPERS, data=body, headers=headers) for _ in range(2)]
    assert answers[0].json == answers[1].json and len(rows(app)) == 1


def test_they_are_no_files_that_wait_for_a_form(api, sign_in, app, cast):
    """The sweep leaves them, they count for nobody's limit, and no sheet can take them."""
    from tenants import administering, db
    from tests.files.desk import report
    from workers.housekeeping import sweep_files

    key = send(api(cast.sam)).json["items"][0]["key"]
    with app.app_context(), administering("the tests"):
        sweep_files(clock.now() + timedelta(days=40))
        db.session.commit()
    assert len(rows(app)) == len(contents(app)) == 1
    stolen = report(sign_in(cast.sam), [], kept_file=key)
    assert stolen.status_code == 422
    (row,) = rows(app)
    assert row["contract_id"] and not row["incident_id"]


def test_a_lost_file_is_told_on_its_contract(api, app, cast):
    from tenants import administering, db
    from workers.housekeeping import sweep_files

    send(api(cast.sam))
    for path in contents(app):
        path.unlink()
    for _ in range(2):
        with app.app_context(), administering("the tests"):
            sweep_files(clock.now() + timedelta(days=2))
            db.session.commit()
    told = api(cast.sam).get("/schools/st-marys/contracts/1/timeline").json["items"]
    assert [one["kind"] for one in told].count("file.missing") == 1


def test_a_page_adds_shows_and_removes_them(sign_in, app, cast):
    sam = sign_in(cast.sam)
    assert "Add a file" in text_of(sam.get(PAGE))
    sam.get(f"{PAGE}/files")
    assert post(sam, f"{PAGE}/files", [PDF]).status_code == 303
    page = text_of(sam.get(PAGE))
    assert "contract.pdf" in page and "Files added" in page
    (row,) = rows(app)
    one = f"{PAGE}/files/{row['id']}"
    assert sam.get(one).data.startswith(b"%PDF")
    assert "Remove contract.pdf?" in text_of(sam.get(f"{one}/removal"))
    assert sam.post(f"{one}/removal").status_code == 303
    assert sam.get(one).status_code == 404
    ike = sign_in(cast.ike)
    assert "Add a file" not in text_of(ike.get(PAGE))
    assert post(ike, f"{PAGE}/files", [PDF]).status_code == 403


def test_a_page_says_what_is_wrong_with_a_file(sign_in, app, cast):
    sam = sign_in(cast.sam)
    sam.get(f"{PAGE}/files")
    none, bad = post(sam, f"{PAGE}/files", []), post(sam, f"{PAGE}/files", [("x.svg", samples.SVG)])
    assert none.status_code == 422 and "Choose a file" in text_of(none)
    assert bad.status_code == 422 and "not accepted" in text_of(bad)
    assert 'href="#files"' in bad.get_data(as_text=True)
    assert contents(app) == []
