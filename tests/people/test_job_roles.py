"""What people do at a school is offered as a list, and two of them are not ideal at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from app.people.job_roles import JOB_ROLES, advice_for
from tests.incidents.pages import text_of
from tests.schools.test_settings import put

NOT_IDEAL = ("ICT technician", "Network manager", "ICT co-ordinator")


@pytest.mark.parametrize("job_role", JOB_ROLES)
def test_advice_is_about_whoever_mends_and_whoever_co_ordinates(job_role: str) -> None:
    assert (advice_for("spoc", job_role) is not None) == (job_role in NOT_IDEAL)
    assert advice_for("technician", job_role) is None


def test_it_is_said_where_somebody_is_invited_and_forbids_nothing(sign_in: Any, cast: Any) -> None:
    dora = sign_in(cast.dora)
    path = "/st-marys/people/invitations/new"
    page = text_of(dora.get(path))
    assert '<option value="School secretary">' in page
    sent = {"name": "Tea", "email": "tea@st-marys.example", "role": "spoc"}
    assert dora.post(path, {**sent, "job_role": "computing coordinator"}).status_code == 303
    page = text_of(dora.get("/st-marys/people/invitations"))
    assert "an ICT co-ordinator as single point of contact is not ideal" in page


def test_whoever_logs_for_others_chooses_among_the_agreed_ways(
    sign_in: Any, api: Any, cast: Any
) -> None:
    sam = sign_in(cast.sam)
    assert 'value="in_person"' in text_of(sam.get("/st-marys/incidents/new"))
    assert put(api(cast.dora), {"channels": ["web", "phone"]}).status_code == 200
    page = text_of(sam.get("/st-marys/incidents/new"))
    assert 'value="phone"' in page
    assert 'value="in_person"' not in page
    sheet = {
        "title": "Dark",
        "expected": "Light",
        "happened": "None",
        "location": "ict-suite",
        "reporter_name": "Mrs Brown",
        "channel": "in_person",
    }
    answer = api(cast.sam).post("/schools/st-marys/incidents", sheet)
    assert answer.status_code == 201, "what came another way is taken all the same"
