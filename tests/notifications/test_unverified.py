"""A report from a scanned label: the desk hears of it, the address that was typed does not."""

from __future__ import annotations

from tests.conftest import Browser

TYPED = "mrs.brown@st-marys.example"


def test_no_mail_goes_where_a_stranger_says(app, api, cast, sink, deliver):
    made = api(cast.sam).post("/schools/st-marys/labels", {"locations": ["hall"]})
    label = f"/st-marys/label/{made.json['items'][0]['token']}"
    stranger = Browser(app.test_client())
    stranger.get(label)
    said = {"title": "No picture", "happened": "Dark", "name": "Mrs Brown", "email": TYPED}
    assert stranger.post(label, said).status_code == 303
    deliver()
    assert sink.to(cast.sam.email)
    assert sink.to(TYPED) == []
