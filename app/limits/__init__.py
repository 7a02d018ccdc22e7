"""So many requests in ten seconds for a person, a school, an address; nobody else notices (F20)."""

from flask import Flask

from app.limits import at_the_door, early
from app.limits.at_the_door import PERSON, count_people
from app.limits.counting import TooMany

__all__ = ["PERSON", "TooMany", "count_people", "init_app"]


def init_app(app: Flask) -> None:
    at_the_door.init_app(app)
    early.init_app(app)
