"""So many requests in ten seconds for a person, a school, an address; nobody else notices (F20)."""

from app.limits.at_the_door import PERSON, count_people, init_app
from app.limits.counting import TooMany

__all__ = ["PERSON", "TooMany", "count_people", "init_app"]
