"""Lending, what is overdue, and the school's own fields."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.assets.own_fields import fitting
from tests.api.desk import SCHOOL, check_refused, done, send
from tests.assets.things import ASSETS, LAPTOP, added, history, plain

LOANS = f"{SCHOOL}/loans"
FIELDS = f"{SCHOOL}/asset_fields"


def day(number):
    return (clock.today() + timedelta(days=number)).isoformat()


def lent(app, tag, **said):
    return send(app, "sam", "post", f"{ASSETS}/{tag}/loan", {"borrower": "Class 4B", **said})


def test_lent_and_back(app):
    added(app)
    out = lent(app, "LAP-001", due_on=day(7), note="With a charger")
    assert out.status_code == 201 and out.headers["Location"].endswith("/assets/LAP-001")
    assert out.json["status"] == "on_loan"
    assert out.json["loan"]["borrower"] == "Class 4B" and out.json["loan"]["due_on"] == day(7)
    assert lent(app, "LAP-001").status_code == 409
    back = done(app, "sam", "delete", f"{ASSETS}/LAP-001/loan").json
    assert (back["status"], back["loan"]) == ("in_use", None)
    assert send(app, "sam", "delete", f"{ASSETS}/LAP-001/loan").status_code == 409
    kinds = [one["kind"] for one in history(app, "LAP-001")]
    assert kinds == ["asset.returned", "asset.lent", "asset.added"]


def test_somebody_of_the_school_borrows_by_name_or_address(app):
    for tag, borrower in (("A", "rita reporter"), ("B", "rita@st-marys.example")):
        plain(app, tag)
        assert lent(app, tag, borrower=borrower).json["loan"]["borrower"] == "Rita Reporter"
    plain(app, "C")
    check_refused(lent(app, "C", borrower="olga@oakfield.example"), "borrower")
    check_refused(lent(app, "C", due_on=day(-1)), "due_on")
    check_refused(lent(app, "C", borrower=" "), "borrower")


def test_a_status_alone_lends_it_to_whoever_has_it(app):
    added(app)
    out = done(app, "sam", "put", f"{ASSETS}/LAP-001/status", {"status": "on_loan"}).json
    assert out["loan"]["borrower"] == "Rita Reporter"


def test_what_is_due_first_stands_at_the_top(app, at):
    at("2026-01-13T09:00:00+00:00")
    for tag, due in (("A", None), ("B", "2026-01-20"), ("C", "2026-01-14")):
        plain(app, tag)
        lent(app, tag, **({"due_on": due} if due else {}))

    def tags(query=""):
        return [one["tag"] for one in done(app, "sam", "get", f"{LOANS}{query}").json["items"]]

    assert tags() == ["C", "B", "A"]
    assert tags("?overdue=true") == []
    at("2026-01-15T09:00:00+00:00")
    assert tags("?overdue=true") == ["C"]
    assert tags("?overdue=false") == ["B", "A"]
    assert tags("?asset=b") == ["B"]
    first = done(app, "sam", "get", f"{LOANS}?limit=2").json
    assert tags(f"?limit=2&after={first['next']}") == ["A"]
    assert first["items"][0]["overdue"] is True
    assert send(app, "rita", "get", LOANS).status_code == 403
    assert done(app, "olga", "get", "/schools/oakfield/loans").json["items"] == []


# --- fields of the school's own ---


def test_a_field_of_our_own_is_asked_found_and_changed(app):
    field = {"type": "laptop", "label": "Charger no.", "kind": "text"}
    made = done(app, "sam", "post", FIELDS, field)
    assert made.json["key"] == "charger-no"
    asset = added(app, own_fields={"charger-no": " C 17 "})
    assert asset["own_fields"] == {"charger-no": "C 17"}
    assert done(app, "sam", "get", f"{ASSETS}?q=c 17").json["items"]
    path = f"{ASSETS}/LAP-001"
    gone = send(app, "sam", "patch", path, {"own_fields": {"charger-no": None}}, If_Match="*")
    assert gone.json["own_fields"] == {}
    one = f"{FIELDS}/charger-no"
    assert done(app, "sam", "get", one).json == made.json
    changed = send(app, "sam", "patch", one, {"archived": True}, If_Match='"1"')
    assert changed.json["archived"] is True
    assert done(app, "sam", "get", FIELDS).json["items"] == []
    assert send(app, "olga", "get", one).status_code == 404
    assert send(app, "rita", "get", FIELDS).status_code == 403
    assert send(app, "tariq", "post", FIELDS, field).status_code == 403


def test_a_field_of_another_type_or_none_is_a_mistake(app, is_unchanged):
    done(app, "sam", "post", FIELDS, {"type": "phone", "label": "Number"})
    is_unchanged.start()
    for own in ({"number": "1"}, {"colour": "red"}, "red", ["red"], {"number": {"a": 1}}):
        answer = send(app, "sam", "post", ASSETS, {**LAPTOP, "own_fields": own})
        check_refused(answer, "own_fields")
    assert is_unchanged()


def test_a_field_is_named_once_and_a_choice_has_answers(app):
    done(app, "sam", "post", FIELDS, {"type": "phone", "label": "Number"})
    check_refused(send(app, "sam", "post", FIELDS, {"type": "phone", "label": "number"}), "label")
    one = {"type": "phone", "label": "Case", "kind": "choice", "choices": ["red"]}
    check_refused(send(app, "sam", "post", FIELDS, one), "choices")
    made = done(app, "sam", "post", FIELDS, {**one, "choices": ["red", "blue", "red"]}).json
    assert made["choices"] == ["red", "blue"]


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", " two  words ", "two words"),
        ("text", 5, None),
        ("text", "x" * 201, None),
        ("text", "a\x00", None),
        ("number", "12", 12),
        ("number", 12.5, 12.5),
        ("number", "-3", -3),
        ("number", True, None),
        ("number", "1e9", None),
        ("number", "12 pieces", None),
        ("date", "2026-02-28", "2026-02-28"),
        ("date", "2026-02-30", None),
        ("date", "28.2.2026", None),
        ("yes_no", True, True),
        ("yes_no", "No", False),
        ("yes_no", "perhaps", None),
        ("choice", "red", "red"),
        ("choice", "green", None),
    ],
)
def test_what_fits_a_field(kind, given, kept):
    if kept is None:
        with pytest.raises(ValueError, match=r"\.$"):
            fitting(kind, ["red", "blue"], given)
    else:
        assert fitting(kind, ["red", "blue"], given) == kept
