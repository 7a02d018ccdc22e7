"""What may happen next to an incident, by its state: a table of who does what, how often, how soon.

Every move is one of the product's actions, taken by somebody whose role allows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from app.demo.years import doings as do
from app.demo.years.scene import Scene
from app.incidents.rules import Status

Do = Callable[[Scene], None]


def _always(one: Scene) -> bool:
    return True


def _is_request(one: Scene) -> bool:
    return one.incident.type == "request"


def _may_go_out(one: Scene) -> bool:
    """To whoever mends such a thing for the school; a supplier never gets what is sensitive."""
    return one.supplier is not None and not one.incident.is_sensitive


class Move(NamedTuple):
    weight: int
    do: Do
    # Mean open minutes until it happens.
    minutes: int
    # At which lines it may.
    lines: tuple[int, ...] = (0, 1, 2, 3)
    may: Callable[[Scene], bool] = _always


S = Status
# fmt: off
MOVES: dict[Status, tuple[Move, ...]] = {
    S.ADVICE: (
        Move(10, do.solve_as_advisor, 12),
        Move(6,  do.accept_advice_or_wait, 10),
        Move(4,  do.pass_on,     15),
        Move(2,  do.go_past,     15),
        Move(3,  do.nothing,     60),
    ),
    S.NEW: (
        Move(80, do.check,       25),
        Move(8,  do.give_back,   30),
        Move(2,  do.cancel,      60),
        Move(3,  do.self_cure,   90),
    ),
    S.RETURNED: (
        Move(9,  do.hand_in,    180),
        Move(1,  do.cancel,     900),
    ),
    S.QUEUED: (
        Move(9,  do.take,        40, (0,)),
        Move(24, do.forward,     30, (0,)),
        Move(6,  do.ask_approval, 40, (0,), _is_request),
        Move(1,  do.cancel,     200, (0,)),
        Move(30, do.take,        55, (1, 2)),
        Move(30, do.supplier_takes, 70, (3,)),
        Move(2,  do.hand_back,   60, (1, 2, 3)),
        Move(1,  do.self_cure,  300),
    ),
    S.AWAITING_APPROVAL: (
        Move(6,  do.approve,    500),
        Move(1,  do.reject,     500),
    ),
    S.IN_PROGRESS: (
        Move(10, do.note,        30),
        Move(6,  do.note_inside, 45, (1, 2)),
        Move(12, do.diagnose,    40),
        Move(6,  do.log_work,    40),
        Move(4,  do.work_around, 40),
        Move(2,  do.consult,     60),
        Move(1,  do.reprioritise, 60),
        Move(9,  do.to_second_line, 120, (1,)),
        Move(6,  do.rate_sheet,  40, (1, 2)),
        Move(60, do.to_supplier, 90, (1, 2), _may_go_out),
        Move(2,  do.hand_back,   90, (1, 2, 3)),
        Move(12, do.hold,        60),
        Move(44, do.resolve,    110),
        Move(1,  do.self_cure,  240),
    ),
    S.ON_HOLD: (
        Move(8,  do.resume,     420),
        Move(4,  do.answer,     300),
        Move(1,  do.self_cure,  500),
    ),
    S.RESOLVED: (
        Move(6,  do.rate,       200),
        Move(10, do.close,      400),
        Move(1,  do.reopen,     500),
        # It closes by itself.
        Move(4,  do.nothing,   4000),
    ),
}
# fmt: on


def draw(one: Scene) -> Move | None:
    """What happens next, or None where nothing does any more."""
    incident = one.incident
    ways = [
        move
        for move in MOVES.get(Status(incident.status), ())
        if incident.line in move.lines and move.may(one)
    ]
    return one.dice.choices(ways, [move.weight for move in ways])[0] if ways else None
