"""The nightly sweep, both ways; and crashes between a file and its row."""

from __future__ import annotations

import logging
import os
from datetime import timedelta

import pytest

from app import clock
from tests.files import samples
from tests.files.desk import API, HERE, contents, kept_keys, post, report, rows, send
from tests.incidents.pages import BROKEN, logged, text_of

PHOTO = [("a.jpg", samples.jpeg())]


@pytest.fixture
def sweep(app):
    """`sweep(hours)`: the sweep as it will be so many hours from now."""
    from tenants import administering, db
    from workers.housekeeping import sweep_files

    def swept(hours: float) -> None:
        with app.app_context(), administering("the tests"):
            sweep_files(clock.now() + timedelta(hours=hours))
            db.session.commit()

    return swept


def test_it_is_due_once_a_day():
    from workers.housekeeping import PERIODIC

    assert PERIODIC["sweep_files"].period == "%Y-%m-%d"


def test_what_hangs_on_an_incident_stays(api, app, cast, sweep):
    logged(api, cast)
    send(api(cast.rita), 1, PHOTO)
    sweep(1000)
    assert len(rows(app)) == 1 and len(contents(app)) == 2


def test_files_whose_form_never_came_go_after_a_day(sign_in, app, sweep, cast):
    report(sign_in(cast.rita), PHOTO, title="")
    sweep(23)
    assert len(rows(app)) == 1 and len(contents(app)) == 2
    sweep(25)
    assert rows(app) == []
    sweep(25)
    assert contents(app) == []


def test_a_draft_s_files_wait_for_as_long_as_the_draft(sign_in, app, sweep, cast):
    rita = sign_in(cast.rita)
    rita.get(f"{HERE}/new")
    post(rita, f"{HERE}/draft", PHOTO, title="Half done")
    for _ in range(2):
        sweep(48)
    page = rita.get(f"{HERE}/new")
    assert post(rita, f"{HERE}/new", [], **BROKEN, kept_file=kept_keys(page)).status_code == 303
    assert len(contents(app)) == 2


def test_a_crash_between_the_file_and_its_row_leaves_a_file_for_a_day(
    api, app, cast, sweep, monkeypatch
):
    """F13: the process dies when the content is there and nothing has been written down."""
    from app.incidents import attachments

    class Killed(BaseException):
        pass

    def die(*_args, **_more):
        raise Killed

    logged(api, cast)
    with monkeypatch.context() as patch:
        patch.setattr(attachments, "write_down", die)
        with pytest.raises(Killed):
            send(api(cast.rita), 1, PHOTO)
    assert rows(app) == [] and len(contents(app)) == 2
    sweep(23)
    assert len(contents(app)) == 2
    sweep(25)
    assert contents(app) == []


def test_removed_content_goes_unless_another_file_is_the_same(api, app, cast, sweep):
    logged(api, cast)
    send(api(cast.rita), 1, PHOTO)
    send(api(cast.rita), 1, PHOTO)
    first, second = (one["id"] for one in rows(app))
    rita = api(cast.rita)
    assert rita.delete(f"{API}/1/attachments/{first}").status_code == 204
    sweep(25)
    assert rita.get(f"{API}/1/attachments/{second}/content").status_code == 200
    assert rita.delete(f"{API}/1/attachments/{second}").status_code == 204
    sweep(25)
    assert contents(app) == [] and len(rows(app)) == 2


def test_content_that_is_named_while_others_are_swept_stays(api, app, cast, sweep, monkeypatch):
    """Its row was written after the sweep had read which content has one."""
    from app.files import sweeping

    logged(api, cast)
    send(api(cast.rita), 1, PHOTO)
    monkeypatch.setattr(sweeping, "_named", set)
    sweep(25)
    assert len(contents(app)) == 2


def test_a_row_whose_content_is_gone_is_reported_once(api, sign_in, app, cast, sweep, caplog):
    logged(api, cast)
    send(api(cast.rita), 1, PHOTO)
    send(api(cast.rita), 1, [("b.txt", b"still there")])
    photo = rows(app)[0]
    os.unlink(next(path for path in contents(app) if path.name == photo["sha256"].hex()))
    caplog.set_level(logging.WARNING, "deskbell.files")
    for _ in range(2):
        sweep(25)
    assert [str(photo["id"]) in one.getMessage() for one in caplog.records] == [True]
    desk, reporter = (text_of(sign_in(one).get(f"{HERE}/1")) for one in (cast.sam, cast.rita))
    assert desk.count("A file is missing from the store") == 1
    assert "A file is missing" not in reporter


def test_a_store_that_is_away_loses_nothing(api, app, cast, sweep, monkeypatch):
    from app.files import store, sweeping

    logged(api, cast)
    send(api(cast.rita), 1, PHOTO)
    nobody = store.store_at("s3://x/y?endpoint=http://127.0.0.1:9")
    monkeypatch.setattr(sweeping, "the_store", lambda: nobody)
    with pytest.raises(store.StoreAway):  # and so it is tried again, not done for today
        sweep(25)
    assert len(rows(app)) == 1
