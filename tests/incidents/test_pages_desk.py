"""The desk's work list, the call log and its CSV."""

import csv
import io
from typing import Any

from sqlalchemy import event, insert

from app.incidents import export
from app.incidents.models import Incident
from tenants import acting_in, db
from tenants.context import BINDING
from tests.incidents.pages import HERE, checked, forwarded, logged, resolved, text_of

LOG = HERE
CSV = "/st-marys/incidents.csv"
IN_LONDON = "SET LOCAL timezone TO 'Europe/London'"


def heap(page: str, key: str) -> str:
    """What lies on one heap."""
    return page.split(f'id="{key}"')[1].split("</section>")[0] if f'id="{key}"' in page else ""


def rows_of(answer) -> list[dict[str, str]]:
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_each_incident_lies_on_one_heap_with_one_next_step(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    for place, make in enumerate((logged, checked, forwarded, resolved), 1):
        make(api, cast, title=f"Number {place}")
    number = checked(api, cast, title="Number 5")
    api(cast.sam).put(f"/schools{HERE}/{number}/assignment", {"person": "me"})
    body = {"reason": "awaiting_user", "follow_up_on": "2026-01-13"}
    api(cast.sam).put(f"/schools{HERE}/{number}/hold", body)
    page = text_of(sign_in(cast.sam).get("/st-marys/desk"))
    wanted = {
        "check": ("Number 1", "Check the sheet"),
        "ours": ("Number 2", "Forward it to the LA"),
        "away": ("Number 3", "Ask how it goes"),
        "resolved": ("Number 4", "Close it"),
        "follow": ("Number 5", "Go on with it"),
    }
    for key, (title, step) in wanted.items():
        assert title in heap(page, key), key
        assert step in heap(page, key), key
        assert page.count(f">{title}<") == 1


def test_what_is_late_comes_first(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    logged(api, cast)
    at("2026-01-14T09:10+00:00")
    page = text_of(sign_in(cast.sam).get("/st-marys/desk"))
    assert "Projector" in heap(page, "overdue")
    assert heap(page, "check") == ""


def test_an_empty_work_list_teaches(sign_in, cast):
    page = text_of(sign_in(cast.sam).get("/st-marys/desk"))
    assert "Nothing waits for you." in page
    assert "You check the sheet" in page and "rooms of your school" in page
    assert "Log for somebody" in page


def test_an_empty_work_list_tells_whoever_only_looks_where_to_look(sign_in, cast):
    page = text_of(sign_in(cast.ike).get("/st-marys/desk"))
    assert "Nothing waits at the desk." in page
    assert "The desk checks the sheet" in page and "You check" not in page
    assert 'in the <a class="govuk-link" href="/st-marys/overview">overview</a>' in page


def test_reporters_have_no_work_list_and_olga_is_not_there(sign_in, cast):
    for path in ("/st-marys/desk", LOG, CSV):
        assert sign_in(cast.rita).get(path).status_code == 403
        assert sign_in(cast.olga).get(path).status_code == 404


def test_the_work_list_costs_few_statements(sign_in, cast, api, statements):
    for _ in range(3):
        forwarded(api, cast)
    sam = sign_in(cast.sam)
    statements.clear()
    sam.get("/st-marys/desk")
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) <= 5


ALL = {"Sound crackles", "Wi-Fi drops", "A trolley"}
FILTERED = {
    "": ALL,
    "status=new": {"Sound crackles", "A trolley"},
    "type=request": {"A trolley"},
    "priority=P2": {"Wi-Fi drops"},
    "line=0&location=library": {"Sound crackles"},
    "q=crackling": {"Sound crackles"},
    "q=stm-2": {"Wi-Fi drops"},
    "assignee=none": ALL,
    "assignee=me": set(),
    "open=false": set(),
    "from=2026-01-13&to=2026-01-13": ALL,
    "to=2026-01-12": set(),
    "from=2026-01-14": set(),
    "nonsense=1": ALL,
}


def test_page_and_file_show_exactly_what_is_filtered(sign_in, cast, api, at):
    at("2026-01-13T09:10+00:00")
    logged(api, cast, title="Sound crackles", location="library")
    checked(api, cast, title="Wi-Fi drops", location="hall")
    logged(api, cast, title="A trolley", type="request", location=None)
    sam = sign_in(cast.sam)
    for query, found in FILTERED.items():
        page, file = sam.get(f"{LOG}?{query}"), sam.get(f"{CSV}?{query}")
        assert page.status_code == file.status_code == 200
        assert {one["Title"] for one in rows_of(file)} == found, query
        for title in ALL:
            assert (f"{title}</a>" in text_of(page)) == (title in found), (query, title)


def test_a_filter_that_makes_no_sense_is_named(sign_in, cast, api):
    logged(api, cast)
    sam = sign_in(cast.sam)
    for query in ("status=sideways", "from=31-12-2026", "line=9", "size=1000", "open=perhaps"):
        for path in (LOG, CSV):
            answer = sam.get(f"{path}?{query}")
            assert answer.status_code == 422, query
            assert "There is a problem" in text_of(answer)


def test_the_call_log_pages_by_place_and_keeps_its_filters(sign_in, cast, api):
    for place in range(27):
        logged(api, cast, title=f"Number {place}.")
    sam = sign_in(cast.sam)
    page = text_of(sam.get(f"{LOG}?status=new"))
    assert "Number 2." in page
    assert "Number 1." not in page
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "status=new" in following
    rest = text_of(sam.get(following))
    assert "Number 1." in rest
    assert "Number 2." not in rest
    assert "27 entries" in page


def test_the_call_log_costs_few_statements(sign_in, cast, api, statements):
    logged(api, cast)
    sam = sign_in(cast.sam)
    statements.clear()
    sam.get(LOG)
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) <= 5


def test_the_file_is_safe_to_open_in_a_spreadsheet(sign_in, cast, api):
    hostile = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)")
    for title in hostile:
        logged(api, cast, title=title)
    answer = sign_in(cast.sam).get(CSV)
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="call-log-st-marys'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.get_data().startswith("\ufeff".encode())
    assert [one["Title"] for one in rows_of(answer)] == ["'" + one for one in reversed(hostile)]


def test_the_file_reads_as_people_speak(sign_in, cast, api, at):
    at("2026-07-14T09:10+00:00")
    forwarded(api, cast)
    [row] = rows_of(sign_in(cast.sam).get(CSV))
    assert row["Reference"] == "STM-1"
    assert row["Status"] == "Waiting to be taken"
    assert row["Priority"] == "P2"
    assert row["Location"] == "ICT suite"
    assert row["Reported"] == "2026-07-14 10:10"
    assert row["Group"] == "LA first line"
    assert row["Closed"] == ""


def test_a_long_file_comes_whole_in_short_transactions(
    sign_in, cast, api, app, statements, monkeypatch
):
    monkeypatch.setattr(export, "BATCH", 10)
    logged(api, cast)
    _copy_many(app, 35)
    sam = sign_in(cast.sam)
    windows: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == IN_LONDON:
            windows.append(db.session.info[BINDING].role)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    statements.clear()
    answer = sam.get(CSV)
    numbers = [int(one["Number"]) for one in rows_of(answer)]
    event.remove(engine, "before_cursor_execute", note)
    assert numbers == list(range(36, 0, -1))
    assert statements.count(IN_LONDON) == 4
    assert windows == ["school"] * 4


def test_an_empty_call_log_is_a_file_with_headings(sign_in, cast):
    answer = sign_in(cast.sam).get(CSV)
    assert answer.status_code == 200
    assert rows_of(answer) == []
    assert answer.get_data(as_text=True).startswith("\ufeffReference,Number,Type,Title,")


def test_a_file_holds_one_school_only(sign_in, cast, api):
    logged(api, cast)
    api(cast.otto).post("/schools/oakfield/incidents", {"type": "request", "title": "Ours"})
    [row] = rows_of(sign_in(cast.olga).get("/oakfield/incidents.csv"))
    assert (row["Reference"], row["Title"]) == ("OAK-1", "Ours")


def test_the_manager_from_outside_leaves_a_record_of_the_export(sign_in, cast, api):
    logged(api, cast)
    assert sign_in(cast.mo).get(CSV).status_code == 200
    assert sign_in(cast.tariq).get(CSV).status_code == 403
    page = text_of(sign_in(cast.sam).get("/st-marys/access"))
    assert "exported as CSV" in page


def test_a_sensitive_one_is_in_nobody_elses_log_or_file(sign_in, cast, api):
    logged(api, cast, sensitive=True, title="About a child")
    for player in (cast.mo, cast.theo):
        browser = sign_in(player)
        assert "About a child" not in text_of(browser.get(LOG))
        assert "0 entries" in text_of(browser.get(LOG))
        assert "About a child" not in text_of(browser.get("/st-marys/desk"))
    assert "About a child" not in text_of(sign_in(cast.mo).get(CSV))
    assert "About a child" in text_of(sign_in(cast.sam).get(LOG))


def _copy_many(app, count: int) -> None:
    """More rows of the same, numbered on."""
    left_out = {"id", "number", "is_open", "search"}
    with app.app_context(), acting_in(1):
        one = db.session.query(Incident).one()
        columns = [c.key for c in Incident.__mapper__.column_attrs if c.key not in left_out]
        row = {name: getattr(one, name) for name in columns}
        db.session.execute(insert(Incident), [{**row, "number": 2 + n} for n in range(count)])
        db.session.commit()


def test_where_the_schools_own_technicians_come_first_nothing_is_forwarded_to_the_la(
    sign_in, cast, api, ledger
):
    checked(api, cast)
    ledger.rows(
        "INSERT INTO desk_settings (school_id, channels, is_own_first_line, may_technician_close,"
        " has_advisors, advisor_categories, advisor_minutes, lesson_minutes, is_quiet_when_closed,"
        " updated_by, version)"
        " SELECT id, '[]', true, false, false, '[]', 30, 60, false, 'Dora', 1"
        " FROM schools WHERE slug = 'st-marys'"
    )
    sam = sign_in(cast.sam)
    for page in ("/st-marys/desk", "/st-marys/incidents/1", "/st-marys/incidents/1/escalation"):
        shown = text_of(sam.get(page))
        assert "Forward it" in shown, page
        assert "Forward it to the LA" not in shown, page
