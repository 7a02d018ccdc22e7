"""Files that come with forms: on the sheet, in notes, with checks; kept when the form comes back."""

from __future__ import annotations

from tests.files import samples
from tests.files.desk import API, HERE, contents, kept_keys, post, report, rows, send
from tests.incidents.pages import BROKEN, forwarded, logged, text_of, version_on

PHOTO = [("projector.jpg", samples.jpeg())]


def test_a_photo_on_a_new_sheet(sign_in, app, cast):
    rita = sign_in(cast.rita)
    assert report(rita, PHOTO).status_code == 303
    (row,) = rows(app)
    assert (row["part"], row["visibility"], row["name"]) == ("sheet", "public", "projector.jpg")
    assert (row["uploaded_by"], row["width"], row["height"]) == (cast.rita.name, 640, 480)
    page = text_of(rita.get(f"{HERE}/1"))
    address = f"{HERE}/1/files/{row['id']}"
    assert f'href="{address}"' in page and f'src="{address}/thumbnail"' in page
    assert rita.get(address).data[:2] == b"\xff\xd8"


def test_files_of_notes_hang_on_their_note(sign_in, api, app, cast):
    number = forwarded(api, cast)
    tariq, rita = sign_in(cast.tariq), sign_in(cast.rita)
    page = f"{HERE}/{number}/notes"
    for text, visibility in (("For you", "public"), ("Among us", "internal")):
        tariq.get(page)
        name = f"{visibility}.txt"
        sent = post(tariq, page, [(name, b"words")], text=text, visibility=visibility)
        assert sent.status_code == 303, text_of(sent)
    assert [(one["part"], one["visibility"]) for one in rows(app)] == [
        ("note", "public"),
        ("note", "internal"),
    ]
    assert all(one["event_id"] and one["event_at"] for one in rows(app))
    staff, reporter = (text_of(one.get(f"{HERE}/{number}")) for one in (tariq, rita))
    assert staff.index("For you") < staff.index("public.txt") < staff.index("internal.txt")
    assert "public.txt" in reporter and "internal.txt" not in reporter


def test_files_of_a_check_are_internal(sign_in, api, app, cast):
    number = forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    path = f"{HERE}/{number}/checks"
    tariq.get(path)
    assert post(tariq, path, [("trace.log", b"ping 1 ms")], check="Ping").status_code == 303
    (row,) = rows(app)
    assert (row["part"], row["visibility"], row["name"]) == ("check", "internal", "trace.log")
    assert row["check_id"]
    assert "trace.log" in text_of(tariq.get(path))
    assert "trace.log" not in text_of(sign_in(cast.rita).get(f"{HERE}/{number}"))


def test_more_files_on_a_sheet_that_is_changed(sign_in, api, app, cast):
    number = logged(api, cast)
    rita = sign_in(cast.rita)
    version = version_on(rita.get(f"{HERE}/{number}/sheet"))
    sent = post(rita, f"{HERE}/{number}/sheet", PHOTO, **BROKEN, version=version)
    assert sent.status_code == 303, text_of(sent)
    assert [one["part"] for one in rows(app)] == ["sheet"]
    assert "Sheet changed: files" in text_of(rita.get(f"{HERE}/{number}"))


def test_a_page_with_mistakes_keeps_the_files_and_links_them_once(sign_in, app, cast):
    rita = sign_in(cast.rita)
    page = report(rita, [*PHOTO, ("list.txt", b"one")], title="")
    assert page.status_code == 422
    keys = kept_keys(page)
    assert len(keys) == 2 and "projector.jpg" in text_of(page) and "list.txt" in text_of(page)
    assert [one["incident_id"] for one in rows(app)] == [None, None]
    small = rita.client.get(f"{HERE}/files/{keys[0]}/thumbnail")
    assert small.status_code == 200 and small.mimetype == "image/jpeg"
    again = post(rita, f"{HERE}/new", [], **BROKEN, kept_file=keys, dropped_file=keys[1:])
    assert again.status_code == 303
    linked = {one["name"]: one["incident_id"] is not None for one in rows(app)}
    assert linked == {"projector.jpg": True, "list.txt": False}
    once_more = report(rita, [], kept_file=keys[:1])
    assert once_more.status_code == 422
    assert "A file that you sent earlier is no longer there" in text_of(once_more)
    assert rita.get(f"{HERE}/2").status_code == 404


def test_one_bad_file_leaves_the_good_ones(sign_in, app, cast):
    page = report(sign_in(cast.rita), [*PHOTO, ("x.svg", samples.SVG)])
    assert page.status_code == 422 and "x.svg: This kind of file" in text_of(page)
    assert len(kept_keys(page)) == 1 and [one["name"] for one in rows(app)] == ["projector.jpg"]


def test_other_people_s_waiting_files_are_nobody_s(sign_in, api, app, cast):
    rita, ravi, olga = sign_in(cast.rita), sign_in(cast.ravi), sign_in(cast.olga)
    key = kept_keys(report(rita, PHOTO, title=""))[0]
    for other, school in ((ravi, "st-marys"), (olga, "oakfield")):
        other.get(f"/{school}/incidents/new")
        page = post(other, f"/{school}/incidents/new", [], **{**BROKEN, "kept_file": [key]})
        assert page.status_code == 422 and not kept_keys(page)
        assert other.get(f"/{school}/incidents/files/{key}/thumbnail").status_code == 404
    for odd in ("", "../../etc/passwd", key.upper(), "0" * 36):
        assert report(ravi, [], kept_file=[odd]).status_code == 422
    assert rows(app)[0]["incident_id"] is None


def test_a_draft_keeps_its_files(sign_in, app, cast):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    kept = post(rita, f"{HERE}/draft", PHOTO, title="Half done")
    assert kept.status_code == 303
    page = rita.get(f"{HERE}/new")
    assert "Half done" in text_of(page) and "projector.jpg" in text_of(page)
    sent = post(rita, f"{HERE}/new", [], **BROKEN, kept_file=kept_keys(page), from_draft="yes")
    assert sent.status_code == 303
    assert rows(app)[0]["incident_id"] is not None


def test_the_same_form_twice_is_one_incident_with_one_file(sign_in, app, cast):
    rita = sign_in(cast.rita)
    first, second = (report(rita, PHOTO, submission_id="the same") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(rows(app)) == 1
    other = report(rita, [("projector.jpg", samples.png())], submission_id="the same")
    assert other.status_code == 409 and len(rows(app)) == 1


def test_the_same_photo_twice_is_kept_once_in_a_school_and_apart_in_two(api, app, cast):
    logged(api, cast)
    sheet = {**BROKEN, "location": "ict-suite"}
    api(cast.otto).post("/schools/oakfield/incidents", sheet)
    for _ in range(2):
        assert send(api(cast.rita), 1, PHOTO).status_code == 201
    here = contents(app)
    assert len(here) == 2 and len(rows(app)) == 2  # the photo and its small picture
    theirs = api(cast.otto)
    from tests.files.desk import encoded

    body, content_type = encoded(PHOTO, "file", {})
    path = "/schools/oakfield/incidents/1/attachments"
    assert theirs.post(path, data=body, headers={"Content-Type": content_type}).status_code == 201
    assert len(contents(app)) == 4


def test_a_role_without_the_right_is_refused(sign_in, api, app, cast):
    number = logged(api, cast)
    api(cast.sam).put(f"{API}/{number}/check", {"impact": 2, "urgency": 1, "category": "display"})
    tariq = sign_in(cast.tariq)  # at the LA, and it is not with them
    tariq.get("/account")
    sent = post(tariq, f"{HERE}/{number}/notes", PHOTO, text="x")
    assert sent.status_code == 403
    assert send(api(cast.tariq), number, PHOTO).status_code == 403
    assert send(api(cast.sue), number, PHOTO).status_code == 403
    assert send(api(cast.ravi), number, PHOTO).status_code == 404
    assert rows(app) == []


def test_the_forms_say_what_they_take(sign_in, api, cast):
    number = forwarded(api, cast)
    tariq = sign_in(cast.tariq)
    for page in ("", "/notes", "/checks", "/sheet"):
        said = text_of(tariq.get(f"{HERE}/{number}{page}"))
        assert 'enctype="multipart/form-data"' in said, page
        assert 'type="file" id="files" name="files" multiple accept="image/*' in said, page
        assert 'capture="environment"' in said, page
