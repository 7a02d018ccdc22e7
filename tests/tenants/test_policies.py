"""The one function that makes policies, also for rights that nobody has been given yet."""

from __future__ import annotations

import pytest

from tenants.policies import RIGHTS, THIS_SCHOOL, THIS_SCHOOL_BARE, policies, protect

OWN = f"school_id = {THIS_SCHOOL}"
EVERYTHING = ("SIUD", "SIUD", "SIUD", "SIUD")


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> str:
    """A table of schools with which everybody may do everything."""
    monkeypatch.setitem(RIGHTS, "things", EVERYTHING)
    return "things"


def rows_of(role: str, things: str) -> dict[str, tuple[str | None, str | None]]:
    return {
        policy.command: (policy.using, policy.check)
        for policy in policies(things, "p")
        if policy.role == f"p_{role}"
    }


def test_a_school_reaches_its_own_rows(things: str) -> None:
    assert rows_of("school", things) == {
        "SELECT": (OWN, None),
        "INSERT": (None, OWN),
        "UPDATE": (OWN, OWN),
        "DELETE": (OWN, None),
    }


def test_the_authority_reads_all_and_writes_in_the_school_that_is_named(things: str) -> None:
    assert rows_of("authority", things) == {
        **rows_of("school", things),
        "SELECT": ("true", None),
    }


def test_a_school_s_own_row_is_found_by_its_number() -> None:
    (select,) = (p for p in policies("schools", "p") if p.name == "school_select")
    assert select.using == f"id = {THIS_SCHOOL}"


def test_tables_of_no_school_ask_for_none() -> None:
    assert {policy.using for policy in policies("people", "p")} <= {"true", None}


def test_the_bare_form_for_a_distributed_database(things: str) -> None:
    bare = " ".join(policy.sql for policy in policies(things, "p", bare=True))
    assert f"school_id = {THIS_SCHOOL_BARE}" in bare
    assert "SELECT nullif" not in bare


def test_a_new_table_is_closed_before_it_is_opened(things: str) -> None:
    statements = protect(things, "p")
    assert statements[:2] == [
        "ALTER TABLE things ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE things FORCE ROW LEVEL SECURITY",
    ]
    assert not any("PUBLIC" in statement for statement in statements)
