"""The mappings that are shipped, on rows such as those logs have (made up here)."""
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "history"
VOLVO = """\
SR Number;Change Date+Time;Status;Sub Status;Involved ST Function Div;Involved Org line 3;\
Involved ST;SR Latest Impact;Product;Country;Owner Country;Owner First Name
1-3;2011-03-31T15:59:42+01:00;Accepted;In Progress;A2_4;Org line A2;V30;Medium;PROD5;se;se;Frida
1-3;2011-03-31T16:00:56+01:00;Accepted;In Progress;A2_4;Org line A2;V30;Medium;PROD5;se;se;Frida
1-3;2011-03-31T16:45:48+01:00;Queued;Awaiting Assignment;A2_5;Org line A2;V5 3rd;Medium;PROD5;se;se;Frida
1-3;2011-04-06T15:44:07+01:00;Accepted;In Progress;A2_5;Org line A2;V5 3rd;Medium;PROD5;se;se;Anne
1-3;2011-04-06T15:44:38+01:00;Queued;Awaiting Assignment;A2_4;Org line A2;V30;Medium;PROD5;se;se;Anne
1-3;2011-04-06T16:12:37+01:00;Accepted;Wait - User;A2_4;Org line A2;V30;Medium;PROD5;se;se;André
1-3;2011-04-06T18:12:37+01:00;Completed;Resolved;A2_4;Org line A2;V30;Medium;PROD5;se;se;André
1-3;2011-04-13T18:12:37+01:00;Completed;Closed;A2_4;Org line A2;V30;Medium;PROD5;se;se;Siebel
1-4;2011-04-01T10:00:00+01:00;Completed;In Call;A2_4;Org line C;G97;Low;PROD7;se;se;Eva
1-5;2011-04-01T10:00:00+01:00;Accepted;Wait;A2_4;Org line C;G97 2nd;High;PROD7;se;se;Eva
"""
SERVICENOW = """\
number,incident_state,active,opened_at,sys_updated_at,impact,urgency,priority,assignment_group,assigned_to,resolved_at,closed_at
INC0000045,New,true,29/2/2016 01:16,29/2/2016 01:23,2 - Medium,2 - Medium,3 - Moderate,Group 56,?,?,?
INC0000045,Resolved,true,29/2/2016 01:16,29/2/2016 08:53,2 - Medium,2 - Medium,3 - Moderate,Group 56,?,?,?
INC0000045,Closed,false,29/2/2016 01:16,5/3/2016 12:00,2 - Medium,2 - Medium,3 - Moderate,?,?,?,?
INC0000047,Active,true,29/2/2016 04:40,29/2/2016 04:57,2 - Medium,2 - Medium,?,Group 70,Resolver 89,?,?
INC0000047,-100,true,29/2/2016 04:40,29/2/2016 05:57,2 - Medium,2 - Medium,?,Group 24,Resolver 89,?,?
INC0000047,Awaiting User Info,true,29/2/2016 04:40,29/2/2016 06:57,2 - Medium,2 - Medium,?,Group 24,?,?,?
"""


def test_volvo_it(bring, ledger):
    mapping = (EXAMPLES / "volvo_it_incidents.toml").read_text()
    told = bring.json(VOLVO.encode("cp1252"), mapping=mapping).told
    found = told["figures"]
    assert told["encoding"] == "cp1252"
    assert found["by_status"] == {"on_hold": 1, "resolved": 1, "closed": 1}
    assert found["by_line"] == {"1": 1, "2": 1, "3": 1}
    assert found["hand_overs"] == {"changes": 2, "incidents": 1}
    assert found["ping_pong"] == {"incidents": 1, "returns": 1}
    assert found["waiting"]["by_cause"]["awaiting_user"]["hours"] == 2.0
    assert [(one["reason"], one["value"]) for one in told["not_mapped"]] == [
        ("hold_reason", "Accepted/Wait")
    ]
    assert ledger.rows("SELECT DISTINCT assignee_name FROM incidents") == [(None,)]


def test_servicenow(bring, ledger):
    mapping = (EXAMPLES / "servicenow_incidents.toml").read_text()
    told = bring.json(SERVICENOW, mapping=mapping).told
    found = told["figures"]
    assert told["not_mapped"] == []
    assert found["by_status"] == {"on_hold": 1, "closed": 1}
    assert found["by_priority"] == {"P3": 2}
    assert found["hand_overs"] == {"changes": 1, "incidents": 1}
    assert found["first_resolution"]["mean_hours"] == 7.5
    reported = "SELECT count(*) FROM incidents WHERE reported_at < logged_at"
    assert ledger.rows(reported) == [(2,)]
