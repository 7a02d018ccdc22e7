"""What holds for every address that changes something, as the app itself lists them.

A stale version changes nothing, and the same POST twice is done once. A new route is walked
without anyone touching this file.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.permissions import Role, may
from tests.api.conftest import Prepared
from tests.api.desk import WAYS, program
from tests.cast import CAST, Player
from tests.wall.routes import TYPED, Route, body_for, every_route, takes_files

KEY = "walked-twice"
PLAYERS = (
    *(CAST.sam, CAST.rita, CAST.ike, CAST.dora, CAST.pip),
    *(CAST.mo, CAST.tariq, CAST.sasha, CAST.ada),
)
STATES = (*WAYS, "hidden", "advice", "advised")
# What a key names, by where it stands.
KEYS = {
    "asset": "asset",
    "assets": "asset",
    "feeds": "feed",
    "asset_fields": "asset_field",
    "agreements": "agreement",
    "service_levels": "pack",
    "suppliers": "supplier",
    "services": "services",
    "contract_offers": "offer",
}
# What one word for every form cannot say.
OWN_WORDS: dict[str, dict[str, str]] = {
    "resolution": {"type": "permanent_fix"},
    "hold": {"reason": "awaiting_user"},
}
# What only adds to a thing can overwrite nothing; nor does a scan, or taking one's own back.
ADDS = {
    "seen",
    "unseen",
    "uses",
    "files",
    "notes",
    "checks",
    "followers",
    "consultations",
    "supplier-links",
    "work",
}
# What one person alone says of themselves: nobody else can have changed it.
ONES_OWN = {
    "/<slug:school>/incidents/<number:number>/followers/removal",
    "/<slug:school>/incidents/<number:number>/satisfaction",
    # Nothing of an absence is ever changed: it is written down and taken back.
    "/<slug:school>/reachability/absences/<number:number>/removal",
}
# Answers that are no thing that anybody could change.
COUNTED = {
    "/api/v1/queue/counts",
    "/api/v1/schools/<slug:school>/visits/figures",
    "/api/v1/schools/<slug:school>/advisors/figures",
    # Worked out anew from clocks and calendars; what can be changed is the incident.
    "/api/v1/schools/<slug:school>/incidents/<number:number>/deadlines",
    # What stands in registers of their own.
    "/api/v1/schools/<slug:school>/progress",
    "/api/v1/schools/<slug:school>/overview",
    # Terms and bank holidays of several years, each of which is changed by itself.
    "/api/v1/calendar",
}
# Says something back about what was typed and keeps nothing, so it says it again.
KEEPS_NOTHING = {"/<slug:school>/incidents/new/check"}


def of_api(app: Flask, *methods: str) -> list[Route]:
    return [
        one for one in every_route(app) if one.is_api and one.permissions and one.method in methods
    ]


def is_of_one_thing(route: Route) -> bool:
    return bool(set(route.parameters) - {"school"})


def allowed(route: Route) -> list[Player]:
    """Those who may try; where it is about one's own account, one of them will do."""
    wanted = set(route.permissions)
    if "account.own" in wanted:
        return [CAST.sam]
    return [one for one in PLAYERS if any(may([Role(one.role)], action) for action in wanted)]


def places(prepared: Prepared, route: Route) -> Iterator[tuple[str, str]]:
    """(path, version there): of an incident one for each state that it can be in."""
    if "number" in route.parameters and "/incidents/" in route.rule:
        numbered = [(str(prepared.number(state)), prepared.etag(state)) for state in STATES]
    else:
        # Of a register the first two, as they were made.
        numbered = [(number, prepared.etag("attic")) for number in ("1", "2")]
    for number, version in numbered:
        kind = next((KEYS[part] for part in route.rule.split("/") if part in KEYS), "attic")
        key = prepared.path[kind].rpartition("/")[2]
        known = {"school": "st-marys", "number": number, "key": key}
        if set(route.parameters) <= set(known):
            path = route.path(**{name: known[name] for name in route.parameters})
            yield path, version


def ask(app: Flask, player: Player, route: Route, path: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if takes_files(app, route):
        return app.test_client().open(
            path,
            method=route.method,
            headers={**named, "Authorization": f"Bearer {player.token}"},
            data={"file": (io.BytesIO(b"What the screen says"), "screen.txt")},
            content_type="multipart/form-data",
        )
    call = getattr(program(app, player), route.method.lower())
    return call(path.removeprefix("/api/v1"), body_for(app, route), named)


# --- versions ---


def test_every_single_thing_says_its_version(prepared):
    seen = []
    for route in of_api(prepared.app, "GET"):
        if route.rule in COUNTED:
            continue
        path, _ = next(places(prepared, route), ("", ""))
        if not path:
            continue
        answers = [ask(prepared.app, one, route, path) for one in allowed(route)]
        for answer in (one for one in answers if one.status_code == 200 and one.is_json):
            if "items" in answer.json:
                assert "ETag" not in answer.headers, str(route)
                continue
            seen.append(route.rule)
            assert answer.headers["ETag"].startswith('"'), str(route)
            if "version" in answer.json:
                assert answer.headers["ETag"] == f'"{answer.json["version"]}"', str(route)
    assert len(set(seen)) >= 3


def test_every_change_of_a_single_thing_compares_versions(prepared):
    walked = []
    for route in of_api(prepared.app, "PUT", "PATCH", "DELETE", "POST"):
        if not is_of_one_thing(route) or route.rule.endswith("/preview"):
            continue
        before, statuses = prepared.ledger.now(), []
        # The first state in which anybody sees it will do.
        for path, _ in places(prepared, route):
            statuses = [
                ask(prepared.app, one, route, path, If_Match='"999"').status_code
                for one in allowed(route)
            ]
            # Somebody who may do it here is told; the others do not see it at all.
            assert set(statuses) <= {412, 403, 404}, f"{route}: {statuses}"
            if 412 in statuses:
                break
        if not statuses:
            continue
        assert prepared.ledger.now() == before, str(route)
        # A key of another kind of thing names nothing here: that kind's own tests do this.
        is_there = not {"number", "key"} <= set(route.parameters)
        assert 412 in statuses or not is_there, f"{route}: {statuses}"
        if 412 in statuses:
            walked.append(route)
    assert len(walked) >= 18


def test_every_patch_needs_a_version(prepared):
    patches = of_api(prepared.app, "PATCH")
    assert len(patches) >= 2
    for route in patches:
        path, _ = next(places(prepared, route), ("", ""))
        if not path:
            continue
        before = prepared.ledger.now()
        statuses = [ask(prepared.app, one, route, path).status_code for one in allowed(route)]
        assert 428 in statuses, f"{route}: {statuses}"
        assert set(statuses) <= {428, 403, 404}, f"{route}: {statuses}"
        assert prepared.ledger.now() == before, str(route)


def without_sign_ins(prepared: Prepared) -> dict[str, tuple[int, int]]:
    return {name: rows for name, rows in prepared.ledger.now().items() if name != "sign_in_events"}


def test_every_form_about_a_single_thing_compares_versions(prepared):
    """Mistakes in it or not: a page never brings a newer version in silence."""
    walked = set()
    for route in every_route(prepared.app):
        is_form = route.method == "POST" and not route.is_api and is_of_one_thing(route)
        last = route.rule.rpartition("/")[2]
        if not is_form or last in {*ADDS, "preview"} or route.rule in ONES_OWN:
            continue
        path, _ = next(places(prepared, route), ("", ""))
        before = without_sign_ins(prepared)
        for player in allowed(route) if path else ():
            answer = Sender(prepared, player).send(route, path, "99")
            assert answer.status_code in (412, 403, 404), f"{player.name}: {route}"
            if answer.status_code == 412:
                assert "changed this" in answer.text, str(route)
                assert 'name="version" value="99"' not in answer.text, str(route)
                walked.add(route.rule)
                break
        assert without_sign_ins(prepared) == before, str(route)
    assert len(walked) >= 15, walked


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_idempotency_key_on_other_methods_does_no_harm(prepared, method):
    """Also one that no POST could have."""
    for route in of_api(prepared.app, method):
        path, version = next(places(prepared, route), ("", ""))
        if not path:
            continue
        for key in ("k", "", "x" * 300):
            answers = [
                ask(prepared.app, one, route, path, If_Match=version, Idempotency_Key=key)
                for one in allowed(route)[:1]
            ]
            assert all(one.status_code < 500 for one in answers), str(route)
            assert all("Idempotency-Key" not in one.text for one in answers), str(route)
            prepared.put_back()


# --- twice ---


class Sender:
    """One person's browser or program, with one key for everything."""

    def __init__(self, prepared: Prepared, player: Player) -> None:
        self._app, self._player = prepared.app, player
        self._browser = prepared.browser(player)

    def send(self, route: Route, path: str, version: str) -> Any:
        if route.is_api:
            return ask(self._app, self._player, route, path, Idempotency_Key=KEY)
        own = OWN_WORDS.get(route.rule.rpartition("/")[2], {})
        form = {**TYPED, **own, "version": version.strip('"'), "submission_id": KEY}
        return self._browser.post(path, form)


def said(answer: Any) -> tuple[Any, ...]:
    headers = tuple(answer.headers.get(name) for name in ("Location", "ETag"))
    return answer.status_code, *headers, answer.data if answer.is_json else b""


def walked_twice(prepared: Prepared, route: Route) -> bool:
    """Whether anybody could do it anywhere; then it has been sent twice."""
    for player in allowed(route):
        sender = Sender(prepared, player)
        for path, version in places(prepared, route):
            first = sender.send(route, path, version)
            if first.status_code == 422:
                break  # What is wrong with these words is wrong in every other state too.
            if first.status_code >= 400:
                continue
            after_first = prepared.ledger.now()
            second = sender.send(route, path, version)
            if route.rule in KEEPS_NOTHING:
                assert second.status_code == 200, f"{player.name}: {route}"
            elif first.status_code == 200 and not first.is_json:
                # The page is not kept: the way to how things are now, or a page that says so.
                assert second.status_code in (303, 409), f"{player.name}: {route}"
            else:
                assert said(second) == said(first), f"{player.name}: {route}"
            assert prepared.ledger.now() == after_first, f"{player.name}: {route}"
            return True
    return False


def test_every_post_sent_twice_is_done_once(prepared):
    posts = [
        one
        for one in every_route(prepared.app)
        # Whoever has signed out cannot ask again. A proof of who somebody is, is good once by
        # itself, and every refused one is written down.
        if one.method == "POST"
        and one.permissions
        and "sign-out" not in one.rule
        and not one.endpoint.startswith("second_factor.")
    ]
    done, not_done = set(), set()
    for route in posts:
        (done if walked_twice(prepared, route) else not_done).add(route.rule)
        prepared.put_back()
    assert {
        "/<slug:school>/incidents/new",
        "/<slug:school>/incidents/draft",
        "/<slug:school>/incidents/<number:number>/check",
        "/<slug:school>/incidents/<number:number>/resolution",
        "/<slug:school>/incidents/<number:number>/notes",
        "/<slug:school>/locations/new",
        "/account/keyboard-shortcuts",
        "/api/v1/schools/<slug:school>/incidents",
        "/api/v1/schools/<slug:school>/locations",
    } <= done, done
    assert len(done) >= 25
