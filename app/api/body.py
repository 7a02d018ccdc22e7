"""Reading JSON that strangers send: strict, bounded, and never a 500 (reliability.md A07)."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Request, abort, current_app, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from app.door import Number, Slug, Tag
from app.errors import Wrong, wrong

_DEEPEST = 32


def read_json(data: bytes) -> Any:
    """The parsed body. Raises ValueError for anything that is not plain, finite JSON."""
    text = data.decode("utf-8")
    try:
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_without_doubles,
        )
    except RecursionError as error:
        raise ValueError("too deep") from error
    _check_depth(value)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that comes twice: which of the two was meant nobody can know."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError("too deep")


class Parser(FlaskParser):
    """Unknown query parameters and body fields are refused alike."""

    DEFAULT_UNKNOWN_BY_LOCATION = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": RAISE,
        "json": RAISE,
    }

    def load_json(self, req: Request, schema: Any) -> Any:
        if schema.may_be_left_out and not req.get_data():
            return {}
        if req.mimetype != "application/json":
            abort(415)
        try:
            return read_json(req.get_data())
        except ValueError:
            abort(400, "The request body is not valid JSON")

    def load_querystring(self, req: Request, schema: Any) -> Any:
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise Wrong({name: ["Give this only once."] for name in twice})
        return super().load_querystring(req, schema)

    def pre_load(self, data: Any, *, schema: Schema, req: Request, location: str) -> Any:
        if location == "json" and isinstance(data, dict):
            _check_kinds(schema, data)
        return data


def _check_kinds(schema: Schema, data: dict[str, Any]) -> None:
    """In JSON `"1"` is no number and `"true"` not true; only addresses and forms must do with
    text."""
    for name, field in schema.load_fields.items():
        value = data.get(field.data_key or name)
        if isinstance(value, str) and isinstance(field, fields.Integer | fields.Boolean):
            raise wrong(field.data_key or name, str(field.error_messages["invalid"]))
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            _check_kinds_within(inner.schema, field.data_key or name, value)


def _check_kinds_within(schema: Schema, name: str, value: Any) -> None:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            try:
                _check_kinds(schema, one)
            except Wrong as mistake:
                raise Wrong(
                    {f"{name}.{inner}": said for inner, said in mistake.errors.items()}
                ) from None


class Blueprint(SmorestBlueprint):
    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.before_request(_no_stray_parameters)

    def arguments(self, schema: Any, **more: Any) -> Any:
        """One schema for all requests: making one anew copies every field, half a millisecond."""
        decorate = super().arguments(schema() if isinstance(schema, type) else schema, **more)

        def mark(view: Any) -> Any:
            decorated = decorate(view)
            if more.get("location") == "query":
                decorated.reads_parameters = True
            return decorated

        return mark


def _no_stray_parameters() -> None:
    """Where an operation says nothing of parameters, any in the address is a mistake."""
    if request.args and request.method != "OPTIONS" and not _takes_parameters():
        raise Wrong({name: ["Unknown field."] for name in request.args})


def _takes_parameters() -> bool:
    view: Any = current_app.view_functions[request.endpoint or ""]
    if view_class := getattr(view, "view_class", None):
        name = "get" if request.method == "HEAD" else request.method.lower()
        view = getattr(view_class, name, None)
    return getattr(view, "reads_parameters", False)


class QuietApi(Api):
    """flask-smorest without its own error pages: app/problems.py says every refusal."""

    def init_app(self, app: Flask, **extra: Any) -> None:
        super().init_app(app, **extra)
        number = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        self.register_converter(Number, lambda _: number)
        self.register_converter(Tag, lambda _: {"type": "string", "pattern": f"^{Tag.regex}$"})
        self.register_converter(Slug, lambda _: {"type": "string", "pattern": f"^{Slug.regex}$"})

    def _register_error_handlers(self) -> None:
        pass
