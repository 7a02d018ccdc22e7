"""Minutes, checklists, replies kept ready, and who writes at this moment."""

from __future__ import annotations

import pytest

from tests.api.desk import bring, done, log, send
from tests.incidents.pages import text_of, version_on

HERE = "/st-marys/incidents/1"


def test_minutes_are_logged_by_kind_and_those_of_checks_count_once(app):
    path = bring(app, "in_progress")
    done(app, "tariq", "post", f"{path}/worklog", {"minutes": 30, "note": "New lamp"})
    done(app, "sam", "post", f"{path}/worklog", {"minutes": 10, "kind": "proactive"})
    done(app, "tariq", "post", f"{path}/checks", {"check": "The lamp", "minutes": 5})
    found = send(app, "sam", "get", f"{path}/worklog").json
    assert [(one["minutes"], one["kind"]) for one in found["items"]] == [
        (30, "reactive"),
        (10, "proactive"),
    ]
    sums = {
        name: found[f"{name}_minutes"] for name in ("reactive", "proactive", "change", "labour")
    }
    assert sums == {"reactive": 35, "proactive": 10, "change": 0, "labour": 45}
    first = send(app, "sam", "get", f"{path}/worklog?limit=1").json
    rest = send(app, "sam", "get", f"{path}/worklog?limit=1&after={first['next']}").json
    assert [one["minutes"] for one in rest["items"]] == [10]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body", [{}, {"minutes": 0}, {"minutes": "x"}, {"minutes": 5, "kind": "fun"},
             {"minutes": 5, "at": "2099-01-01T00:00:00Z"}],
)  # fmt: skip
def test_minutes_that_are_none_are_refused(app, body):
    path = bring(app, "in_progress")
    assert send(app, "tariq", "post", f"{path}/worklog", body).status_code == 422


def test_reporters_see_no_minutes(app, sign_in, cast):
    path = bring(app, "in_progress")
    done(app, "tariq", "post", f"{path}/worklog", {"minutes": 30, "note": "Secret words"})
    assert send(app, "rita", "get", f"{path}/worklog").status_code == 403
    assert "Secret words" not in send(app, "rita", "get", f"{path}/timeline").text
    assert "Secret words" not in text_of(sign_in(cast.rita).get(HERE))


def test_the_work_page(app, sign_in, cast):
    bring(app, "in_progress")
    tariq = sign_in(cast.tariq)
    tariq.get(f"{HERE}/work")
    assert tariq.post(f"{HERE}/work", {"minutes": "x", "kind": "change"}).status_code == 422
    answer = tariq.post(f"{HERE}/work", {"minutes": "25", "kind": "change", "note": "Moved it"})
    assert answer.status_code == 303
    page = text_of(tariq.get(f"{HERE}/work"))
    assert "25 minutes" in page
    assert "Moved it" in page
    assert "25 minutes of work: something new" in text_of(tariq.get(HERE))


def test_the_lists_of_the_la_are_there_from_the_start(app):
    found = send(app, "theo", "get", "/schools/st-marys/checklists?category=display").json["items"]
    [one] = found
    assert (one["key"], one["scope"]) == ("screen-no-picture", "la")
    assert one["items"][0]["position"] == 1
    assert {item["safe"] for item in one["items"]} == {True, False}
    first = send(app, "sam", "get", "/schools/st-marys/checklists?limit=3").json
    rest = send(app, "sam", "get", f"/schools/st-marys/checklists?after={first['next']}").json
    keys = [item["key"] for item in (*first["items"], *rest["items"])]
    assert keys == sorted(set(keys))
    assert len(keys) == 8
    assert send(app, "rita", "get", "/schools/st-marys/checklists").status_code == 403


def test_a_check_names_list_and_place(app):
    path = bring(app, "in_progress")
    line = {"check": "Is it on?", "outcome": "Yes", "checklist": "screen-no-picture", "position": 1}
    made = done(app, "tariq", "post", f"{path}/checks", line).json
    assert (made["checklist"], made["position"]) == ("screen-no-picture", 1)
    for bad in ({"position": 99}, {"checklist": "no-such"}, {"position": None}):
        answer = send(app, "tariq", "post", f"{path}/checks", {**line, **bad})
        assert answer.status_code == 422, bad


def test_a_list_is_answered_on_one_page_and_shows_what_is_left(app, sign_in, cast):
    bring(app, "in_progress")
    tariq = sign_in(cast.tariq)
    page = text_of(tariq.get(f"{HERE}/checks?list=screen-no-picture"))
    assert "6 checks of 6 left" in page
    there = f"{HERE}/checks/list?list=screen-no-picture"
    assert tariq.post(there, {}).status_code == 409
    answers = {"outcome_1": "The light is red", "action_3": "Chose HDMI 2"}
    assert tariq.post(there, answers).status_code == 303
    page = text_of(tariq.get(f"{HERE}/checks"))
    assert "4 checks of 6 left" in page
    assert "The light is red" in page
    too_long = {"outcome_2": "x" * 501, "outcome_4": "Kept words"}
    answer = tariq.post(there, too_long)
    assert answer.status_code == 422
    assert "Kept words" in text_of(answer)
    assert (
        send(app, "sam", "get", "/schools/st-marys/incidents/1/checks").json["items"][1]["position"]
        == 3
    )


def test_the_desk_keeps_its_own_lists(app, sign_in, cast):
    sam = sign_in(cast.sam)
    sam.get("/st-marys/ready/checklists/new")
    new = {"name": "Board in the hall", "category": "display", "items": "*Is it on?\nThe fuse"}
    assert sam.post("/st-marys/ready/checklists/new", {**new, "items": " \n* "}).status_code == 422
    assert sam.post("/st-marys/ready/checklists/new", new).status_code == 303
    assert sam.post("/st-marys/ready/checklists/new", new).status_code == 422
    found = send(app, "sam", "get", "/schools/st-marys/checklists?category=display").json["items"]
    own = next(one for one in found if one["scope"] == "school")
    assert [(i["text"], i["safe"]) for i in own["items"]] == [
        ("Is it on?", True),
        ("The fuse", False),
    ]
    link = text_of(sam.get("/st-marys/ready")).split("/st-marys/ready/checklists/")[1].split('"')[0]
    address = f"/st-marys/ready/checklists/{link}"
    page = sam.get(address)
    assert "*Is it on?" in text_of(page)
    changed = {**new, "items": "The fuse", "version": version_on(page)}
    assert sam.post(address, changed).status_code == 303
    assert sam.post(address, changed).status_code == 412
    away = {"archived": "true", "version": version_on(sam.get(address))}
    assert sam.post(address, away).status_code == 303
    found = send(app, "sam", "get", "/schools/st-marys/checklists").json["items"]
    assert "school" not in {one["scope"] for one in found}
    assert sign_in(cast.olga).get(address.replace("st-marys", "oakfield")).status_code == 404
    for who in (cast.rita, cast.ike, cast.tariq):
        assert sign_in(who).get("/st-marys/ready").status_code == 403


def test_the_la_keeps_lists_for_every_school(app, sign_in, cast):
    sasha = sign_in(cast.sasha)
    assert "Printer does not print" in text_of(sasha.get("/authority/ready"))
    sasha.get("/authority/ready/replies/new")
    reply = {"title": "We come", "text": "We come about {reference} soon."}
    assert sasha.post("/authority/ready/replies/new", reply).status_code == 303
    bad = {"title": "Two", "text": "Dear {name}"}
    assert sasha.post("/authority/ready/replies/new", bad).status_code == 422
    log(app)
    page = text_of(sign_in(cast.sam).get(f"{HERE}/notes"))
    assert 'data-text="We come about STM-1 soon."' in page
    assert "We come" not in text_of(sign_in(cast.rita).get(f"{HERE}/notes"))
    for who in (cast.sam, cast.tariq, cast.rita):
        assert sign_in(who).get("/authority/ready").status_code == 404


def test_a_ready_reply_is_put_in_place_without_a_script(app, sign_in, cast):
    log(app)
    sam = sign_in(cast.sam)
    sam.get("/st-marys/ready/replies/new")
    sam.post("/st-marys/ready/replies/new", {"title": "Soon", "text": "{reference}: at three."})
    page = text_of(sam.get(f"{HERE}/notes"))
    token = page.split('<option value="own-')[1].split('"')[0]
    sent = {
        "text": "Dear Rita,",
        "reply": f"own-{token}",
        "use_reply": "yes",
        "visibility": "public",
    }
    answer = sam.post(f"{HERE}/notes", sent)
    assert answer.status_code == 200
    assert "Dear Rita,\n\nSTM-1: at three.</textarea>" in text_of(answer)
    assert send(app, "sam", "get", "/schools/st-marys/incidents/1/notes").json["items"] == []
    for bad in ("own-999", "x", "", "la-1;drop"):
        again = sam.post(f"{HERE}/notes", {**sent, "reply": bad})
        assert "Dear Rita,</textarea>" in text_of(again)


def test_others_see_who_writes_until_it_is_sent(app, sign_in, cast):
    bring(app, "in_progress")
    tariq, sam = sign_in(cast.tariq), sign_in(cast.sam)
    assert "is writing here" not in text_of(sam.get(HERE))
    page = tariq.get(f"{HERE}/resolution")
    said = "Tariq Firstline is writing here just now."
    assert said not in text_of(page)
    assert said in text_of(sam.get(HERE))
    assert sam.get(f"{HERE}/presence").json == {"said": said}
    assert said in text_of(sam.get(f"{HERE}/hold"))
    assert "Sam Spoc is writing" in text_of(tariq.get(HERE))
    form = {"type": "permanent_fix", "text": "New lamp", "version": version_on(page)}
    assert tariq.post(f"{HERE}/resolution", form).status_code == 303
    assert sam.get(f"{HERE}/presence").json == {"said": ""}


def test_valkey_keeps_numbers_only_and_is_not_needed(app, sign_in, cast):
    bring(app, "in_progress")
    tariq, sam = sign_in(cast.tariq), sign_in(cast.sam)
    tariq.get(f"{HERE}/resolution")
    redis = app.extensions["bell"]._redis
    [key] = [one for one in redis.keys("*") if b"writing" in one]
    [who] = redis.zrange(key, 0, -1)
    assert who.startswith(b"l") and who[1:].isdigit()
    assert 0 < redis.ttl(key) <= 60
    # Somebody else's number, or nonsense, is nobody.
    redis.zadd(key, {b"m999999": 9e12, b"<script>": 9e12, b"m1 OR 1": 9e12})
    assert "&lt;script" not in sam.get(HERE).get_data(as_text=True)
    presence = app.extensions["presence"]
    there, presence._redis = presence._redis, None
    try:
        assert "is writing" not in text_of(sam.get(HERE))
        assert tariq.get(f"{HERE}/hold").status_code == 200
    finally:
        presence._redis = there


def test_polling_is_for_those_who_may_see_it(app, sign_in, cast):
    log(app, sensitive=True)
    assert sign_in(cast.tariq).get(f"{HERE}/presence").status_code == 404
    assert sign_in(cast.olga).get(f"{HERE}/presence").status_code == 404
