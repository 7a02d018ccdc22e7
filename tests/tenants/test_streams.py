"""An answer that is still being written when its request is over."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, stream_with_context
from sqlalchemy import text

from tenants import Binding, NoSchool, acting_in, db, rebind
from tenants.context import SCHOOL
from tests.tenants.walls import TwoSchools, run_all, words


def rows() -> Iterator[str]:
    for name in db.session.scalars(text("SELECT name FROM locations ORDER BY id")):
        yield f"{name}\n"
    yield from sorted(words(raw=True))


@pytest.fixture
def streaming(bare: Flask) -> Flask:
    @bare.get("/in-its-school/<int:school_id>")
    def in_its_school(school_id: int) -> Response:
        def lines() -> Iterator[str]:
            with acting_in(school_id):
                yield from rows()

        return Response(stream_with_context(lines()))

    @bare.get("/with-context/<int:school_id>")
    def with_context(school_id: int) -> Response:
        rebind(Binding(SCHOOL, school_id))
        assert words()
        return Response(stream_with_context(rows()))

    @bare.get("/without/<int:school_id>")
    def without(school_id: int) -> Response:
        rebind(Binding(SCHOOL, school_id))
        assert words()
        return Response(rows())

    return bare


def test_two_streams_at_once_stay_in_their_schools(
    streaming: Flask, two_schools: TwoSchools
) -> None:
    """Line by line, in turn: each is in the middle of its own while the other reads."""
    lines: dict[str, list[str]] = {"North": [], "South": []}
    in_step = threading.Barrier(2)

    def read(school_id: int, word: str) -> None:
        answer = streaming.test_client().get(f"/in-its-school/{school_id}", buffered=False)
        for line in answer.iter_encoded():
            lines[word].append(line.decode())
            in_step.wait(10)

    run_all([(read, two_schools.north, "North"), (read, two_schools.south, "South")])
    for word, found in lines.items():
        assert len(found) == 4
        assert {line.split()[0] for line in found} == {word}


def test_the_request_s_school_does_not_reach_into_the_stream(
    streaming: Flask, two_schools: TwoSchools
) -> None:
    """The session ended with the request, so a stream must step into its school by itself."""
    with pytest.raises(NoSchool):
        streaming.test_client().get(f"/with-context/{two_schools.north}").get_data()


def test_a_stream_without_a_context_has_no_database(
    streaming: Flask, two_schools: TwoSchools
) -> None:
    with pytest.raises(RuntimeError, match="outside of application context"):
        streaming.test_client().get(f"/without/{two_schools.north}").get_data()
