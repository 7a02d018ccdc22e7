"""The page "Who supports us": groups, suppliers, the LA's teams and the rules, by who may."""

from __future__ import annotations

import re

import pytest

from tests.incidents.pages import text_of, version_on
from tests.incidents.supply import LAMPS, a_contract, a_supplier, in_school

HERE = "/st-marys/support"


def test_everybody_who_supports_the_school_stands_on_it(app, sign_in, cast):
    a_supplier(app, sign_in, cast)
    page = text_of(sign_in(cast.ike).get(HERE))
    for shown in (
        "School technicians",
        "Theo Technician",
        "Lamps Ltd",
        "Contract lamps-care",
        "LA first line",
        "LA second line",
    ):
        assert shown in page, shown
    assert "Add a supplier" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("rita", 403), ("sue", 403), ("theo", 200), ("sam", 200), ("mo", 200), ("ada", 200)],
)
def test_who_sees_it(sign_in, cast, who, status):
    assert sign_in(getattr(cast, who)).get(HERE).status_code == status


@pytest.mark.parametrize("who", ["theo", "ike", "tariq"])
@pytest.mark.parametrize(
    "where", ["groups/new", "suppliers/new", "rules/new", "groups/technicians"]
)
def test_who_changes_nothing(sign_in, cast, who, where, is_unchanged):
    browser = sign_in(getattr(cast, who))
    is_unchanged.start()
    assert browser.post(f"{HERE}/{where}", {"name": "x", "line": "1"}).status_code == 403
    assert is_unchanged()


def test_a_group_is_made_changed_and_archived_but_never_lost(app, api, sign_in, cast):
    sam = sign_in(cast.sam)
    page = text_of(sam.get(f"{HERE}/groups/new"))
    theo = re.search(r'value="([0-9a-f]{32})"[^>]*>\s*<label[^>]*>Theo', page)
    assert theo
    made = sam.post(f"{HERE}/groups/new", {"name": "Quick help", "line": "1", "members": theo[1]})
    assert made.status_code == 303
    assert "Quick help" in text_of(sam.get(HERE))
    form = sam.get(f"{HERE}/groups/quick-help")
    changed = {"name": "Quick look", "line": "1", "archived": "true", "version": version_on(form)}
    assert sam.post(f"{HERE}/groups/quick-help", changed).status_code == 303
    page = text_of(sam.get(HERE))
    assert "Quick look" in page
    assert "No longer gets work" in page
    # The second to save it sees both.
    stale = sam.post(f"{HERE}/groups/quick-help", {**changed, "name": "Mine"})
    assert stale.status_code == 412
    assert "Saved now" in text_of(stale)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "School technicians"}, "a group of this name already"),
        ({"name": "LA first line"}, "a group of this name already"),
        ({"email": "nobody"}, "e-mail address in the right form"),
        ({"phone": "ring me"}, "Enter a telephone number"),
        ({"agreement": "la:la-standard"}, "one of the contracts offered"),
        ({"members": "0" * 32}, "Choose from the people offered"),
    ],
)
def test_a_supplier_that_cannot_be_is_refused_and_kept_on_the_page(
    app, sign_in, cast, is_unchanged, changed, sentence
):
    a_contract(app)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/suppliers/new")
    is_unchanged.start()
    answer = sam.post(f"{HERE}/suppliers/new", {**LAMPS, **changed})
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert changed.get("phone", LAMPS["phone"]) in page
    assert is_unchanged()


def test_a_rule_is_set_set_anew_and_removed(app, sign_in, cast, ledger):
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/rules/new")
    rule = {"line": "1", "category": "print", "group": "technicians", "person": "Theo Technician"}
    assert sam.post(f"{HERE}/rules/new", rule).status_code == 303
    again = {**rule, "stand_in": "Dora Owner"}
    assert sam.post(f"{HERE}/rules/new", again).status_code == 303
    assert ledger.rows("SELECT count(*), max(version) FROM assignment_rules")[0] == (1, 2)
    page = text_of(sam.get(HERE))
    for shown in ("Printer or copier", "School technicians: Theo Technician", "Dora Owner"):
        assert shown in page, shown
    number = ledger.rows("SELECT id FROM assignment_rules")[0][0]
    assert sam.post(f"{HERE}/rules/{number}/removal").status_code == 303
    assert ledger.rows("SELECT count(*) FROM assignment_rules")[0][0] == 0
    kinds = [kind for (kind,) in ledger.rows("SELECT kind FROM events ORDER BY at, id")]
    assert kinds == ["rule.set", "rule.set", "rule.removed"]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"line": "1"}, "Choose a group or a person"),
        ({"line": "2", "group": "technicians"}, "works at another line"),
        ({"line": "1", "group": "la-first-line"}, "one of the groups offered"),
        ({"line": "1", "person": "Tariq Firstline"}, "Nobody of that name"),
        ({"line": "1", "person": "Sam Spoc", "stand_in": "Sam Spoc"}, "Choose somebody else"),
        ({"line": "1", "group": "technicians", "stand_in": "Sam Spoc"}, "stands in for"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused(sign_in, cast, is_unchanged, rule, sentence):
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/rules/new")
    is_unchanged.start()
    answer = sam.post(f"{HERE}/rules/new", {"category": "any", **rule})
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert is_unchanged()


def test_the_las_manager_sets_rules_for_the_las_lines_and_each_side_keeps_its_own(
    sign_in, cast, ledger
):
    mo, sam = sign_in(cast.mo), sign_in(cast.sam)
    page = text_of(mo.get(f"{HERE}/rules/new"))
    assert "LA second line" in page
    assert "The school’s desk</label>" not in page
    rule = {"line": "2", "category": "any", "group": "la-second-line", "person": "Sasha Secondline"}
    assert mo.post(f"{HERE}/rules/new", rule).status_code == 303
    number = ledger.rows("SELECT id FROM assignment_rules")[0][0]
    sam.get(HERE)
    assert sam.post(f"{HERE}/rules/{number}/removal").status_code == 403
    assert "set by Mo Manager" in text_of(sam.get(HERE))
    assert mo.post(f"{HERE}/rules/{number}/removal").status_code == 303


def test_one_person_as_single_point_of_contact_and_technician_is_warned_of(
    app, sign_in, cast, ledger
):
    sam = sign_in(cast.sam)
    said = "is the single point of contact and a technician"
    assert said not in text_of(sam.get(HERE))
    ledger.rows(
        "INSERT INTO memberships (school_id, person_id, name, role, version)"
        " SELECT school_id, person_id, name, 'technician', 1 FROM memberships"
        " WHERE name = 'Sam Spoc'"
    )
    assert f"Sam Spoc {said}" in text_of(sam.get(HERE))


def test_the_page_costs_few_statements_however_many_groups(app, sign_in, cast, statements):
    from app.people.models import SupportGroup

    sam = sign_in(cast.sam)
    asked = []
    for begin in (0, 20):
        in_school(
            app,
            *(
                SupportGroup(key=f"g-{n}", name=f"Group {n}", line=1, kind="supplier")
                for n in range(begin, begin + 20)
            ),
        )
        sam.get(HERE)
        statements.clear()
        sam.get(HERE)
        asked.append(len([one for one in statements if not one.startswith("SET LOCAL")]))
    assert asked[0] == asked[1] <= 14
