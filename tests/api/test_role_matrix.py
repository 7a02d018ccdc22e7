"""The role matrix of domain.md 2.6 through the API: every action, every role, one test a cell.

2xx it works; 403 the role may not do it (here, or not with this one); 404 it is not to be seen;
409 and 422 the role may, but not now and not so.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.contracts.school_calendar import USUAL_CALENDAR
from tests.api.desk import (
    ARTICLE,
    ASK,
    ASK_OWNER,
    BROKEN,
    CHECK,
    FORWARD,
    HOLD,
    MINE,
    MISSING,
    OUTAGE,
    RESOLUTION,
    SCHOOL,
    SECOND,
    TO_TECHNICIANS,
    WHY,
    send,
)

# fmt: off
ROLES = {
    "rita": "reporter_own", "ravi": "reporter", "pip": "tech_advisor", "sam": "spoc",
    "dora": "service_desk_owner", "ike": "ict_owner", "theo": "technician",
    "tariq": "la_first_line", "sasha": "la_second_line", "mo": "la_manager", "ada": "la_admin",
    "sue": "supplier", "olga": "spoc_elsewhere",
}
PEOPLE = tuple(ROLES)
DESK = {**OLA_STANDARD, "name": "Our other desk"}
NEXT_PACK = {
    **LA_STANDARD, "targets": {"P1": {"response_minutes": 5}}, "valid_from": "2099-01-05",
}
CHOICE = {"kind": "ola", "agreement": "desk-standard"}
HOLIDAY = {"on": "2099-01-05", "name": "A day of thanks"}
ACTIONS: dict[str, tuple[str, str, Any]] = {  # method, where after the incident, body
    "read":          ("get",    "",             None),
    "timeline":      ("get",    "/timeline",    None),
    "turns":         ("get",    "/turns",       None),
    "clocks":        ("get",    "/clocks",      None),
    "deadlines":     ("get",    "/deadlines",      None),
    "notes":         ("get",    "/notes",       None),
    "checks":        ("get",    "/checks",      None),
    "mend":          ("patch",  "",             {"title": "The board is dark"}),
    "return":        ("post",   "/return",      MISSING),
    "hand_in":       ("delete", "/return",      None),
    "check":         ("put",    "/check",       CHECK),
    "override":      ("put",    "/check",       {"priority": "P1", "priority_reason": "Ofsted"}),
    "forward":       ("post",   "/escalation",  FORWARD),
    "to_technician": ("post",   "/escalation",  TO_TECHNICIANS),
    "escalate":      ("post",   "/escalation",  SECOND),
    "to_supplier":   ("post",   "/escalation",  {"to": "supplier", "note": "n", "group": "lamps"}),
    "hand_back":     ("post",   "/hand_back",   WHY),
    "take":          ("put",    "/assignment",  MINE),
    "give":          ("put",    "/assignment",  {"person": "Tariq Firstline"}),
    "hold":          ("put",    "/hold",        HOLD),
    "resume":        ("delete", "/hold",        None),
    "diagnose":      ("post",   "/checks",      {"check": "The lamp", "minutes": 5}),
    "resolve":       ("put",    "/resolution",  RESOLUTION),
    "self_cure":     ("put",    "/self_cure",   None),
    "close":         ("put",    "/closure",     None),
    "reopen":        ("post",   "/reopening",   WHY),
    "cancel":        ("put",    "/cancellation", WHY),
    "note":          ("post",   "/notes",       {"text": "We come at three"}),
    "note_internal": ("post",   "/notes",       {"text": "Bad lamps", "visibility": "internal"}),
    "ask_approval":  ("post",   "/approval",    ASK_OWNER),
    "approvals":     ("get",    "/approval",    None),
    "approve":       ("put",    "/approval",    {"decision": "approved"}),
    "log_work":      ("post",   "/worklog",     {"minutes": 5}),
    "worklog":       ("get",    "/worklog",     None),
    "link":          ("post",   "/links",       {"to": "1"}),
    "links":         ("get",    "/links",       None),
    "unlink":        ("delete", "/links/1", None),
    "parent":        ("put",    "/parent",      {"parent": "1"}),
    "no_parent":     ("delete", "/parent",      None),
    "merge":         ("put",    "/merge",       {"into": "4"}),
    "follow_up":     ("put",    "/follow_up",   {"on": "2099-01-05", "reason": "Look"}),
    "no_follow_up":  ("delete", "/follow_up",   None),
    "workaround":    ("put",    "/workaround",  {"text": "The other printer"}),
    "rate":          ("put",    "/satisfaction", {"score": 5}),
    "still_broken":  ("put",    "/still_broken", None),
    "undo_close":    ("delete", "/closure",     None),
    "files":         ("get",    "/attachments", None),
    "consultations": ("get",    "/consultations", None),
    "consult":       ("post",   "/consultations", ASK),
    "answer":        ("put",    "/consultations/1/answer", {"answer": "The long one"}),
    "follow":        ("post",   "/followers",   None),
    "unfollow":      ("delete", "/followers",   None),
    "rate_sheet":    ("put",    "/sheet_rating", {"useful": True}),
    "advice":        ("get",    "/advice",      None),
    "advise":        ("put",    "/advice",      {"tried": "Off and on"}),
    "advise_take":   ("put",    "/advice/taking", None),
    "pass_on":       ("post",   "/advice/pass_on", None),
    "accept_advice": ("put",    "/advice/acceptance", None),
    "countersign":   ("put",    "/advice/countersignature", None),
    "visit":         ("get",    "",             None),
    "visit_change":  ("patch",  "",             {"note": "Ring first"}),
    "visit_agree":   ("patch",  "",             {"agreed": True}),
    "visit_arrive":  ("post",   "/arrival",     None),
    "visit_jobs":    ("put",    "/outcomes",    {"jobs": [{"incident": 1, "outcome": "done"}]}),
    "visit_leave":   ("put",    "/departure",   None),
    "visit_sign":    ("put",    "/signature",   None),
    "visit_abort":   ("put",    "/abort",       WHY),
    "visit_cancel":  ("put",    "/cancellation", WHY),
    "change_room":   ("patch",  "",             {"name": "Loft"}),
    "remove_room":   ("delete", "",             None),
    "agreement":     ("get",    "",             None),
    "propose":       ("put",    "",             {**DESK, "valid_from": "2099-02-02"}),
    "unpropose":     ("delete", "/proposal",    None),
    "try_terms":     ("post",   "/preview",     {**DESK, "valid_from": "2099-02-02"}),
    "sign":          ("put",    "/signature",   None),
    "end":           ("put",    "/ending",      None),
    "pack":          ("get",    "",             None),
    "change_pack":   ("put",    "",             NEXT_PACK),
    "add_version":   ("post",   "/versions",    NEXT_PACK),
    "try_pack":      ("post",   "/preview",     NEXT_PACK),
    "to_problem":    ("put",    "/problem",     {"problem": 999}),
    "off_problem":   ("delete", "/problem",     None),
}
ELSEWHERE: dict[str, tuple[str, str, Any]] = {  # what is about no incident
    "log":           ("post", f"{SCHOOL}/incidents", BROKEN),
    "log_for":       ("post", f"{SCHOOL}/incidents", {**BROKEN, "reporter_name": "Mrs Brown"}),
    "list":          ("get",  f"{SCHOOL}/incidents", None),
    "suggest":       ("post", f"{SCHOOL}/incidents/suggestions", {"title": "Printer jams"}),
    "ask_la":        ("post", f"{SCHOOL}/advice_requests", {"title": "Tablets", "text": "Which?"}),
    "blank_list":    ("get",  f"{SCHOOL}/blank_sheets", None),
    "blank_print":   ("post", f"{SCHOOL}/blank_sheets", {"count": 2}),
    "blank_spoil":   ("put",  f"{SCHOOL}/blank_sheets/999/spoilt", None),
    "visits":        ("get",  f"{SCHOOL}/visits", None),
    "visit_book":    ("post", f"{SCHOOL}/visits",
                      {"starts_at": "2020-01-13T10:00:00Z", "engineer": "Fred"}),
    "visit_slots":   ("get",  f"{SCHOOL}/visits/slots?engineer=Fred", None),
    "visit_figures": ("get",  f"{SCHOOL}/visits/figures", None),
    "day_plan":      ("get",  "/day_plan", None),
    "advice_list":   ("get",  f"{SCHOOL}/advisors/offered", None),
    "advice_record": ("get",  f"{SCHOOL}/advisors/record", None),
    "advice_figures": ("get", f"{SCHOOL}/advisors/figures", None),
    "queue":         ("get",  "/queue", None),
    "counts":        ("get",  "/queue/counts", None),
    "schools":       ("get",  "/schools", None),
    "school":        ("get",  SCHOOL, None),
    "rooms":         ("get",  f"{SCHOOL}/locations", None),
    "add_room":      ("post", f"{SCHOOL}/locations", {"name": "Mrs Brown’s class"}),
    "reach":         ("get",  f"{SCHOOL}/reachability", None),
    "set_reach":     ("put",  f"{SCHOOL}/reachability", {"periods": []}),
    "go_away":       ("post", f"{SCHOOL}/reachability/absences",
                      {"who": "Sam Spoc", "first_day": "2099-02-02", "last_day": "2099-02-02"}),
    "come_back":     ("delete", f"{SCHOOL}/reachability/absences/999", None),
    "settings":      ("get",  f"{SCHOOL}/settings", None),
    "set_settings":  ("put",  f"{SCHOOL}/settings", {"channels": ["web"]}),
    "checklists":    ("get",  f"{SCHOOL}/checklists", None),
    "calendar":      ("get",  f"{SCHOOL}/calendar", None),
    "set_calendar":  ("put",  f"{SCHOOL}/calendar", {"opening": {"mon": [["08:30", "16:30"]]}}),
    "la_calendar":   ("get",  "/calendar", None),
    "la_terms":      ("put",  "/calendar/terms/2098-99", {"terms": []}),
    "la_holiday":    ("post", "/calendar/bank_holidays", {"on": "2099-01-05", "name": "Thanks"}),
    "preview":       ("post", f"{SCHOOL}/deadlines/preview",
                      {"priority": "P2", "started_at": "2026-01-13T09:10:00Z"}),
    "agreements":    ("get",  f"{SCHOOL}/agreements", None),
    "write":         ("post", f"{SCHOOL}/agreements", DESK),
    "choices":       ("get",  f"{SCHOOL}/agreement_choices", None),
    "choose":        ("post", f"{SCHOOL}/agreement_choices", CHOICE),
    "try_choice":    ("post", f"{SCHOOL}/agreement_choices/preview", CHOICE),
    "try_calendar":  ("post", f"{SCHOOL}/calendar/preview", {**USUAL_CALENDAR}),
    "packs":         ("get",  "/service_levels", None),
    "add_pack":      ("post", "/service_levels", {**LA_STANDARD, "name": "Gold"}),
    "try_holiday":   ("post", "/calendar/bank_holidays/preview", HOLIDAY),
    "try_without":   ("post", "/calendar/bank_holidays/2026-05-04/removal/preview", None),
    "try_terms_la":  ("post", "/calendar/terms/2098-99/preview", {"terms": []}),
    "articles":      ("get",  f"{SCHOOL}/articles", None),
    "write_article": ("post", f"{SCHOOL}/articles", ARTICLE),
    "offer_article": ("put",  f"{SCHOOL}/articles/999/offer", None),
    "la_articles":   ("get",  "/articles", None),
    "la_article":    ("post", "/articles", ARTICLE),
    "offers":        ("get",  "/articles/offers", None),
    "announcements": ("get",  f"{SCHOOL}/announcements", None),
    "announce":      ("post", f"{SCHOOL}/announcements", OUTAGE),
    "end_outage":    ("put",  f"{SCHOOL}/announcements/999/end", None),
    "la_announced":  ("get",  "/announcements", None),
    "announce_all":  ("post", "/announcements", OUTAGE),
    "problems":      ("get",  f"{SCHOOL}/problems", None),
    "log_problem":   ("post", f"{SCHOOL}/problems", {"title": "Wi-Fi", "description": "Drops"}),
    "solve_problem": ("put",  f"{SCHOOL}/problems/999/state",
                      {"state": "resolved", "solution": "A new switch"}),
}
TABLE = """
action        state            rita ravi pip  sam  dora ike  theo tariq sasha mo   ada  sue  olga
read          new              200  404  404  200  200  200  200  200   200   200  403  404  404
read          advice           200  404  200  200  200  200  200  200   200   200  403  404  404
read          resolved         200  404  404  200  200  200  404  200   200   200  403  404  404
read          cured            200  404  404  200  200  200  404  404   404   200  403  404  404
read          hidden           200  404  404  200  200  200  404  404   404   404  403  404  404
read          hidden_forwarded 200  404  404  200  200  200  404  200   200   200  403  404  404
timeline      new              200  404  404  200  200  200  200  200   200   200  403  404  404
timeline      hidden           200  404  404  200  200  200  404  404   404   404  403  404  404
turns         new              200  404  404  200  200  200  200  200   200   200  403  404  404
clocks        new              200  404  404  200  200  200  200  200   200   200  403  404  404
deadlines     new              200  404  404  200  200  200  200  200   200   200  403  404  404
notes         new              200  404  404  200  200  200  200  200   200   200  403  404  404
checks        in_progress      403  403  403  200  200  403  200  200   200   200  403  403  404
mend          new              200  404  404  200  200  403  403  403   403   200  403  403  404
mend          forwarded        409  404  404  200  200  403  403  200   403   200  403  403  404
return        new              403  403  403  200  200  403  403  403   403   403  403  403  404
hand_in       returned         200  404  404  200  200  403  403  403   403   403  403  403  404
check         new              403  403  403  200  200  403  403  403   403   200  403  403  404
check         forwarded        403  403  403  200  200  403  403  200   403   200  403  403  404
override      new              403  403  403  422  422  409  403  403   403   422  403  403  404
override      forwarded        403  403  403  200  200  200  403  200   403   200  403  403  404
forward       queued           403  403  403  200  200  403  403  403   403   403  403  403  404
to_technician queued           403  403  403  200  200  403  403  403   403   403  403  403  404
escalate      forwarded        403  403  403  403  403  403  403  200   403   200  403  403  404
escalate      technicians      403  403  403  403  403  403  200  403   403   200  403  403  404
to_supplier   second           403  403  403  403  403  403  403  403   200   200  403  403  404
hand_back     forwarded        403  403  403  403  403  403  403  200   403   200  403  403  404
hand_back     technicians      403  403  403  403  403  403  200  403   403   200  403  403  404
hand_back     at_supplier      403  403  403  200  200  403  403  403   200   200  403  403  404
consultations queued           403  403  403  200  200  403  200  200   200   200  403  403  404
consult       queued           403  403  403  201  201  403  403  403   403   201  403  403  404
consult       forwarded        403  403  403  201  201  403  403  201   403   201  403  403  404
answer        asked            403  403  403  200  200  403  403  403   200   200  403  403  404
resolve       at_supplier      403  403  403  200  200  403  403  403   200   200  403  403  404
take          at_supplier      403  403  403  200  200  403  403  403   403   200  403  403  404
take          queued           403  403  403  200  200  403  403  403   403   200  403  403  404
take          technicians      403  403  403  200  200  403  200  403   403   200  403  403  404
take          forwarded        403  403  403  200  200  403  403  200   403   200  403  403  404
take          second           403  403  403  200  200  403  403  403   200   200  403  403  404
give          forwarded        403  403  403  200  200  403  403  403   403   200  403  403  404
hold          in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
resume        on_hold          403  403  403  200  200  403  403  200   403   200  403  403  404
diagnose      in_progress      403  403  403  201  201  403  403  201   403   201  403  403  404
resolve       in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
resolve       technicians      403  403  403  200  200  403  200  403   403   200  403  403  404
self_cure     in_progress      200  404  404  200  200  403  403  403   403   403  403  403  404
close         resolved         403  403  403  200  200  403  404  403   403   403  403  403  404
reopen        resolved         200  404  403  200  200  403  403  403   403   200  403  403  404
cancel        new              200  404  404  200  200  403  403  403   403   403  403  403  404
note          forwarded        201  404  404  201  201  201  403  201   403   201  403  403  404
note_internal forwarded        403  404  404  201  201  403  403  201   403   201  403  403  404
ask_approval  queued           403  403  403  201  201  403  403  403   403   201  403  403  404
ask_approval  technicians      403  403  403  201  201  403  201  403   403   201  403  403  404
ask_approval  in_progress      403  403  403  201  201  403  403  201   403   201  403  403  404
approvals     new              200  404  404  200  200  200  200  200   200   200  403  404  404
approvals     hidden           200  404  404  200  200  200  404  404   404   404  403  404  404
approve       awaiting_approval   403  403  403  403  403  200  403  403   403   403  403  403  404
log_work      in_progress      403  403  403  201  201  403  403  201   403   201  403  403  404
worklog       in_progress      403  403  403  200  200  403  200  200   200   200  403  403  404
link          in_progress      403  403  403  201  201  403  403  201   403   201  403  403  404
links         new              200  404  404  200  200  200  200  200   200   200  403  404  404
unlink        linked           403  403  403  204  204  403  403  204   403   204  403  403  404
parent        in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
no_parent     in_progress      403  403  403  409  409  403  403  409   403   409  403  403  404
merge         in_progress      403  403  403  200  200  403  403  403   403   200  403  403  404
follow_up     in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
no_follow_up  in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
workaround    in_progress      403  403  403  200  200  403  403  200   403   200  403  403  404
rate          resolved         200  404  404  403  403  403  404  403   403   403  403  403  404
still_broken  in_progress      200  404  404  403  403  403  403  403   403   403  403  403  404
undo_close    closed           403  403  403  409  403  403  404  403   403   403  403  403  404
files         new              200  404  404  200  200  200  200  200   200   200  403  403  404
files         hidden           200  404  404  200  200  200  404  404   404   404  403  403  404
follow        new              409  201  403  201  201  201  201  403   403   403  403  403  404
follow        hidden           409  404  403  409  409  409  404  403   403   403  403  403  404
unfollow      new              204  404  403  204  204  204  204  403   403   403  403  403  404
rate_sheet    in_progress      403  403  403  403  403  403  403  200   403   200  403  403  404
rate_sheet    technicians      403  403  403  403  403  403  200  403   403   200  403  403  404
suggest       -                200  200  200  200  200  200  200  200   200   200  403  403  404
ask_la        -                403  403  403  201  201  403  403  403   403   403  403  403  404
blank_list    -                403  403  403  200  200  403  403  403   403   403  403  403  404
blank_print   -                403  403  403  201  201  403  403  403   403   403  403  403  404
blank_spoil   -                403  403  403  404  404  403  403  403   403   403  403  403  404
change_room   attic            403  403  403  200  200  200  200  403   403   403  403  403  404
remove_room   attic            403  403  403  204  204  204  204  403   403   403  403  403  404
advice        advice           200  404  200  200  200  200  200  200   200   200  403  404  404
advise        advice           403  403  200  403  403  403  403  403   403   403  403  403  404
advise_take   advice           403  403  200  403  403  403  403  403   403   403  403  403  404
pass_on       advice           200  404  200  200  200  403  403  403   403   403  403  403  404
accept_advice advised          200  404  403  200  200  403  403  403   403   403  403  403  404
accept_advice advice           409  404  403  409  409  403  403  403   403   403  403  403  404
countersign   advised          403  403  403  409  409  409  403  403   403   403  403  403  404
countersign   advised_by_pupil 403  403  403  200  200  200  403  403   403   403  403  403  404
timeline      advice           200  404  404  200  200  200  200  200   200   200  403  404  404
notes         advice           200  404  404  200  200  200  200  200   200   200  403  404  404
turns         advice           200  404  404  200  200  200  200  200   200   200  403  404  404
clocks        advice           200  404  404  200  200  200  200  200   200   200  403  404  404
files         advice           200  404  404  200  200  200  200  200   200   200  403  403  404
advice_list   -                403  403  200  403  403  403  403  403   403   403  403  403  404
advice_record -                403  403  200  403  403  403  403  403   403   403  403  403  404
advice_figures -               403  403  403  200  200  200  403  403   403   403  403  403  404
visit         visit            403  403  403  200  200  200  200  200   200   200  403  403  404
visit_change  visit            403  403  403  200  200  403  200  200   200   200  403  403  404
visit_agree   visit            403  403  403  200  200  403  403  403   403   403  403  403  404
visit_arrive  visit            403  403  403  403  403  403  200  200   200   200  403  403  404
visit_jobs    visit            403  403  403  403  403  403  409  409   409   409  403  403  404
visit_leave   visit            403  403  403  403  403  403  409  409   409   409  403  403  404
visit_sign    visit            403  403  403  409  409  403  403  403   403   403  403  403  404
visit_abort   visit            403  403  403  200  200  403  200  200   200   200  403  403  404
visit_cancel  visit            403  403  403  200  200  403  200  200   200   200  403  403  404
visits        -                403  403  403  200  200  200  200  200   200   200  403  403  404
visit_book    -                403  403  403  422  422  403  422  422   422   422  403  403  404
visit_slots   -                403  403  403  200  200  403  200  200   200   200  403  403  404
visit_figures -                403  403  403  200  200  200  200  200   200   200  403  403  404
day_plan      -                403  403  403  403  403  403  403  200   200   200  403  403  403
log           -                201  201  201  201  201  201  201  201   201   201  403  403  404
log_for       -                422  422  422  201  201  201  201  201   201   201  403  403  404
list          -                200  200  200  200  200  200  200  200   200   200  403  200  404
queue         -                403  403  403  403  403  403  403  200   200   200  403  403  403
counts        -                403  403  403  403  403  403  403  200   200   200  403  403  403
schools       -                200  200  200  200  200  200  200  200   200   200  200  200  200
school        -                200  200  200  200  200  200  200  200   200   200  200  200  404
rooms         -                200  200  200  200  200  200  200  200   200   200  403  200  404
add_room      -                403  403  403  201  201  201  201  403   403   403  403  403  404
reach         -                200  200  200  200  200  200  200  200   200   200  200  200  404
set_reach     -                403  403  403  428  428  403  403  403   403   403  403  403  404
go_away       -                403  403  403  201  201  403  403  403   403   403  403  403  404
come_back     -                403  403  403  404  404  403  403  403   403   403  403  403  404
settings      -                403  403  403  403  200  200  403  403   403   403  403  403  404
set_settings  -                403  403  403  403  428  428  403  403   403   403  403  403  404
checklists    -                403  403  403  200  200  403  200  200   200   200  403  403  404
calendar      -                200  200  200  200  200  200  200  200  200   200  200  200  404
set_calendar  -                403  403  403  200  200  200  403  403  403   403  200  403  404
la_calendar   -                404  404  404  404  404  404  404  404  404   404  200  404  404
la_terms      -                404  404  404  404  404  404  404  404  404   404  200  404  404
la_holiday    -                404  404  404  404  404  404  404  404  404   404  201  404  404
preview       -                200  200  200  200  200  200  200  200   200   200  200  200  404
agreement     agreement        403  403  403  200  200  200  200  200   200   200  200  403  404
propose       agreement        403  403  403  200  200  403  403  403   403   403  403  403  404
unpropose     agreement        403  403  403  200  200  403  403  403   403   403  403  403  404
try_terms     agreement        403  403  403  200  200  403  403  403   403   403  403  403  404
sign          agreement        403  403  403  403  403  200  403  403   403   403  403  403  404
end           agreement        403  403  403  403  403  200  403  403   403   403  403  403  404
agreements    -                403  403  403  200  200  200  200  200   200   200  200  403  404
write         -                403  403  403  201  201  403  403  403   403   403  403  403  404
choices       -                403  403  403  200  200  200  200  200   200   200  200  403  404
choose        -                403  403  403  201  201  403  403  403   403   403  403  403  404
try_choice    -                403  403  403  200  200  403  403  403   403   403  403  403  404
try_calendar  -                403  403  403  200  200  200  403  403   403   403  200  403  404
packs         -                404  404  404  404  404  404  404  200   200   200  200  404  404
pack          pack             404  404  404  404  404  404  404  200   200   200  200  404  404
add_pack      -                404  404  404  404  404  404  404  404   404   201  201  404  404
change_pack   pack             404  404  404  404  404  404  404  404   404   200  200  404  404
add_version   pack             404  404  404  404  404  404  404  404   404   201  201  404  404
try_pack      pack             404  404  404  404  404  404  404  404   404   200  200  404  404
try_holiday   -                404  404  404  404  404  404  404  404   404   404  200  404  404
try_without   -                404  404  404  404  404  404  404  404  404   404  200  404  404
try_terms_la  -                404  404  404  404  404  404  404  404   404   404  200  404  404
to_problem    in_progress      403  403  403  422  422  403  403  422   403   422  403  403  404
off_problem   in_progress      403  403  403  404  404  403  403  404   403   404  403  403  404
articles      -                200  200  200  200  200  200  200  200   200   200  403  403  404
write_article -                403  403  403  201  201  403  201  403   403   403  403  403  404
offer_article -                403  403  403  403  404  404  403  403   403   403  403  403  404
la_articles   -                403  403  403  403  403  403  403  200   200   200  403  403  403
la_article    -                404  404  404  404  404  404  404  404   201   201  404  404  404
offers        -                404  404  404  404  404  404  404  404   200   200  404  404  404
announcements -                200  200  200  200  200  200  200  200   200   200  200  200  404
announce      -                403  403  403  201  201  403  403  403   403   403  403  403  404
end_outage    -                403  403  403  404  404  403  403  403   403   403  403  403  404
la_announced  -                404  404  404  404  404  404  404  200   200   200  200  404  404
announce_all  -                404  404  404  404  404  404  404  404   404   201  201  404  404
problems      -                403  403  403  200  200  200  200  200   200   200  403  403  404
log_problem   -                403  403  403  201  201  403  201  201   201   201  403  403  404
solve_problem -                403  403  403  403  404  403  404  403   404   404  403  403  404
"""
# fmt: on


def _cells() -> list[Any]:
    cells = []
    for line in TABLE.strip().splitlines()[1:]:
        action, state, *statuses = line.split()
        assert len(statuses) == len(PEOPLE), line
        cells += [
            pytest.param(action, state, who, int(status), id=f"{action}-{state}-{ROLES[who]}")
            for who, status in zip(PEOPLE, statuses, strict=True)
        ]
    return cells


@pytest.mark.parametrize(("action", "state", "who", "expected"), _cells())
def test_cell(prepared, action, state, who, expected):
    if action in ELSEWHERE:
        method, path, body = ELSEWHERE[action]
    else:
        method, where, body = ACTIONS[action]
        path = prepared.path[state] + where
    headers = {"If_Match": prepared.etag(state)} if method == "patch" else {}
    answer = send(prepared.app, who, method, path, body, **headers)
    assert answer.status_code == expected, answer.text
    if expected >= 400:
        assert answer.mimetype == "application/problem+json"
        assert not prepared.is_changed()


def test_every_permission_of_the_api_stands_in_the_table(prepared):
    """A new endpoint must get its row."""
    from app.door import permissions_of

    used = {action for line in TABLE.strip().splitlines()[1:] for action in [line.split()[0]]}
    assert used == {*ACTIONS, *ELSEWHERE}
    walked = {(m, w.lstrip("/")) for m, w, _ in ACTIONS.values()}
    for rule in prepared.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/schools/<slug:school>/incidents/<number:number>"):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            where = rule.rule.partition("<number:number>")[2].lstrip("/")
            where = where.replace("<number:other>", "1")
            where = re.sub("<number:[a-z]+>", "1", where)
            if "attachments" in where and (method, where) != ("GET", "attachments"):
                continue  # They need a file; tests/files/test_serving.py has their tables.
            assert (method.lower(), where) in walked, f"{method} {rule.rule} has no row"
            assert permissions_of(prepared.app, rule.endpoint, method)
