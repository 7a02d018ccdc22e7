"""The other registers: each by the rules of its own pages, known again, and the second time as it
was."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.imports.conftest import Bringing, counts
from tests.ledger import Ledger

HERE = "/schools/st-marys"


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def twice(bringing: Bringing, ledger: Ledger, register: str, content: bytes) -> Any:
    """What the first run did; the second must find everything as it is."""
    first = bringing.done(register, content)
    own = ("register_imports", "import_mistakes", "import_mappings", "counters", "outbox")
    before = {name: found for name, found in ledger.now().items() if name not in own}
    events = "SELECT count(*) FROM events WHERE subject_kind <> 'import'"
    many = ledger.rows(events)
    second = bringing.done(register, content)
    assert counts(second) == (0, 0, sum(counts(first)[:3]), first["refused"])
    after = {name: found for name, found in ledger.now().items() if name not in own}
    assert ledger.rows(events) == many
    before.pop("events"), after.pop("events")
    assert after == before
    return first


def test_rooms(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    content = csv(
        "Room,Type,Building,Container",
        "Mrs Brown’s class,Classroom,Main building,",
        "Trolley 1,Laptop trolley,Mrs Brown’s class,yes",
        "library,Library,Main building,",
        "mrs brown's class,Classroom,,",
        "Attic,Space ship,,",
        "Main building,Building,Main building,",
    )
    first = twice(bringing, ledger, "locations", content)
    assert counts(first) == (2, 1, 0, 3)
    found = {
        one["name"]: one for one in api(cast.sam).get(f"{HERE}/locations?limit=100").json["items"]
    }
    trolley = found["Trolley 1"]
    assert (trolley["parent"], trolley["container"]) == ("mrs-browns-class", True)
    assert found["Main building"]["kind"] == "building"
    # What it is called is changed on its own page.
    assert found["Library"]["parent"] == "main-building"
    said = bringing.mistakes(first["number"])
    assert [line for line, _, _ in said] == [5, 6, 7]
    assert "line 2" in said[0][2] and "Space ship" in said[1][2] and "inside itself" in said[2][2]


def test_suppliers(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    content = csv(
        "Company,Type,Services,Email,Tel,Website,Rating",
        'Lamps Ltd,Company,"Whiteboards, printers",HELP@lamps.example,01632 960001,lamps.example,4',
        "Nobody Ltd,Company,Sandwiches,,,,",
        "Rings Ltd,Company,,,ring us,,",
    )
    first = twice(bringing, ledger, "suppliers", content)
    assert counts(first) == (1, 0, 0, 2)
    lamps = api(cast.sam).get(f"{HERE}/suppliers/lamps-ltd").json
    assert lamps["specialities"] == ["whiteboard", "printer"]
    assert (lamps["email"], lamps["website"]) == ("help@lamps.example", "https://lamps.example")
    said = bringing.mistakes(first["number"])
    assert [column for _, column, _ in said] == ["Services", "Tel"]


def test_licences(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    api(cast.sam).post(f"{HERE}/suppliers", json={"name": "Soft Ltd"})
    content = csv(
        "Software,Licence type,Qty,Start,Expires,Cost,Supplier,Product key",
        "Photo Studio,per device,30,01/09/2025,31/08/2026,£300,soft ltd,ABCD-1234",
        "Office,Site licence,,01/09/2025,,,,",
        "Reader,users,,01/09/2025,,,,",
        "Music,users,5,01/09/2025,31/08/2024,,,",
        "Maths,users,5,01/09/2025,,,Gone Ltd,",
    )
    first = twice(bringing, ledger, "licences", content)
    assert counts(first) == (2, 0, 0, 3)
    said = bringing.mistakes(first["number"])
    assert [column for _, column, _ in said] == ["Qty", "Expires", "Supplier"]
    photo = api(cast.sam).get(f"{HERE}/licences/1").json
    assert (photo["product"], photo["metric"], photo["quantity"]) == ("Photo Studio", "device", 30)
    assert (photo["end"], photo["cost"], photo["supplier"]) == ("2026-08-31", "300.00", "soft-ltd")
    assert "ABCD" not in str(photo)
    more = csv("Software,Licence type,Qty,Start", "photo studio,device,40,2025-09-01")
    assert counts(bringing.done("licences", more)) == (0, 1, 0, 0)
    assert api(cast.sam).get(f"{HERE}/licences/1").json["quantity"] == 40


def test_contracts(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    api(cast.sam).post(f"{HERE}/suppliers", json={"name": "Wires Ltd"})
    content = csv(
        "Contract,Supplier,Type,Start date,End date,Auto renew,Notice,Annual cost",
        'Broadband,Wires Ltd,Subscription,01/04/2024,31/03/2027,No,3 months,"£8,850.00"',
        "Copier,Wires Ltd,Lease,01/04/2024,15/03/2027,No,90 days,1200",
        "Wi-Fi,Wires Ltd,Support,01/04/2024,,No,soon,1200",
    )
    first = twice(bringing, ledger, "contracts", content)
    assert counts(first) == (1, 0, 0, 2)
    one = api(cast.sam).get(f"{HERE}/contracts/1?on=2026-06-01").json
    assert (one["initial_months"], one["notice_months"], one["state"]) == (36, 3, "draft")
    assert (one["current_term_end"], one["annual_charge"]) == ("2027-03-31", "8850.00")
    assert one["supplier"] == "wires-ltd"
    said = bringing.mistakes(first["number"])
    assert [(line, column) for line, column, _ in said] == [(3, "End date"), (4, "Notice")]


def test_people_are_asked_in(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    content = csv(
        "Name,Email,Role,Job title",
        "Bea Brown,bea.brown@st-marys.example,Teacher,Year 4 teacher",
        "Rita Reporter,rita@st-marys.example,,",
        "Cal Clark,cal.clark,,",
        "Don Dean,don@st-marys.example,ICT owner,",
    )
    first = twice(bringing, ledger, "people", content)
    assert counts(first) == (1, 0, 1, 2)
    asked = ledger.rows("SELECT email, role, job_role FROM invitations")
    assert asked == [("bea.brown@st-marys.example", "reporter", "Year 4 teacher")]
    said = bringing.mistakes(first["number"])
    assert "no e-mail address" in said[0][2] and "does not allow" in said[1][2]


def test_a_dry_run_leaves_nothing(bringing: Bringing, api: Any, cast: Cast, ledger: Ledger) -> None:
    own = ("register_imports", "import_mistakes", "import_mappings", "counters", "outbox", "events")
    before = {name: one for name, one in ledger.now().items() if name not in own}
    for register, content in (
        ("locations", csv("Room,Building", "Attic,Roof")),
        ("suppliers", csv("Company", "Lamps Ltd")),
        ("licences", csv("Software,Type,Qty,Start", "A,device,1,2025-09-01")),
        ("contracts", csv("Contract,Type,Start,Months", "A,Lease,2025-09-01,12")),
        ("people", csv("Name,Email", "Bea Brown,bea@st-marys.example")),
        ("assets", csv("Tag,Type", "1,Laptop")),
    ):
        found = bringing.checked(register, content)
        assert (found["state"], counts(found)) == ("checked", (1, 0, 0, 0)), register
    after = {name: one for name, one in ledger.now().items() if name not in own}
    assert after == before
    assert not ledger.rows("SELECT 1 FROM events WHERE subject_kind <> 'import'")
