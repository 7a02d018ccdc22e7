"""The LA queue as a page: what stands in it, filters, keyset, who may, bulk steps, 304."""

import re

import pytest
from flask import url_for
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from app.incidents.queue_rows import address_of
from app.people.groups import forget_groups
from tenants import administering, db
from tests.incidents.pages import BROKEN, HERE, checked, forwarded, logged, resolved, text_of

OTHER = "/oakfield/incidents"


def rows_of(response):
    return re.findall(r'<tr id="i-([A-Z]+-\d+)"', text_of(response))


def ticks_of(response):
    return re.findall(r'name="pick" value="([^"]+)"[^>]* checked', text_of(response))


def forwarded_from_oakfield(api, cast, **more):
    sheet = {**BROKEN, "impact": 2, "urgency": 1, "category": "display", **more}
    number = api(cast.olga).post("/schools/oakfield/incidents", sheet).json["number"]
    body = {"to": "first_line", "note": "Tried another cable"}
    path = f"/schools/oakfield/incidents/{number}/escalation"
    assert api(cast.olga).post(path, body).status_code == 200
    return number


def test_every_school_by_next_due_time(api, cast, sign_in, at):
    at("2026-01-13T09:00+00:00")
    forwarded(api, cast, title="Printer is out of ink")
    at("2026-01-13T10:00+00:00")
    forwarded_from_oakfield(api, cast)
    at("2026-01-13T15:30+00:00")
    page = sign_in(cast.tariq).get("/queue")
    assert page.status_code == 200
    assert rows_of(page) == ["STM-1", "OAK-1"]
    text = text_of(page)
    for said in ("Overdue 5 h 30 min", "▲", "P2", "Printer is out of ink", "St Mary’s Primary"):
        assert said in text
    assert "ICT suite" in text or "ICT Suite" in text
    assert "first-line support" in text
    assert "Waiting to be taken" in text
    assert 'class="is-overdue"' in text
    assert 'href="/st-marys/incidents/1"' in text
    assert "6 h 30 min" in text


def test_addresses_of_rows_are_those_of_the_pages(app):
    with app.test_request_context():
        assert address_of("st-marys", 12) == url_for("incidents.show", school="st-marys", number=12)


@pytest.mark.parametrize("who", ["rita", "sam", "theo", "olga", "ada"])
def test_only_the_lines_of_the_la_have_it(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get("/queue").status_code == 403
    assert browser.post("/queue/bulk", {"step": "take"}).status_code == 403


def test_nobody_is_sent_to_sign_in(app):
    answer = app.test_client().get("/queue?mine=true")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_what_is_sensitive_and_not_forwarded_is_not_there(api, cast, sign_in):
    logged(api, cast, sensitive=True, title="Something about a pupil")
    page = sign_in(cast.tariq).get("/queue")
    assert "Something about a pupil" not in text_of(page)
    assert "All open <b>0</b>" in text_of(page)


def test_a_title_is_only_text(api, cast, sign_in):
    forwarded(api, cast, title='<script>alert("x")</script>')
    page = sign_in(cast.tariq).get("/queue").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"STM-1", "STM-2", "STM-3", "OAK-1"}),
        ("school=oakfield", {"OAK-1"}),
        ("school=OAK", {"OAK-1"}),
        ("school=mary", {"STM-1", "STM-2", "STM-3"}),
        ("school=st-marys", {"STM-1", "STM-2", "STM-3"}),
        ("school=nowhere", set()),
        ("school=%25", set()),
        ("school=_", set()),
        ("status=new", {"STM-3"}),
        ("line=1", {"STM-1", "OAK-1"}),
        ("priority=P2", {"STM-1", "STM-2", "OAK-1"}),
        ("type=request", set()),
        ("waiting_for=first_line", {"STM-1", "OAK-1"}),
        ("group=la-first-line", {"STM-1", "OAK-1"}),
        ("group=mine", {"STM-1", "OAK-1"}),
        ("assignee=none", {"STM-2", "STM-3", "OAK-1"}),
        ("assignee=Tariq+Firstline", {"STM-1"}),
        ("assignee=me", {"STM-1"}),
        ("mine=true", {"STM-1"}),
        ("mine=false", {"STM-2", "STM-3", "OAK-1"}),
        ("overdue=true", {"STM-1"}),
        ("overdue=false", {"STM-2", "STM-3", "OAK-1"}),
        ("q=kettle", {"OAK-1"}),
        ("q=oak-1", {"OAK-1"}),
        ("q=2", {"STM-2"}),
        ("school=&status=&q=&after=", {"STM-1", "STM-2", "STM-3", "OAK-1"}),
        ("utm_source=mail", {"STM-1", "STM-2", "STM-3", "OAK-1"}),
    ],
)
def test_filters_stand_in_the_address(api, cast, sign_in, at, query, expected):
    at("2026-01-12T09:00+00:00")
    forwarded(api, cast)
    assert api(cast.tariq).put(f"/schools{HERE}/1/assignment", {"person": "me"}).status_code == 200
    at("2026-01-14T09:00+00:00")
    checked(api, cast)
    logged(api, cast)
    forwarded_from_oakfield(api, cast, title="Kettle trips the computers")
    page = sign_in(cast.tariq).get(f"/queue?{query}")
    assert page.status_code == 200
    assert set(rows_of(page)) == expected


@pytest.mark.parametrize("query", ["status=lost", "priority=P9", "line=x", "limit=0", "after=abc"])
def test_a_filter_that_cannot_be_meant_is_refused(sign_in, cast, query):
    assert sign_in(cast.tariq).get(f"/queue?{query}").status_code == 422


def test_pages_go_on_where_the_last_one_ended(api, cast, sign_in):
    for _ in range(3):
        forwarded(api, cast)
    browser = sign_in(cast.tariq)
    seen, url = [], "/queue?limit=1&group=mine"
    while url:
        page = browser.get(url)
        seen += rows_of(page)
        found = re.search(r'rel="next" href="([^"]+)"', text_of(page))
        url = found and found[1]
        assert not url or ("limit=1" in url and "group=mine" in url)
    assert seen == ["STM-1", "STM-2", "STM-3"]
    assert "First page" in text_of(page)


def test_quick_links_say_how_many(api, cast, sign_in):
    forwarded(api, cast)
    checked(api, cast)
    text = text_of(sign_in(cast.tariq).get("/queue?group=mine"))
    for link in ("All open <b>2</b>", "Mine <b>0</b>", "My groups <b>1</b>", "Unassigned <b>2</b>"):
        assert link in text
    assert 'href="/queue?group=mine" aria-current="page"' in text
    assert "Counts are at most 15 seconds old." in text


def test_a_page_is_few_statements(api, cast, sign_in, statements):
    for _ in range(3):
        forwarded(api, cast)
    browser = sign_in(cast.tariq)
    statements.clear()
    browser.get("/queue?q=projector")
    # The first page of a process counts, lists groups and looks for schools without cover too.
    assert len(statements) <= 6
    statements.clear()
    browser.get("/queue?q=projector")
    assert len(statements) == 2


def test_keys_can_be_switched_off_for_good(app, sign_in, cast):
    browser = sign_in(cast.tariq)
    assert " data-keys" in text_of(browser.get("/queue"))
    with app.app_context():
        from app.people.models import Person
        from tenants import administering, db

        with administering("a test"):
            db.session.query(Person).filter_by(email=cast.tariq.email).update(
                {"keyboard_shortcuts": False}
            )
            db.session.commit()
    page = text_of(browser.get("/queue"))
    assert " data-keys" not in page
    assert "data-keys-help" not in page


def test_take_in_two_schools_at_once(api, cast, sign_in):
    forwarded(api, cast)
    forwarded_from_oakfield(api, cast)
    browser = sign_in(cast.tariq)
    page = browser.get("/queue?group=mine")
    assert 'action="/queue/bulk?group=mine"' in text_of(page)
    data = {"step": "take", "pick": ["st-marys/1", "oakfield/1"]}
    answer = browser.post("/queue/bulk?group=mine", data)
    assert (answer.status_code, answer.location) == (303, "/queue?group=mine")
    assert "2 incidents taken: yours now." in text_of(browser.get(answer.location))
    for person, path in ((cast.sam, HERE), (cast.olga, OTHER)):
        found = api(person).get(f"/schools{path}/1").json
        assert (found["status"], found["assignee"]) == ("in_progress", "Tariq Firstline")
        kinds = [one["kind"] for one in api(person).get(f"/schools{path}/1/timeline").json["items"]]
        assert kinds[-1] == "incident.taken"


def test_what_is_refused_is_listed_and_stays_ticked(api, cast, sign_in):
    forwarded(api, cast)
    checked(api, cast)
    resolved(api, cast)
    browser = sign_in(cast.tariq)
    browser.get("/queue")
    picks = ["st-marys/1", "st-marys/2", "st-marys/3", "st-marys/99", "nowhere/1", "' OR 1=1 --"]
    answer = browser.post("/queue/bulk?school=mary&limit=50", {"step": "take", "pick": picks})
    text = text_of(answer)
    assert answer.status_code == 200
    assert "1 incident taken: yours now. Left as they were: 4 incidents" in text
    assert "<strong>STM-2</strong>: Take an incident: this one is with the school's desk" in text
    assert "<strong>STM-3</strong>: STM-3 is resolved. Reopen it if it is not right." in text
    assert "<strong>STM-99</strong>: It is not in the queue any more." in text
    assert "<strong>nowhere/1</strong>: It is not in the queue any more." in text
    assert ticks_of(answer) == ["st-marys/2"]
    assert 'action="/queue/bulk?school=mary&limit=50"' in text
    assert 'data-refresh="/queue?school=mary&limit=50"' in text
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] == "Tariq Firstline"
    assert api(cast.sam).get(f"/schools{HERE}/2").json["assignee"] is None


def test_when_all_is_refused_nothing_is_kept(api, cast, sign_in):
    checked(api, cast)
    before = api(cast.sam).get(f"/schools{HERE}/1").json
    browser = sign_in(cast.tariq)
    browser.get("/queue")
    answer = browser.post("/queue/bulk", {"step": "take", "pick": ["st-marys/1"]})
    assert answer.status_code == 409
    assert ticks_of(answer) == ["st-marys/1"]
    assert api(cast.sam).get(f"/schools{HERE}/1").json == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"step": "take"}, "Tick at least one incident first."),
        ({"step": "assign", "pick": "st-marys/1"}, "Choose who gets them."),
        ({"step": "sell", "pick": "st-marys/1"}, "Choose who gets them."),
        ({"pick": "st-marys/1"}, "Choose who gets them."),
    ],
)
def test_a_bulk_step_that_says_too_little(api, cast, sign_in, data, said):
    forwarded(api, cast)
    browser = sign_in(cast.mo)
    browser.get("/queue")
    answer = browser.post("/queue/bulk", data)
    assert answer.status_code == 409
    assert said in text_of(answer)
    assert ticks_of(answer) == (["st-marys/1"] if "pick" in data else [])


def test_taking_twice_leaves_one_entry(api, cast, sign_in):
    forwarded(api, cast)
    browser = sign_in(cast.tariq)
    browser.get("/queue")
    for _ in range(2):
        data = {"step": "take", "pick": ["st-marys/1"]}
        assert browser.post("/queue/bulk", data).status_code == 303
    kinds = [one["kind"] for one in api(cast.sam).get(f"/schools{HERE}/1/timeline").json["items"]]
    assert kinds.count("incident.taken") == 1


def test_the_manager_gives_many_to_a_person(api, cast, sign_in):
    forwarded(api, cast)
    forwarded_from_oakfield(api, cast)
    browser = sign_in(cast.mo)
    assert 'value="person:Tariq Firstline"' in text_of(browser.get("/queue"))
    data = {"step": "assign", "to": "person:Tariq Firstline", "pick": ["st-marys/1", "oakfield/1"]}
    for _ in range(2):
        answer = browser.post("/queue/bulk", data)
        assert answer.status_code == 303
        assert "2 incidents assigned to Tariq Firstline." in text_of(browser.get(answer.location))
    events = api(cast.olga).get(f"/schools{OTHER}/1/timeline").json["items"]
    assert [one["kind"] for one in events].count("incident.assigned") == 1
    assert events[-1]["actor"] == "Mo Manager"


def test_the_manager_gives_many_to_a_group(api, cast, sign_in):
    forwarded(api, cast)
    forwarded(api, cast)
    browser = sign_in(cast.mo)
    browser.get("/queue")
    data = {"step": "assign", "to": "group:la-first-line", "pick": ["st-marys/1", "st-marys/2"]}
    answer = browser.post("/queue/bulk", data)
    assert "2 incidents assigned to LA first line." in text_of(browser.get(answer.location))
    data["to"] = "group:la-second-line"
    answer = browser.post("/queue/bulk", data)
    assert answer.status_code == 409
    assert "This group works at another line." in text_of(answer)


def test_a_technician_may_not_give_work_to_others(api, cast, sign_in):
    forwarded(api, cast)
    browser = sign_in(cast.tariq)
    assert "Assign ticked to" not in text_of(browser.get("/queue"))
    data = {"step": "assign", "to": "person:Sasha Secondline", "pick": ["st-marys/1"]}
    answer = browser.post("/queue/bulk", data)
    assert answer.status_code == 409
    assert "Only the SPOC or the LA manager gives work to somebody." in text_of(answer)
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] is None


def test_a_bulk_step_needs_our_own_form(api, cast, sign_in):
    forwarded(api, cast)
    browser = sign_in(cast.tariq)
    data = {"step": "take", "pick": ["st-marys/1"]}
    assert browser.client.post("/queue/bulk", data=data).status_code >= 400
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] is None


def test_loading_the_answer_of_a_bulk_step_again_shows_the_list(sign_in, cast):
    answer = sign_in(cast.tariq).get("/queue/bulk?group=mine&limit=50")
    assert (answer.status_code, answer.location) == (303, "/queue?group=mine&limit=50")


def poll(browser, tag, path="/queue"):
    headers = {"If-None-Match": tag, "HX-Request": "true", "X-Deskbell-Polling": "1"}
    return browser.client.get(path, headers=headers)


def test_polling_asks_no_database_while_nothing_changes(api, cast, sign_in, statements):
    forwarded(api, cast)
    browser = sign_in(cast.tariq)
    page = browser.get("/queue")
    tag = page.headers["ETag"]
    assert f"data-etag='{tag}'" in text_of(page) or f'data-etag="{tag}"' in text_of(page)
    statements.clear()
    answer = poll(browser, tag)
    assert (answer.status_code, answer.data, statements) == (304, b"", [])
    assert answer.headers["ETag"] == tag
    forwarded(api, cast)
    answer = poll(browser, tag)
    assert answer.status_code == 200
    assert rows_of(answer) == ["STM-1", "STM-2"]
    assert answer.headers["ETag"] != tag
    assert "<html" not in text_of(answer)
    assert text_of(answer).strip().startswith('<div id="queue"')


def test_a_tag_is_good_for_one_session_and_one_address(api, cast, sign_in):
    forwarded(api, cast)
    one, other, mo = sign_in(cast.tariq), sign_in(cast.tariq), sign_in(cast.mo)
    tag = one.get("/queue").headers["ETag"]
    assert poll(one, tag).status_code == 304
    assert poll(one, tag, "/queue?mine=true").status_code == 200
    assert poll(other, tag).status_code == 200
    assert poll(mo, tag).status_code == 200


def test_a_tag_opens_nothing_without_the_session(app, sign_in, cast):
    tag = sign_in(cast.tariq).get("/queue").headers["ETag"]
    answer = app.test_client().get("/queue", headers={"If-None-Match": tag})
    assert answer.status_code == 302


def test_without_valkey_the_list_is_always_sent(app, sign_in, cast, monkeypatch):
    browser = sign_in(cast.tariq)
    tag = browser.get("/queue").headers["ETag"]
    monkeypatch.setattr(app.extensions["bell"], "_redis", None)
    answer = poll(browser, tag)
    assert answer.status_code == 200
    assert "ETag" not in answer.headers


def test_polling_keeps_no_session_alive(app, sign_in, cast, at):
    at("2026-01-13T09:00+00:00")
    browser = sign_in(cast.tariq)
    tag = browser.get("/queue").headers["ETag"]
    for minute in range(30, 8 * 60 + 1, 30):
        at(f"2026-01-13T{9 + minute // 60:02}:{minute % 60:02}+00:00")
        poll(browser, f'{tag[:-2]}x"')
    at("2026-01-13T17:05+00:00")
    assert browser.get("/queue").status_code == 302


def test_one_that_somebody_else_is_changing_stops_no_other(app, api, cast, sign_in):
    forwarded(api, cast)
    forwarded_from_oakfield(api, cast)
    browser = sign_in(cast.tariq)
    browser.get("/queue")
    settings = app.config["SETTINGS"]
    database = make_url(settings.database_url).database
    engine = create_engine(make_url(settings.admin_url).set(database=database), poolclass=NullPool)
    with engine.connect() as other:
        other.execute(
            text(
                "SELECT 1 FROM incidents JOIN schools s ON s.id = school_id "
                "WHERE s.slug = 'oakfield' FOR UPDATE OF incidents"
            )
        )
        picks = ["oakfield/1", "st-marys/1"]
        answer = browser.post("/queue/bulk", {"step": "take", "pick": picks})
    assert answer.status_code == 200
    assert "<strong>OAK-1</strong>: Somebody else is changing it at this moment." in text_of(answer)
    assert ticks_of(answer) == ["oakfield/1"]
    assert api(cast.sam).get(f"/schools{HERE}/1").json["assignee"] == "Tariq Firstline"
    assert api(cast.olga).get(f"/schools{OTHER}/1").json["assignee"] is None


def test_a_manager_chooses_who_gets_the_ticked_and_the_kept_choices_follow_who_is_there(
    app, cast, sign_in
):
    choices = re.compile(r'<option value="((?:person|group):[^"]+)">')
    manager = sign_in(cast.mo)
    before = choices.findall(text_of(manager.get("/queue")))
    assert {"person:Tariq Firstline", "group:la-first-line"} <= set(before)
    assert choices.findall(text_of(sign_in(cast.tariq).get("/queue"))) == []
    with app.app_context(), administering("somebody is called otherwise"):
        db.session.execute(
            text("UPDATE la_memberships SET name = 'Tariq Umar' WHERE name = 'Tariq Firstline'")
        )
        db.session.commit()
    forget_groups()
    page = text_of(manager.get("/queue"))
    assert "person:Tariq Umar" in choices.findall(page)
    assert "Tariq Firstline" not in page
