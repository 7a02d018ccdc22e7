"""Finding out who asks costs the same however many schools there are."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.people.front_door import fingerprint

_SCANS = text("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'schools'")


@pytest.mark.parametrize("slug", ["st-marys", "nowhere", None])
@pytest.mark.parametrize("function", ["who_by_session", "who_by_token"])
def test_no_list_of_schools_is_read_through(superuser, sign_in, cast, function, slug):
    """A few schools are read through in no time, so that is forbidden here."""
    cookie = sign_in(cast.sam).cookies()["deskbell"]
    secret = {"who_by_session": cookie, "who_by_token": cast.sam.token}[function]
    superuser.execute(text("SET LOCAL enable_seqscan = off"))
    before = superuser.scalar(_SCANS)
    asked = text(f"SELECT schools FROM {function}(:secret, now(), current_date, :slug)")
    (found,) = superuser.scalars(asked, {"secret": fingerprint(secret), "slug": slug})
    assert [slug for _, slug, *_ in found] == ["st-marys"]
    assert superuser.scalar(_SCANS) == before
