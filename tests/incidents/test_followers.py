"""“Me too”: who may follow what, what a follower reads, and what they hear."""

import pytest

from tests.api.desk import INCIDENTS, RESOLUTION, bring, done, log, send
from tests.incidents.pages import HERE, text_of


def test_ravi_adds_himself_reads_it_and_leaves_again(app):
    path = log(app)
    assert send(app, "ravi", "get", path).status_code == 404
    shown = done(app, "ravi", "post", f"{path}/followers", {"said": "In my lesson too"})
    assert (shown.status_code, shown.json["followers"]) == (201, 1)
    assert done(app, "ravi", "get", path).json["title"]
    assert send(app, "ravi", "delete", f"{path}/followers").status_code == 204
    assert send(app, "ravi", "get", path).status_code == 404


def test_twice_is_once(app):
    path = log(app)
    for _ in range(2):
        assert done(app, "ravi", "post", f"{path}/followers").json["followers"] == 1
    events = done(app, "sam", "get", f"{path}/timeline").json["items"]
    assert [one["kind"] for one in events].count("incident.followed") == 1


def test_a_follower_reads_as_the_reporter_does_and_changes_nothing(app):
    path = bring(app, "in_progress")
    internal = {"text": "They never clean it", "visibility": "internal"}
    done(app, "tariq", "post", f"{path}/notes", internal)
    done(app, "tariq", "post", f"{path}/notes", {"text": "We come at three"})
    done(app, "ravi", "post", f"{path}/followers")
    notes = done(app, "ravi", "get", f"{path}/notes").json["items"]
    assert [one["text"] for one in notes] == ["We come at three"]
    assert "never clean" not in send(app, "ravi", "get", f"{path}/timeline").text
    for method, where, body in (
        ("patch", "", {"title": "Mine"}),
        ("post", "/notes", {"text": "x"}),
        ("put", "/self_cure", None),
        ("put", "/cancellation", {"reason": "x"}),
    ):
        answer = send(app, "ravi", method, path + where, body, If_Match="*")
        assert answer.status_code == 403, where


def test_a_stale_version_is_refused(app):
    path = log(app)
    assert send(app, "ravi", "post", f"{path}/followers", If_Match='"99"').status_code == 412
    assert send(app, "ravi", "get", path).status_code == 404


def test_it_stands_in_the_follower_s_list(app):
    path = log(app)
    done(app, "ravi", "post", f"{path}/followers")
    assert len(done(app, "ravi", "get", INCIDENTS).json["items"]) == 1


def test_never_a_sensitive_one_not_even_later(app):
    hidden = log(app, sensitive=True)
    assert send(app, "ravi", "post", f"{hidden}/followers").status_code == 404
    assert send(app, "sam", "post", f"{hidden}/followers").status_code == 409
    path = log(app)
    done(app, "ravi", "post", f"{path}/followers")
    done(app, "sam", "patch", path, {"sensitive": True}, If_Match="*")
    assert send(app, "ravi", "get", path).status_code == 404
    assert done(app, "ravi", "get", INCIDENTS).json["items"] == []


def test_what_is_finished_cannot_be_followed(app):
    path = bring(app, "resolved")
    assert send(app, "ravi", "post", f"{path}/followers").status_code == 404
    assert "resolved" in send(app, "dora", "post", f"{path}/followers").json["detail"]


def test_the_reporter_need_not_follow(app):
    answer = send(app, "rita", "post", f"{log(app)}/followers")
    assert answer.status_code == 409


def test_another_school_is_not_there(app):
    path = log(app)
    assert send(app, "olga", "post", f"{path}/followers").status_code == 404
    oakfield = path.replace("st-marys", "oakfield")
    assert send(app, "olga", "post", f"{oakfield}/followers").status_code == 404


def test_the_desk_sees_how_many_are_hit_and_who_joined(app, sign_in, cast):
    path = log(app)
    done(app, "ravi", "post", f"{path}/followers")
    sam, rita = (text_of(sign_in(one).get(f"{HERE}/1")) for one in (cast.sam, cast.rita))
    assert "affects 2 people" in sam
    assert "Hit by it too" in sam
    assert "Ravi Reporter" in sam
    assert "Ravi Reporter" not in rita


def test_add_me_to_it_from_the_sheet_lets_the_draft_go(app, sign_in, cast):
    log(app)
    ravi = sign_in(cast.ravi)
    ravi.post(f"{HERE}/draft", {"type": "incident", "title": "The same"})
    answer = ravi.post(f"{HERE}/1/followers", {"from_sheet": "yes"})
    assert (answer.status_code, answer.location) == (303, f"{HERE}/1")
    page = text_of(ravi.get(f"{HERE}/1"))
    assert "You are added to STM-1" in page
    assert "You are hit by it too" in page
    assert "You are added to it." in text_of(ravi.get(f"{HERE}/mine"))
    assert "This is your draft" not in text_of(ravi.get(f"{HERE}/new"))
    assert ravi.post(f"{HERE}/1/followers/removal").status_code == 303
    assert ravi.get(f"{HERE}/1").status_code == 404


@pytest.mark.parametrize("who", ["tariq", "mo", "pip", "sue", "ada"])
def test_only_people_of_the_school_are_hit_by_it(app, who):
    assert send(app, who, "post", f"{log(app)}/followers").status_code == 403


def test_followers_hear_what_the_reporter_hears(app, cast):
    from app.notifications.known import Key, know
    from app.notifications.receivers import receivers
    from tenants import School, acting_in, administering, db

    path = bring(app, "in_progress")
    done(app, "ravi", "post", f"{path}/followers")
    done(app, "tariq", "put", f"{path}/resolution", RESOLUTION)
    with app.app_context():
        with administering("the school of the test"):
            school = db.session.query(School.id).filter_by(slug="st-marys").scalar()
        with acting_in(school):
            from app.history.models import Event

            asked = db.session.query(Event.at, Event.id).filter_by(kind="incident.resolved").one()
            key = Key(asked.at, asked.id)
            known = know([key])
            heard = {
                known.people[one.person_id].name for one in receivers(known, known.events[key])
            }
    assert {cast.rita.name, cast.ravi.name} <= heard


def test_a_follower_does_not_learn_how_the_reporter_is_reached(app, sign_in, cast):
    sheet = {"contact_detail": "07700 900123", "available_when": "In the staff room at one"}
    path = bring(app, "queued", **sheet)
    answer = done(app, "ravi", "post", f"{path}/followers")
    hidden = (*sheet.values(), cast.rita.email)
    read = [answer.text, done(app, "ravi", "get", path).text]
    ravi = sign_in(cast.ravi)
    read += [text_of(ravi.get(f"{HERE}/1{tail}")) for tail in ("", "/print")]
    for said in read:
        for one in hidden:
            assert one not in said, one
    for who in ("rita", "sam", "tariq"):
        assert done(app, who, "get", path).json["contact_detail"] == "07700 900123"


def test_what_nobody_is_offered_cannot_be_followed_by_its_number(app):
    private = done(
        app, "rita", "post", INCIDENTS, {"type": "request", "title": "A screen for my bad eye"}
    )
    path = f"{INCIDENTS}/{private.json['number']}"
    assert send(app, "ravi", "post", f"{path}/followers").status_code == 404
    assert send(app, "ravi", "get", path).status_code == 404
