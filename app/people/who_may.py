"""The table of permissions, turned round for people to read."""

from __future__ import annotations

from app.people.rules import REACH_WORDS, ROLE_NAMES
from app.permissions import RULES, WORDS, Reach, Role, reach

# fmt: off
HEADINGS = {
    "incident": "Incidents and requests",
    "desk":     "The desk",
    "queue":    "Support across schools",
    "school":   "The school",
    "access_record": "The school",
    "location": "The school",
    "deadline": "The desk",
    "reach":    "The desk",
    "lines":    "Who supports the school",
    "agreement": "Who supports the school",
    "visit":    "Who supports the school",
    "day_plan": "Support across schools",
    "calendar": "The school",
    "article":  "What is known",
    "problem":  "What is known",
    "announcement": "The school",
    "asset":    "Registers",
    "label":    "Registers",
    "licence":  "Registers",
    "supplier": "Registers",
    "contract": "Registers",
    "service":  "Registers",
    "critical_date": "The school",
    "payment":  "Diary and payments",
    "diary":    "Diary and payments",
    "document": "The desk",
    "change":   "Progress",
    "progress": "Progress",
    "import":   "Registers",
    "report":   "How support performs",
    "performance": "How support performs",
    "authority": "The local authority",
    "account":  "One’s own account",
}
# fmt: on

# (heading, [(what, [(how far, who or nothing)])])
Groups = list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]


def of_everybody() -> Groups:
    """Each action with those who may, by how far they reach."""
    return _grouped({action: _who(action) for action in RULES})


def of_role(role: Role) -> Groups:
    """What one role may, and how far."""
    return _grouped(
        {
            action: [(REACH_WORDS[found], "") for found in reach((role,), action)]
            for action in RULES
            if reach((role,), action)
        }
    )


def _who(action: str) -> list[tuple[str, str]]:
    names: dict[Reach, list[str]] = {}
    for role, found in zip(Role, RULES[action], strict=True):
        if found is not Reach.NONE:
            names.setdefault(found, []).append(ROLE_NAMES[role])
    return [(REACH_WORDS[found], ", ".join(who)) for found, who in names.items()]


def _grouped(lines: dict[str, list[tuple[str, str]]]) -> Groups:
    groups: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {}
    for action, who in lines.items():
        heading = HEADINGS[action.partition(".")[0]]
        groups.setdefault(heading, []).append((WORDS[action], who))
    return list(groups.items())
