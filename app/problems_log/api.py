"""The problem log of a school as JSON, and which incidents hang on a problem."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.manners import check_version, make_cursor, read_cursor
from app.api.reply import reply
from app.door import me, requires
from app.errors import NotThere
from app.history.actions import record_access
from app.incidents.queries import check_reach, get_incident
from app.people.identity import SchoolName
from app.problems_log import actions, linking, queries, rules, schemas, shown, stepping
from app.problems_log.models import Problem
from app.problems_log.views import ranked
from tenants import db

problems = Blueprint(
    "problems_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/problems",
    description="Causes of incidents, and what becomes of them",
)
problem_links = Blueprint(
    "problem_links_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/incidents",
    description="Which problem an incident hangs on",
)


@problems.route("")
class Problems(MethodView):
    @requires("problem.view")
    @problems.arguments(schemas.ListArgs, location="query")
    @problems.response(200, schemas.ProblemPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The newest first."""
        limit, after = args.pop("limit"), args.pop("after", None)
        scope = f"problems api {_here().slug} {sorted(args.items())}"
        place = read_cursor(scope, after)
        found = queries.page_of_problems(
            me(), args, after=place[0] if place else None, limit=limit + 1
        )
        page, rest = found[:limit], found[limit:]
        cursor = make_cursor(scope, [page[-1].number]) if rest else None
        return reply({"items": [shown.listed(row, _here().code) for row in page], "next": cursor})

    @requires("problem.log")
    @problems.arguments(schemas.NewProblem)
    @problems.response(201, schemas.ProblemOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Log one: from an `incident`, whose workaround (or why there is none) must be known or
        comes along, or before there are any."""
        number = body.pop("incident", None)
        found = {name: body.pop(name, None) for name in ("workaround", "no_workaround")}
        incident = get_incident(me(), number, to_change=True) if number else None
        if incident is None:
            body["workaround"] = found["workaround"]
        problem = actions.log(by=me(), **ranked(body))
        if incident is not None:
            linking.link(incident, problem, by=me(), **found)
        return _one(problem, 201, url_for("problems_api.One", number=problem.number))


@problems.route("/<number:number>")
class One(MethodView):
    @requires("problem.view")
    @problems.response(200, schemas.ProblemOut)
    def get(self, number: int) -> Response:
        """One problem, with those of its incidents that you may see."""
        problem = queries.get_problem(number)
        if me().is_from_outside:
            reference = rules.reference(_here().code, number)
            record_access(reference, "read as LA staff", at=clock.now(), by=me())
        return _one(problem)

    @requires("problem.log", "problem.work", "problem.manage")
    @problems.arguments(schemas.ProblemChange(partial=True))
    @problems.response(200, schemas.ProblemOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Write it up: whoever logs describes it, whoever works on it adds cause, workaround and
        solution. Needs If-Match."""
        problem = queries.get_problem(number, to_change=True)
        check_version(problem.version, is_needed=True)
        actions.write_up(problem, by=me(), **ranked(changes))
        return _one(problem)


@problems.route("/<number:number>/state")
class State(MethodView):
    @requires("problem.work", "problem.manage")
    @problems.arguments(schemas.ProblemState)
    @problems.response(200, schemas.ProblemOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """The next state with what it needs: `assigned` a `resolver` (`anyway` although they have
        open incidents), `known_error` cause and workaround, `solution_planned` solution and
        target_date, `resolved` a solution, `closed` ten quiet working days, `accepted` reason and
        target_date (when it is looked at again), `cancelled` a reason."""
        # What is not there, or not as it was read, has no mistakes to tell of.
        check_version(queries.get_problem(number).version)
        step = stepping.asked(body)
        problem = queries.get_problem(number, to_change=True)
        check_version(problem.version)
        stepping.take(problem, step, by=me())
        return _one(problem)


@problem_links.route("/<number:number>/problem")
class Link(MethodView):
    @requires("problem.log")
    @problem_links.arguments(schemas.ProblemLink)
    @problem_links.response(200, schemas.ProblemOut)
    def put(self, body: dict[str, Any], number: int) -> Response:
        """Put the incident under a problem. Its workaround, or why there is none, must be known or
        comes along."""
        incident = get_incident(me(), number, to_change=True)
        check_version(incident.version)
        check_reach(me(), "incident.link", incident)
        problem = queries.problem_numbered(body.pop("problem"))
        linking.link(incident, problem, by=me(), **body)
        return _one(problem)

    @requires("problem.log")
    @problem_links.response(204)
    def delete(self, number: int) -> Response:
        """It was something else."""
        incident = get_incident(me(), number, to_change=True)
        check_version(incident.version)
        check_reach(me(), "incident.link", incident)
        if incident.problem_id is None:
            raise NotThere
        problem = db.session.get_one(Problem, (incident.school_id, incident.problem_id))
        linking.unlink(incident, problem, by=me())
        return Response(status=204)


def _here() -> SchoolName:
    school = me().school
    assert school is not None
    return school


def _one(problem: Problem, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    body = shown.detail(problem, _here().code, me())
    return reply(body, status, version=problem.version, location=there)
