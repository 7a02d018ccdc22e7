"""What a timeline says of visits and of Tech Advisors; `{when}` is the time of the visit."""

from __future__ import annotations

# fmt: off
HAPPENED: dict[str, str] = {
    "incident.advice_asked":    "Asked the Tech Advisors",
    "incident.advice_taken":    "{to} helps",
    "incident.advised":         "Advice of a Tech Advisor",
    "incident.advice_accepted": "Solved by a Tech Advisor’s advice",
    "incident.passed_on":       "Passed on to the desk",
    "incident.countersigned":   "The advice was countersigned",
    "incident.visit_booked":    "A visit is agreed for {when}",
    "incident.visit_moved":     "The visit was moved to {when}",
    "incident.visit_cancelled": "The visit on {when} does not take place",
    "incident.visit_aborted":   "The visit on {when} was aborted",
    "incident.visitor_arrived": "{to} has arrived",
    "incident.visited":         "Visited: {outcome}",
}
OUTCOMES: dict[str, str] = {
    "done": "done", "not_done": "not done", "follow_up": "another visit is needed",
    "called_off": "no longer needed",
}
# fmt: on
