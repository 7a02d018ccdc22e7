"""The role matrix of domain.md 2.6 through the API: every action, every role, one test a row.

2xx it works; 403 the role may not do it (here, or not with this one); 404 it is not to be seen;
409 and 422 the role may, but not now and not so.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.contracts.school_calendar import USUAL_CALENDAR
from tests.api.conftest import Prepared
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
    TO_DO,
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
    "merge_room":    ("post",   "/merge",       {"into": "hall"}),
    "room_history":  ("get",    "/timeline",    None),
    "asset":         ("get",    "",             None),
    "change_asset":  ("patch",  "",             {"notes": "By the window"}),
    "remove_asset":  ("delete", "",             None),
    "repair_asset":  ("put",    "/status",      {"status": "in_repair"}),
    "retire_asset":  ("put",    "/status",      {"status": "retired", "reason": "Old"}),
    "lend_asset":    ("post",   "/loan",        {"borrower": "Class 3A"}),
    "take_back":     ("delete", "/loan",        None),
    "confirm_asset": ("put",    "/confirmation", {"decision": "confirmed"}),
    "unask_asset":   ("delete", "/confirmation", None),
    "asset_timeline": ("get",   "/timeline",    None),
    "asset_files":   ("get",    "/files",       None),
    "asset_field":   ("get",    "",             None),
    "change_field":  ("patch",  "",             {"label": "Colour"}),
    "supplier":      ("get",    "",             None),
    "change_supplier": ("patch", "",            {"rating": 4}),
    "remove_supplier": ("delete", "",           None),
    "supplier_group": ("post",  "/group",       None),
    "supplier_history": ("get", "/timeline",    None),
    "service":       ("get",    "",             None),
    "change_service": ("patch", "",             {"owner": "Dora"}),
    "remove_service": ("delete", "",            None),
    "service_history": ("get",  "/timeline",    None),
    "critical_date": ("get",    "",             None),
    "move_date":     ("patch",  "",             {"last_day": "2099-05-15"}),
    "date_history":  ("get",    "/timeline",    None),
    "document":      ("get",    "",             None),
    "change_document": ("patch", "",            {"title": "No internet"}),
    "versions":      ("get",    "/versions",    None),
    "next_version":  ("post",   "/versions",    {"text": "Ring the LA"}),
    "one_version":   ("get",    "/versions/1",  None),
    "authorise":     ("put",    "/versions/1",  {"decision": "authorised"}),
    "document_history": ("get", "/timeline",    None),
    "report":        ("get",    "",             None),
    "change_report": ("patch",  "",             {"sections": {"counts": "Less than before"}}),
    "remove_report": ("delete", "",             None),
    "recount_report": ("put",   "/figures",     None),
    "issue_report":  ("put",    "/issue",       None),
    "report_history": ("get",   "/timeline",    None),
    "a_change":      ("get",    "",             None),
    "write_change":  ("patch",  "",             {"benefits": "Room"}),
    "submit_change": ("put",    "/state",       {"state": "submitted"}),
    "approve_change": ("put",   "/state",       {"state": "approved_to_proceed"}),
    "cancel_change": ("put",    "/state",       {"state": "cancelled", "note": "No money"}),
    "change_history": ("get",   "/timeline",    None),
    "implementation": ("get",   "",             None),
    "write_plan_up": ("patch", "",       {"summary": "It goes on"}),
    "milestone":     ("put",    "/milestones/1", {"name": "Up"}),
    "no_milestone":  ("delete", "/milestones/1", None),
    "implementing_past": ("get", "/timeline", None),
    "licence":       ("get",    "",             None),
    "change_licence": ("patch", "",             {"notes": "In the safe"}),
    "remove_licence": ("delete", "",            None),
    "licence_timeline": ("get", "/timeline",    None),
    "reveal_key":    ("post",   "/key_reveal",  None),
    "licence_files": ("get",    "/files",       None),
    "allocations":   ("get",    "/allocations", None),
    "allocate":      ("post",   "/allocations", {"count": 2}),
    "allocation":    ("get",    "/allocations/1", None),
    "end_allocation": ("put",   "/allocations/1/ending", None),
    "remove_allocation": ("delete", "/allocations/1", None),
    "payment":       ("get",    "",             None),
    "change_payment": ("patch", "",             {"notes": "By card"}),
    "remove_payment": ("delete", "",            None),
    "approve_payment": ("put",  "/status",      {"status": "approved"}),
    "order_payment": ("put",    "/status",      {"status": "ordered"}),
    "cancel_payment": ("put",   "/status",      {"status": "cancelled", "reason": "Too dear"}),
    "payment_timeline": ("get", "/timeline",    None),
    "contract":      ("get",    "",             None),
    "change_contract": ("patch", "",            {"notes": "In the blue folder"}),
    "remove_contract": ("delete", "",           None),
    "sign_contract": ("put",    "/signature",   None),
    "terminate":     ("put",    "/termination", {"on": "2026-12-31", "reason": "Dear"}),
    "close_contract": ("put",   "/ending",      None),
    "renew_contract": ("post",  "/renewal",     {"months": 12}),
    "contract_versions": ("get", "/versions",   None),
    "contract_timeline": ("get", "/timeline",   None),
    "contract_files": ("get",   "/files",       None),
    "balance":       ("get",    "/balance",     None),
    "uses":          ("get",    "/uses",        None),
    "draw":          ("post",   "/uses",        {"on": "2026-01-06", "hours": 1.5}),
    "use":           ("get",    "/uses/1",      None),
    "undraw":        ("delete", "/uses/1",      None),
    "offer":         ("get",    "",             None),
    "change_offer":  ("patch",  "",             {"open": False}),
    "offer_schools": ("get",    "/schools",     None),
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
    "diary_entry":   ("get",    "",             None),
    "diary_change":  ("patch",  "",             {"notes": "Ask early"}),
    "diary_single":  ("post",   "/single_days", {"day": "2099-01-05", "on": "2099-01-06"}),
    "diary_history": ("get",    "/timeline",    None),
    "diary_remove":  ("delete", "",             None),
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
    "usual_rooms":   ("post", f"{SCHOOL}/locations/presets", {"names": ["Library"]}),
    "services":      ("get",  f"{SCHOOL}/services", None),
    "add_service":   ("post", f"{SCHOOL}/services",
                      {"name": "E-mail", "purpose": "Letters", "used_by": "Staff"}),
    "usual_services": ("post", f"{SCHOOL}/services/presets", {"names": ["Backups"]}),
    "critical_dates": ("get", f"{SCHOOL}/critical_dates", None),
    "add_date":      ("post", f"{SCHOOL}/critical_dates",
                      {"kind": "census", "title": "Census", "first_day": "2099-01-15",
                       "last_day": "2099-01-15"}),
    "documents":     ("get",  f"{SCHOOL}/documents", None),
    "write_document": ("post", f"{SCHOOL}/documents", {"title": "A", "text": "B"}),
    "reports":       ("get",  f"{SCHOOL}/reports", None),
    "draft_report":  ("post", f"{SCHOOL}/reports", {"kind": "problem", "period": "month"}),
    "report_schedules": ("get", f"{SCHOOL}/reports/schedules", None),
    "schedule_report": ("post", f"{SCHOOL}/reports/schedules",
                        {"kind": "incident", "rhythm": "month", "roles": ["spoc"]}),
    "report_schedule": ("get", f"{SCHOOL}/reports/schedules/1", None),
    "stop_reports":  ("delete", f"{SCHOOL}/reports/schedules/1", None),
    "changes":       ("get",  f"{SCHOOL}/changes", None),
    "ask_change":    ("post", f"{SCHOOL}/changes", {"title": "A", "description": "B"}),
    "implementations": ("get", f"{SCHOOL}/implementations", None),
    "set_up":        ("post", f"{SCHOOL}/implementations", {"title": "A", "owner": "Sam"}),
    "progress":      ("get",  f"{SCHOOL}/progress", None),
    "licences":      ("get",  f"{SCHOOL}/licences", None),
    "add_licence":   ("post", f"{SCHOOL}/licences",
                      {"product": "Paint", "metric": "site", "start": "2026-01-01"}),
    "compliance":    ("get",  f"{SCHOOL}/licences/compliance", None),
    "true_up":       ("get",  f"{SCHOOL}/licences/true_up", None),
    "payments":      ("get",  f"{SCHOOL}/payments", None),
    "plan_payment":  ("post", f"{SCHOOL}/payments",
                      {"description": "Cables", "amount": "20.00", "due_on": "2099-01-05"}),
    "payment_year":  ("get",  f"{SCHOOL}/payments/year", None),
    "schedule":      ("get",  f"{SCHOOL}/payments/schedules/1", None),
    "approve_schedule": ("put", f"{SCHOOL}/payments/schedules/1/approval", None),
    "stop_schedule": ("put",  f"{SCHOOL}/payments/schedules/1/stop", {"reason": "We left them"}),
    "contracts":     ("get",  f"{SCHOOL}/contracts", None),
    "add_contract":  ("post", f"{SCHOOL}/contracts",
                      {"name": "UPS", "kind": "warranty", "start": "2026-01-01",
                       "initial_months": 12}),
    "offers_here":   ("get",  f"{SCHOOL}/contract_offers", None),
    "la_offers":     ("get",  "/contract_offers", None),
    "add_offer":     ("post", "/contract_offers",
                      {"name": "Wi-Fi", "kind": "sla", "summary": "All of it",
                       "start": "2026-04-01", "initial_months": 12, "charges": {"": "10.00"}}),
    "overview":      ("get",  f"{SCHOOL}/overview", None),
    "la_overview":   ("get",  "/overview", None),
    "performance":   ("get",  "/performance", None),
    "behind":        ("get",  "/performance/incidents?figure=reopen_rate", None),
    "own_figures":   ("get",  f"{SCHOOL}/performance", None),
    "own_behind":    ("get",  f"{SCHOOL}/performance/incidents?figure=reopen_rate", None),
    "reliability":   ("get",  "/performance/reliability", None),
    "availability":  ("get",  "/performance/availability", None),
    "aborted_visits": ("get", "/performance/visits", None),
    "own_reliability": ("get", f"{SCHOOL}/performance/reliability", None),
    "own_availability": ("get", f"{SCHOOL}/performance/availability", None),
    "own_aborted":   ("get",  f"{SCHOOL}/performance/visits", None),
    "model_note":    ("put",  "/performance/reliability/note",
                      {"type": "laptop", "make": "Acer", "verdict": "avoid"}),
    "data_quality":  ("get",  f"{SCHOOL}/data_quality", None),
    "first_steps":   ("get",  f"{SCHOOL}/first_steps", None),
    "search":        ("get",  f"{SCHOOL}/search?q=hall", None),
    "assets":        ("get",  f"{SCHOOL}/assets", None),
    "add_asset":     ("post", f"{SCHOOL}/assets", {"tag": "UPS 1", "type": "ups"}),
    "loans":         ("get",  f"{SCHOOL}/loans", None),
    "asset_fields":  ("get",  f"{SCHOOL}/asset_fields", None),
    "add_field":     ("post", f"{SCHOOL}/asset_fields", {"type": "ups", "label": "Battery"}),
    "suppliers":     ("get",  f"{SCHOOL}/suppliers", None),
    "add_supplier":  ("post", f"{SCHOOL}/suppliers", {"name": "Cables Ltd"}),
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
    "diary":         ("get",  f"{SCHOOL}/diary", None),
    "diary_add":     ("post", f"{SCHOOL}/diary", TO_DO),
    "diary_mark":    ("put",  f"{SCHOOL}/diary/marks",
                      {"source": "entry", "key": "1", "on": "2099-01-05", "status": "done"}),
    "diary_pack":    ("get",  f"{SCHOOL}/diary/presets", None),
    "diary_take":    ("post", f"{SCHOOL}/diary/presets", {"presets": ["pat"], "on": "2099-01-05"}),
    "diary_feeds":   ("get",  f"{SCHOOL}/diary/feeds", None),
    "diary_feed":    ("post", f"{SCHOOL}/diary/feeds", {"label": "My phone"}),
    "diary_unfeed":  ("delete", f"{SCHOOL}/diary/feeds/0123456789abcdef", None),
    "log_problem":   ("post", f"{SCHOOL}/problems", {"title": "Wi-Fi", "description": "Drops"}),
    "solve_problem": ("put",  f"{SCHOOL}/problems/999/state",
                      {"state": "resolved", "solution": "A new switch"}),
    "imports":       ("get",  f"{SCHOOL}/imports", None),
    "bring_import":  ("post", f"{SCHOOL}/imports", {}),
    "import":        ("get",  f"{SCHOOL}/imports/1", None),
    "map_import":    ("put",  f"{SCHOOL}/imports/1/mapping", {}),
    "check_import":  ("post", f"{SCHOOL}/imports/1/check", None),
    "run_import":    ("post", f"{SCHOOL}/imports/1/run", {"mode": "good_rows"}),
    "stop_import":   ("put",  f"{SCHOOL}/imports/1/cancellation", None),
    "mistakes":      ("get",  f"{SCHOOL}/imports/1/mistakes", None),
    "labels":        ("get",  f"{SCHOOL}/labels", None),
    "make_labels":   ("post", f"{SCHOOL}/labels", {"locations": ["hall"]}),
    "new_label":     ("post", f"{SCHOOL}/labels/location/library", None),
    "end_label":     ("delete", f"{SCHOOL}/labels/location/library", None),
    "stock_takes":   ("get",  f"{SCHOOL}/stock_takes", None),
    "take_stock":    ("post", f"{SCHOOL}/stock_takes", {"location": "hall"}),
    "stock_take":    ("get",  f"{SCHOOL}/stock_takes/1", None),
    "stock_seen":    ("post", f"{SCHOOL}/stock_takes/1/seen", {"tag": "LAP-1"}),
    "stock_unseen":  ("delete", f"{SCHOOL}/stock_takes/1/seen/NOBODYS", None),
    "stock_confirm": ("put",  f"{SCHOOL}/stock_takes/1/confirmation", None),
    "stock_cancel":  ("put",  f"{SCHOOL}/stock_takes/1/cancellation", None),
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
merge_room    attic            403  403  403  200  200  200  200  403   403   403  403  403  404
room_history  attic            403  403  403  200  200  200  200  403   403   403  403  403  404
assets        -                403  403  403  200  200  200  200  200   200   200  403  403  404
add_asset     -                403  403  403  201  201  201  201  403   403   403  403  403  404
asset         asset            403  403  403  200  200  200  200  200   200   200  403  403  404
change_asset  asset            403  403  403  200  200  200  200  403   403   403  403  403  404
remove_asset  asset            403  403  403  204  204  204  204  403   403   403  403  403  404
remove_asset  asset_lent       403  403  403  409  409  409  409  403   403   403  403  403  404
repair_asset  asset            403  403  403  200  200  200  200  403   403   403  403  403  404
repair_asset  asset_lent       403  403  403  409  409  409  409  403   403   403  403  403  404
retire_asset  asset            403  403  403  200  200  200  200  403   403   403  403  403  404
retire_asset  asset_asked      403  403  403  409  409  200  409  403   403   403  403  403  404
lend_asset    asset            403  403  403  201  201  201  201  403   403   403  403  403  404
take_back     asset_lent       403  403  403  200  200  200  200  403   403   403  403  403  404
confirm_asset asset            403  403  403  403  403  409  403  403   403   403  403  403  404
confirm_asset asset_asked      403  403  403  403  403  200  403  403   403   403  403  403  404
unask_asset   asset_asked      403  403  403  200  200  200  200  403   403   403  403  403  404
unask_asset   asset            403  403  403  409  409  409  409  403   403   403  403  403  404
asset_timeline asset            403  403  403  200  200  200  200  200   200   200  403  403  404
asset_files   asset            403  403  403  200  200  200  200  200   200   200  403  403  404
loans         -                403  403  403  200  200  200  200  200   200   200  403  403  404
asset_fields  -                403  403  403  200  200  200  200  200   200   200  403  403  404
add_field     -                403  403  403  201  201  201  201  403   403   403  403  403  404
asset_field   asset_field      403  403  403  200  200  200  200  200   200   200  403  403  404
change_field  asset_field      403  403  403  200  200  200  200  403   403   403  403  403  404
supplier      supplier         403  403  403  200  200  200  200  200   200   200  403  403  404
change_supplier supplier       403  403  403  200  200  200  403  403   403   403  403  403  404
remove_supplier supplier       403  403  403  204  204  204  403  403   403   403  403  403  404
supplier_group supplier        403  403  403  200  200  403  403  403   403   403  403  403  404
supplier_history supplier      403  403  403  200  200  200  200  200   200   200  403  403  404
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
usual_rooms   -                403  403  403  200  200  200  200  403   403   403  403  403  404
la_overview   -                404  404  404  404  404  404  404  404  404   200  404  404  404
overview      -                403  403  403  200  200  200  403  403   403   200  403  403  404
performance   -                403  403  403  200  200  200  403  403   403   200  403  200  200
behind        -                403  403  403  200  200  200  403  403   403   200  403  200  200
own_figures   -                403  403  403  200  200  200  403  403   403   200  403  200  404
own_behind    -                403  403  403  200  200  200  403  403   403   200  403  200  404
reliability   -                403  403  403  200  200  200  403  403   403   200  403  403  200
availability  -                403  403  403  200  200  200  403  403   403   200  403  403  200
aborted_visits -               403  403  403  200  200  200  403  403   403   200  403  403  200
own_reliability -              403  403  403  200  200  200  403  403   403   200  403  403  404
own_availability -             403  403  403  200  200  200  403  403   403   200  403  403  404
own_aborted   -                403  403  403  200  200  200  403  403   403   200  403  403  404
model_note    -                403  403  403  403  403  403  403  403   403   200  403  403  403
data_quality  -                403  403  403  200  200  200  403  403   403   200  403  403  404
first_steps   -                403  403  403  200  200  200  403  403   403   200  403  403  404
search        -                200  200  200  200  200  200  200  200   200   200  200  200  404
suppliers     -                403  403  403  200  200  200  200  200   200   200  403  403  404
add_supplier  -                403  403  403  201  201  201  403  403   403   403  403  403  404
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
service       services         200  200  200  200  200  200  200  200   200   200  403  403  404
change_service services         403  403  403  200  200  200  403  403   403   403  403  403  404
remove_service services         403  403  403  204  204  204  403  403   403   403  403  403  404
service_history services         403  403  403  200  200  200  403  403   403   403  403  403  404
services      -                200  200  200  200  200  200  200  200   200   200  403  403  404
add_service   -                403  403  403  201  201  201  403  403   403   403  403  403  404
usual_services -                403  403  403  200  200  200  403  403   403   403  403  403  404
critical_date critical_dates   403  403  403  200  200  200  403  200   200   200  403  403  404
move_date     critical_dates   403  403  403  200  200  200  403  403   403   403  403  403  404
date_history  critical_dates   403  403  403  200  200  200  403  200   200   200  403  403  404
critical_dates -                403  403  403  200  200  200  403  200   200   200  403  403  404
add_date      -                403  403  403  201  201  201  403  403   403   403  403  403  404
document      documents        403  403  403  200  200  200  200  403   403   200  403  403  404
change_document documents        403  403  403  200  200  200  200  403   403   403  403  403  404
versions      documents        403  403  403  200  200  200  200  403   403   200  403  403  404
next_version  documents        403  403  403  201  201  201  201  403   403   403  403  403  404
one_version   documents        403  403  403  200  200  200  200  403   403   200  403  403  404
authorise     documents        403  403  403  403  200  200  403  403   403   403  403  403  404
document_history documents        403  403  403  200  200  200  200  403   403   200  403  403  404
report        report           403  403  403  200  200  200  403  403   403   200  403  403  404
change_report report           403  403  403  200  200  403  403  403   403   403  403  403  404
remove_report report           403  403  403  204  204  403  403  403   403   403  403  403  404
recount_report report          403  403  403  200  200  403  403  403   403   403  403  403  404
issue_report  report           403  403  403  403  200  200  403  403   403   403  403  403  404
report_history report          403  403  403  200  200  200  403  403   403   200  403  403  404
reports       -                403  403  403  200  200  200  403  403   403   200  403  403  404
draft_report  -                403  403  403  201  201  403  403  403   403   403  403  403  404
report_schedules -             403  403  403  200  200  200  403  403   403   200  403  403  404
schedule_report -              403  403  403  201  201  403  403  403   403   403  403  403  404
report_schedule -              403  403  403  200  200  200  403  403   403   200  403  403  404
stop_reports  -                403  403  403  204  204  403  403  403   403   403  403  403  404
documents     -                403  403  403  200  200  200  200  403   403   200  403  403  404
write_document -                403  403  403  201  201  201  201  403   403   403  403  403  404
a_change      changes          403  403  403  200  200  200  200  200   200   200  403  403  404
write_change  changes          403  403  403  200  200  403  200  200   200   200  403  403  404
submit_change changes          403  403  403  422  422  403  422  422   422   422  403  403  404
approve_change changes          403  403  403  403  403  409  403  403   403   403  403  403  404
cancel_change changes          403  403  403  200  200  403  200  200   200   200  403  403  404
change_history changes          403  403  403  200  200  200  200  200   200   200  403  403  404
changes       -                403  403  403  200  200  200  200  200   200   200  403  403  404
ask_change    -                403  403  403  201  201  403  201  201   201   201  403  403  404
implementation implementations  403  403  403  200  200  200  403  403   403   200  403  403  404
write_plan_up implementations  403  403  403  200  200  200  200  403   403   403  403  403  404
milestone     implementations  403  403  403  200  200  200  200  403   403   403  403  403  404
no_milestone  implementations  403  403  403  204  204  204  204  403   403   403  403  403  404
implementing_past implementations  403  403  403  200  200  200  403  403   403   200  403  403  404
implementations -                403  403  403  200  200  200  403  403   403   200  403  403  404
set_up        -                403  403  403  201  201  201  201  403   403   403  403  403  404
progress      -                403  403  403  200  200  200  403  403   403   200  403  403  404
diary         -                403  403  403  200  200  200  200  403  403   403  403  403  404
diary_add     -                403  403  403  201  201  201  201  403  403   403  403  403  404
diary_mark    -                403  403  403  200  200  200  200  403  403   403  403  403  404
diary_pack    -                403  403  403  200  200  200  200  403  403   403  403  403  404
diary_take    -                403  403  403  200  200  200  200  403  403   403  403  403  404
diary_feeds   -                403  403  403  200  200  200  200  403  403   403  403  403  404
diary_feed    -                403  403  403  201  201  201  201  403  403   403  403  403  404
diary_unfeed  -                403  403  403  404  404  404  404  403  403   403  403  403  404
diary_entry   diary_entry      403  403  403  200  200  200  200  403  403   403  403  403  404
diary_change  diary_entry      403  403  403  200  200  200  200  403  403   403  403  403  404
diary_single  diary_entry      403  403  403  409  409  409  409  403  403   403  403  403  404
diary_history diary_entry      403  403  403  200  200  200  200  403  403   403  403  403  404
diary_remove  diary_entry      403  403  403  204  204  204  204  403  403   403  403  403  404
imports       -                403  403  403  200  200  200  403  403  403   403  403  403  404
bring_import  -                403  403  403  415  415  415  403  403  403   403  403  403  404
import        -                403  403  403  200  200  200  403  403  403   403  403  403  404
map_import    -                403  403  403  200  200  200  403  403  403   403  403  403  404
check_import  -                403  403  403  202  202  202  403  403  403   403  403  403  404
run_import    -                403  403  403  409  409  409  403  403  403   403  403  403  404
stop_import   -                403  403  403  200  200  200  403  403  403   403  403  403  404
mistakes      -                403  403  403  200  200  200  403  403  403   403  403  403  404
labels        -                403  403  403  200  200  200  200  403  403   403  403  403  404
make_labels   -                403  403  403  201  201  201  201  403  403   403  403  403  404
new_label     -                403  403  403  201  201  201  201  403  403   403  403  403  404
end_label     -                403  403  403  204  204  204  204  403  403   403  403  403  404
stock_takes   -                403  403  403  200  200  200  200  200  200   200  403  403  404
take_stock    -                403  403  403  201  201  201  201  403  403   403  403  403  404
stock_take    -                403  403  403  200  200  200  200  200  200   200  403  403  404
stock_seen    -                403  403  403  200  200  200  200  403  403   403  403  403  404
stock_unseen  -                403  403  403  404  404  404  404  403  403   403  403  403  404
stock_confirm -                403  403  403  200  200  200  200  403  403   403  403  403  404
stock_cancel  -                403  403  403  200  200  200  200  403  403   403  403  403  404
licences      -                403  403  403  200  200  200  200  200   200   200  403  403  404
add_licence   -                403  403  403  201  201  201  403  403   403   403  403  403  404
licence       licence          403  403  403  200  200  200  200  200   200   200  403  403  404
change_licence licence          403  403  403  200  200  200  403  403   403   403  403  403  404
remove_licence licence          403  403  403  409  409  409  403  403   403   403  403  403  404
licence_timeline licence          403  403  403  200  200  200  200  200   200   200  403  403  404
reveal_key    licence          403  403  403  200  200  200  403  403   403   403  403  403  404
licence_files licence          403  403  403  200  200  200  200  200   200   200  403  403  404
allocations   licence          403  403  403  200  200  200  200  200   200   200  403  403  404
allocate      licence          403  403  403  201  201  201  403  403   403   403  403  403  404
allocation    licence          403  403  403  200  200  200  200  200   200   200  403  403  404
end_allocation licence          403  403  403  200  200  200  403  403   403   403  403  403  404
remove_allocation licence          403  403  403  204  204  204  403  403   403   403  403  403  404
compliance    -                403  403  403  200  200  200  200  200   200   200  403  403  404
true_up       -                403  403  403  200  200  200  200  200   200   200  403  403  404
payments      -                403  403  403  200  200  200  403  403   403   403  403  403  404
plan_payment  -                403  403  403  201  201  403  403  403   403   403  403  403  404
payment       payment          403  403  403  200  200  200  403  403   403   403  403  403  404
change_payment payment          403  403  403  200  200  403  403  403   403   403  403  403  404
remove_payment payment          403  403  403  204  204  403  403  403   403   403  403  403  404
approve_payment payment          403  403  403  403  403  200  403  403   403   403  403  403  404
order_payment payment          403  403  403  409  409  403  403  403   403   403  403  403  404
cancel_payment payment          403  403  403  200  200  200  403  403   403   403  403  403  404
payment_timeline payment          403  403  403  200  200  200  403  403   403   403  403  403  404
payment_year  -                403  403  403  200  200  200  403  403   403   403  403  403  404
schedule      -                403  403  403  200  200  200  403  403   403   403  403  403  404
approve_schedule -                403  403  403  403  403  200  403  403   403   403  403  403  404
stop_schedule -                403  403  403  200  200  403  403  403   403   403  403  403  404
contract      contract_1       403  403  403  200  200  200  403  403   403   200  403  404  404
change_contract contract_1     403  403  403  200  200  403  403  403   403   403  403  403  404
remove_contract contract_1     403  403  403  204  204  403  403  403   403   403  403  403  404
sign_contract contract_1       403  403  403  403  403  200  403  403   403   403  403  403  404
terminate     contract_1       403  403  403  409  409  409  403  403   403   403  403  403  404
remove_contract contract_2     403  403  403  409  409  403  403  403   403   403  403  403  404
sign_contract contract_2       403  403  403  403  403  409  403  403   403   403  403  403  404
terminate     contract_2       403  403  403  200  200  200  403  403   403   403  403  403  404
close_contract contract_2      403  403  403  409  409  409  403  403   403   403  403  403  404
renew_contract contract_2      403  403  403  201  201  403  403  403   403   403  403  403  404
contract_versions contract_2   403  403  403  200  200  200  403  403   403   200  403  404  404
contract_timeline contract_2   403  403  403  200  200  200  403  403   403   200  403  404  404
contract_files contract_2      403  403  403  200  200  200  403  403   403   200  403  404  404
balance       contract_2       403  403  403  200  200  200  403  403   403   200  403  404  404
uses          contract_2       403  403  403  200  200  200  403  403   403   200  403  404  404
draw          contract_2       403  403  403  201  201  403  403  403   403   403  403  403  404
use           contract_2       403  403  403  200  200  200  403  403   403   200  403  404  404
undraw        contract_2       403  403  403  204  204  403  403  403   403   403  403  403  404
contracts     -                403  403  403  200  200  200  403  403   403   200  403  200  404
add_contract  -                403  403  403  201  201  403  403  403   403   403  403  403  404
offers_here   -                403  403  403  200  200  403  403  403   403   403  403  403  404
la_offers     -                404  404  404  404  404  404  404  404   404   200  200  404  404
add_offer     -                404  404  404  404  404  404  404  404   404   201  201  404  404
offer         offer            404  404  404  404  404  404  404  404   404   200  200  404  404
change_offer  offer            404  404  404  404  404  404  404  404   404   200  200  404  404
offer_schools offer            404  404  404  404  404  404  404  404   404   200  200  404  404
"""
# fmt: on


def _rows() -> list[Any]:
    rows = []
    for line in TABLE.strip().splitlines()[1:]:
        action, state, *statuses = line.split()
        assert len(statuses) == len(PEOPLE), line
        expected = dict(zip(PEOPLE, map(int, statuses), strict=True))
        rows.append(pytest.param(action, state, expected, id=f"{action}-{state}"))
    return rows


def _ask(prepared: Prepared, action: str, state: str, who: str) -> Any:
    if action in ELSEWHERE:
        method, path, body = ELSEWHERE[action]
    else:
        method, where, body = ACTIONS[action]
        path = prepared.path[state] + where
    headers = {"If_Match": prepared.etag(state)} if method == "patch" else {}
    return send(prepared.app, who, method, path, body, **headers)


def _wrong(who: str, answer: Any, expected: int) -> list[str]:
    if answer.status_code != expected:
        return [f"{ROLES[who]}: {answer.status_code} and not {expected}: {answer.text}"]
    if expected >= 400 and answer.mimetype != "application/problem+json":
        return [f"{ROLES[who]}: refused as {answer.mimetype}"]
    return []


@pytest.mark.parametrize(("action", "state", "expected"), _rows())
def test_row(prepared, action, state, expected):
    """Those who are refused first, and then nothing has changed; each of the others finds it as
    it was. All that is wrong is told."""
    refused = [who for who in PEOPLE if expected[who] >= 400]
    wrong = []
    for who in refused:
        wrong += _wrong(who, _ask(prepared, action, state, who), expected[who])
    if prepared.is_changed():
        wrong += _who_changed_something(prepared, action, state, refused)
    is_reading = (ELSEWHERE.get(action) or ACTIONS[action])[0] == "get"
    for who in PEOPLE:
        if who in refused:
            continue
        wrong += _wrong(who, _ask(prepared, action, state, who), expected[who])
        if not is_reading:
            prepared.put_back()
    assert wrong == []


def _who_changed_something(
    prepared: Prepared, action: str, state: str, people: list[str]
) -> list[str]:
    """Asked again one by one."""
    found = []
    for who in people:
        prepared.put_back()
        _ask(prepared, action, state, who)
        if prepared.is_changed():
            found.append(f"{ROLES[who]}: refused, and yet something has changed")
    prepared.put_back()
    return found or ["together the refused have changed something"]


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
