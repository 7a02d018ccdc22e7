"""What people do at a school, as a list to choose from; who of them is not ideal at the desk.

FITS asks each school to decide who its single point of contact is. It is an administrator's
work; two are not ideal, because the one who mends things is away mending them, and the one who
co-ordinates ICT would become the support desk beside their own work.
"""

from __future__ import annotations

import re

JOB_ROLES = (
    "School secretary",
    "Office manager",
    "Administrator",
    "School business manager",
    "Receptionist",
    "Librarian",
    "Teaching assistant",
    "Teacher",
    "Head teacher",
    "Deputy head teacher",
    "Governor",
    "ICT technician",
    "Network manager",
    "ICT co-ordinator",
    "Caretaker",
    "Pupil",
)
_MENDS = re.compile(r"\b(technician|network manager|it support|ict support)\b", re.IGNORECASE)
_CO_ORDINATES = re.compile(
    r"\b(ict|it|computing|digital)\b.*\b(co-?\s?ordinator|lead|leader|subject leader)\b",
    re.IGNORECASE,
)
_MENDS_SAID = (
    "a technician as single point of contact is not ideal. Whoever mends things is away mending "
    "them when people call, and works without interruption only if somebody else takes the calls."
)
_CO_ORDINATES_SAID = (
    "an ICT co-ordinator as single point of contact is not ideal. Teaching and planning come "
    "first for them, and they should not become the support desk as well."
)


def advice_for(role: str, job_role: str | None) -> str | None:
    """A sentence for whoever decides; nothing is forbidden."""
    if role != "spoc" or not job_role:
        return None
    if _MENDS.search(job_role):
        return _MENDS_SAID
    return _CO_ORDINATES_SAID if _CO_ORDINATES.search(job_role) else None
