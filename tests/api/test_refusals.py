"""How the API says no: the same document everywhere, with the right number (api.md, Manners)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import BROKEN, INCIDENTS, SCHOOL, bring, done, log, program, send

ADDRESS = f"/api/v1{INCIDENTS}"


def check_problem(answer: Any, status: int) -> dict[str, Any]:
    """RFC 9457, with a sentence, and nothing about our insides."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    said: dict[str, Any] = answer.json
    assert set(said) - {"errors"} == {"type", "title", "status", "detail"}
    assert said["status"] == status
    assert said["detail"]
    if status == 422:
        assert said["errors"]
        assert all(isinstance(words, list) and words for words in said["errors"].values())
    for leak in ("Traceback", "psycopg", "SELECT ", "site-packages", "marshmallow", "sqlalchemy"):
        assert leak not in answer.text
    return said


@pytest.fixture
def post(app, cast):
    """Bytes as they are, as Rita."""

    def send_bytes(
        data: bytes, content_type: str | None = "application/json", **headers: str
    ) -> Any:
        named = {"Authorization": f"Bearer {cast.rita.token}", **headers}
        return app.test_client().post(ADDRESS, data=data, content_type=content_type, headers=named)

    return send_bytes


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic cml0YTp4",
        "Bearer deskbell_test_nobody@st-marys.example",
        "Token deskbell_test_rita@st-marys.example",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 5000,
    ],
)
@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/1", "/api/v1/queue", "/api/v1/schools"])
def test_without_a_good_token_nothing_is_said(app, authorization, address):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = app.test_client().get(address, headers=headers)
    check_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_is_no_token(app, sign_in, cast):
    browser = sign_in(cast.rita)
    check_problem(browser.client.get(ADDRESS), 401)


def test_a_revoked_or_expired_token_is_none(app, ledger):
    for change in ("revoked_at = now()", "expires_at = now() - interval '1 day'"):
        ledger.rows(f"UPDATE api_tokens SET {change} WHERE true")
        check_problem(send(app, "rita", "get", INCIDENTS), 401)
        ledger.rows(
            "UPDATE api_tokens SET revoked_at = NULL, expires_at = now() + interval '1 day'"
        )
        assert send(app, "rita", "get", INCIDENTS).status_code == 200


def test_a_token_that_can_only_read_changes_nothing(app, ledger):
    ledger.rows("UPDATE api_tokens SET is_read_only = true")
    assert send(app, "rita", "get", INCIDENTS).status_code == 200
    check_problem(send(app, "rita", "post", INCIDENTS, BROKEN), 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/nothing"),
        ("put", "/nothing"),
        ("get", f"{INCIDENTS}/99"),
        ("get", f"{INCIDENTS}/0"),
        ("get", f"{INCIDENTS}/-1"),
        ("get", f"{INCIDENTS}/1e3"),
        ("get", f"{INCIDENTS}/01"),
        ("get", f"{INCIDENTS}/99999999999999999999"),
        ("get", f"{INCIDENTS}/1%00"),
        ("get", "/schools/no-such-school"),
        ("get", "/schools/St-Marys"),
        ("get", "/schools/%2e%2e/incidents"),
        ("get", "/schools/st-marys%2f../incidents"),
        ("get", f"{SCHOOL}/locations/no-such-room"),
        ("get", f"{SCHOOL}/locations/{'x' * 500}"),
        ("delete", f"{SCHOOL}/locations/no-such-room"),
        ("get", "/schools/oakfield"),
        ("get", "/schools/oakfield/incidents"),
        ("get", "/schools/oakfield/locations/ict-suite"),
    ],
)
def test_what_is_not_there_and_what_is_not_to_be_seen_are_the_same(app, method, path):
    answer = send(app, "sam", method, path)
    assert check_problem(answer, 404) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Page not found",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("post", "/queue", {"GET", "HEAD", "OPTIONS"}),
        ("delete", INCIDENTS, {"GET", "HEAD", "OPTIONS", "POST"}),
        ("put", f"{INCIDENTS}/1", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("get", f"{INCIDENTS}/1/closure", {"DELETE", "OPTIONS", "PUT"}),
        ("trace", f"{INCIDENTS}/1", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("patch", f"{INCIDENTS}/1/return", {"DELETE", "OPTIONS", "POST"}),
        ("brew", "/schools", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_offered(app, method, path, allowed):
    answer = send(app, "sam", method, path)
    check_problem(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "application/jsonx",
    ],
)
def test_anything_but_json_is_another_kind_of_media(post, content_type, is_unchanged):
    check_problem(post(b'{"title": "x"}', content_type), 415)
    assert is_unchanged()


def test_json_with_a_charset_is_json(post):
    answer = post(b'{"type": "request", "title": "A mouse"}', "application/json; charset=utf-8")
    assert answer.status_code == 201


# fmt: off
UNREADABLE = {
    "nothing":                  b"",
    "blank":                    b"   ",
    "half":                     b'{"title": ',
    "no quotes":                b"{title: 1}",
    "single quotes":            b"{'title': 'x'}",
    "two values":               b"{} {}",
    "a comma too many":         b'{"title": "x",}',
    "a name twice":             b'{"title": "x", "title": "y"}',
    "a name twice inside":      b'{"title": [{"a": 1, "a": 2}]}',
    "NaN":                      b'{"impact": NaN}',
    "Infinity":                 b'{"impact": Infinity}',
    "minus Infinity":           b'{"impact": -Infinity}',
    "1e999":                    b'{"impact": 1e999}',
    "-1e999":                   b'{"impact": -1e999}',
    "6,000 digits":             b'{"impact": ' + b"9" * 6000 + b"}",
    "100,000 brackets":         b"[" * 100_000,
    "100,000 braces":           b'{"a":' * 100_000,
    "100,000 closed brackets":  b"[" * 100_000 + b"]" * 100_000,
    "60 deep":                  b"[" * 60 + b"]" * 60,
    "60 deep in a field":       b'{"title": ' + b"[" * 60 + b"]" * 60 + b"}",
    "a byte order mark":        b'\xef\xbb\xbf{"title": "x"}',
    "not UTF-8":                b'{"title": "\xff"}',
    "overlong UTF-8":           b'{"title": "\xc0\xaf"}',
    "a surrogate in UTF-8":     b'{"title": "\xed\xa0\x80"}',
    "UTF-16":                   '{"title": "x"}'.encode("utf-16"),
    "UTF-32":                   '{"title": "x"}'.encode("utf-32"),
    "a bare control character": b'{"title": "a\x00b"}',
    "a bare line break":        b'{"title": "a\nb"}',
    "a bad escape":             b'{"title": "\\x41"}',
    "half an escape":           b'{"title": "\\u12"}',
    "gzip":                     b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}
# fmt: on


@pytest.mark.parametrize("body", list(UNREADABLE.values()), ids=list(UNREADABLE))
def test_a_body_that_cannot_be_read(post, body, is_unchanged):
    said = check_problem(post(body), 400)
    assert said["detail"] == "The request body is not valid JSON"
    assert is_unchanged()


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"true", b'[{"title": "x"}]'])
def test_json_that_is_no_object(post, body, is_unchanged):
    check_problem(post(body), 422)
    assert is_unchanged()


def test_a_body_over_ten_megabytes(post, is_unchanged):
    said = check_problem(post(b'{"title": "' + b"x" * (11 * 1024 * 1024) + b'"}'), 413)
    assert said["detail"] == "The file or form is too big. The limit is 10 MB"
    assert is_unchanged()


def test_a_body_of_nine_megabytes_is_read_and_found_too_long(post):
    said = check_problem(post(b'{"title": "' + b"x" * (9 * 1024 * 1024) + b'"}'), 422)
    assert said["errors"]["title"] == ["Title must be 200 characters or fewer"]


def test_a_hundred_thousand_unknown_fields(post):
    names = ",".join(f'"f{number}": 1' for number in range(100_000))
    check_problem(post(("{" + names + "}").encode()), 422)


def test_unknown_fields_are_named(app, is_unchanged):
    said = check_problem(send(app, "rita", "post", INCIDENTS, {**BROKEN, "titel": "x", "": 1}), 422)
    assert "titel" in said["errors"]
    assert is_unchanged()


def test_a_name_that_no_text_can_hold_is_unknown_too(post):
    check_problem(post(b'{"\\ud800": 1, "\\u0000": 1}'), 422)


@pytest.mark.parametrize(
    "path", ["/closure", "/self_cure"], ids=["closing needs no body", "nor does getting well"]
)
def test_where_no_body_is_needed_a_wrong_one_is_still_wrong(app, path):
    incident = bring(app, "resolved" if path == "/closure" else "new")
    check_problem(send(app, "sam", "put", incident + path, {"status": "closed"}), 422)
    check_problem(send(app, "sam", "put", incident + path, []), 422)
    assert done(app, "sam", "put", incident + path, {}).status_code == 200


@pytest.mark.parametrize("name", ["location", "asset", "service"])
def test_a_reference_into_another_school_is_the_same_as_one_to_nowhere(app, name):
    room = done(app, "olga", "post", "/schools/oakfield/locations", {"name": "Oak room"}).json[
        "key"
    ]
    foreign = send(app, "rita", "post", INCIDENTS, {**BROKEN, name: room})
    absent = send(app, "rita", "post", INCIDENTS, {**BROKEN, name: "no-such-thing"})
    assert check_problem(foreign, 422) == check_problem(absent, 422)
    assert name in foreign.json["errors"]


def test_a_parent_room_of_another_school_is_not_there(app):
    done(app, "olga", "post", "/schools/oakfield/locations", {"name": "Oak room"})
    answers = [
        send(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Den", "parent": key})
        for key in ("oak-room", "no-such-room")
    ]
    assert check_problem(answers[0], 422) == check_problem(answers[1], 422)


@pytest.mark.parametrize(
    ("where", "method", "body", "field"),
    [
        ("assignment", "put", {"person": "{}"}, "person"),
        ("assignment", "put", {"group": "{}"}, "group"),
        ("escalation", "post", {"to": "first_line", "note": "n", "group": "{}"}, "group"),
        ("escalation", "post", {"to": "supplier", "note": "n", "contract": "{}"}, "contract"),
    ],
)
@pytest.mark.parametrize("name", ["Olga Spoc", "Otto Reporter", "oak-technicians"])
def test_people_and_groups_of_another_school_are_not_there(
    app, ledger, where, method, body, field, name
):
    ledger.rows(
        "INSERT INTO support_groups (school_id, key, name, line, version)"
        " SELECT id, 'oak-technicians', 'Oak technicians', 1, 1"
        " FROM schools WHERE slug = 'oakfield'"
    )
    path = bring(app, "queued")
    bodies = [
        {key: (wanted if text == "{}" else text) for key, text in body.items()}
        for wanted in (name, "Nobody At All")
    ]
    foreign, absent = (send(app, "sam", method, f"{path}/{where}", one) for one in bodies)
    assert check_problem(foreign, 422) == check_problem(absent, 422)
    assert field in foreign.json["errors"]


def test_a_reporters_address_of_another_school_links_to_nobody(app, ledger):
    """Somebody without an account here is only a name and an address."""
    path = log(app, "sam", reporter_email="olga@oakfield.example", reporter_name="Olga")
    shown = done(app, "sam", "get", path)
    assert shown.json["reporter_email"] == "olga@oakfield.example"
    assert ledger.rows("SELECT reporter_id FROM incidents") == [(None,)]


def test_naming_another_school_by_header_query_or_cookie_changes_nothing(app, cast):
    """A28."""
    log(app)
    hints = {
        "X-School": "oakfield",
        "X-Tenant": "oakfield",
        "X-Forwarded-Host": "oakfield.example",
        "X-Original-URL": "/api/v1/schools/oakfield",
        "X-HTTP-Method-Override": "DELETE",
        "Cookie": "school=oakfield; school_id=2",
    }
    olga = program(app, cast.olga)
    assert olga.get(f"{INCIDENTS}/1", headers={**hints, "X-School": "st-marys"}).status_code == 404
    answer = program(app, cast.sam).get(INCIDENTS, headers=hints)
    assert [one["school"]["slug"] for one in answer.json["items"]] == ["st-marys"]
    check_problem(program(app, cast.sam).get(f"{INCIDENTS}?school=oakfield"), 422)


@pytest.mark.parametrize(
    "path",
    ["//api/v1/schools", "/api/v1//schools", "/api/v1/../v1/schools", "/api/v1/%2e%2e/", "/api"],
)
def test_crooked_addresses(app, cast, path):
    """A59, as far as it reaches the application."""
    headers = {"Authorization": f"Bearer {cast.sam.token}"}
    answer = app.test_client().get(path, headers=headers)
    assert answer.status_code in (308, 404)


def test_an_address_of_twenty_kilobytes(app):
    answer = send(app, "sam", "get", f"{INCIDENTS}?q={'x' * 20_000}")
    check_problem(answer, 422)
