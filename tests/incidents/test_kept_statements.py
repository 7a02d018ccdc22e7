"""A list's statement is kept for a kind of person: who it is, is told when it is sent."""

import pytest
from sqlalchemy.exc import StatementError

from app.incidents import lists, standing
from app.people.identity import Belonging, Me
from app.permissions import Role
from tenants import acting_in, db
from tests.api.desk import INCIDENTS, done, log


def someone(*here: Belonging) -> Me:
    return Me(person_id=1, email="", own_name="", belongings=here, schools=(), here=here)


def test_two_reporters_share_a_statement_and_each_reads_their_own(app):
    for name, title in (("rita", "Rita's screen is black"), ("ravi", "Ravi's mouse is lost")):
        log(app, name, title=title)
    before = None
    for name, title in (("rita", "Rita's screen is black"), ("ravi", "Ravi's mouse is lost")):
        found = [one["title"] for one in done(app, name, "get", INCIDENTS).json["items"]]
        assert found == [title]
        kept = lists._call_log.cache_info().currsize + lists._counted_call_log.cache_info().currsize
        assert before in (None, kept)
        before = kept


def test_equal_for_everybody_of_a_kind_and_different_for_other_kinds():
    spoc = someone(Belonging(7, Role.SPOC, "Sam", 3))
    other = someone(Belonging(8, Role.SPOC, "Ola", 4))
    in_groups = someone(Belonging(9, Role.SPOC, "Pia", 4, frozenset({5})))
    at_la = someone(Belonging(9, Role.SPOC, "Pia", None))
    assert standing.standing_of(spoc) == standing.standing_of(other)
    kinds = {standing.standing_of(one) for one in (spoc, in_groups, at_la)}
    assert len(kinds) == 3


def test_whoever_stands_there_is_what_they_are():
    here = (
        Belonging(7, Role.REPORTER, "Rita", 3),
        Belonging(8, Role.LA_FIRST_LINE, "Rita", None, frozenset({5})),
    )
    person = someone(*here)
    kind = standing.standing_of(person)
    whoever = standing.whoever(kind)
    assert standing.standing_of(whoever) == kind
    assert whoever.roles == person.roles
    for name in ("membership_ids", "la_membership_ids", "group_ids", "la_group_ids"):
        assert len(getattr(whoever, name)) == len(getattr(person, name))


def test_a_statement_that_was_not_told_who_is_not_sent(app):
    reporter = someone(Belonging(7, Role.REPORTER, "Rita", 3))
    wanted = lists._call_log(standing.standing_of(reporter), (), False)
    with app.app_context(), acting_in(1), pytest.raises(StatementError, match="my_membership_ids"):
        db.session.connection().execute(wanted, {"rows": 1, "acted_in": 1})
