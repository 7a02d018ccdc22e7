"""One of each plot, with whatever name is asked for."""

from __future__ import annotations

import random
from typing import Any

from app.performance import statistics as s
from app.plots.shapes import (
    Band,
    Bands,
    Bar,
    Dot,
    Funnel,
    Limit,
    Plot,
    Point,
    Stacked,
    Trend,
    Week,
    Weeks,
)

PARTS = ("School desk", "First line", "Supplier", "Reporter")


def every(name: str = "Oakfield") -> list[Plot]:
    return [funnel(12, name), trend(name), stacked(name), bands(name), weeks(name)]


def funnel(schools: int = 12, name: str | None = "Oakfield", **more: Any) -> Funnel:
    """Met nine times out of ten, but every sixth school far less often; every eleventh is tiny."""
    rng = random.Random(11)
    dots = []
    for at in range(schools):
        of = 3 if at % 11 == 4 else rng.randint(5, 300)
        share = 0.6 if at % 6 == 2 else 0.9
        met = sum(rng.random() < share for _ in range(of))
        dots.append(
            Dot(
                met=met,
                of=of,
                flag=s.flag(met, of, 0.9),
                interval=s.wilson(met, of),
                name=name and f"{name} {at}",
                href=f"/performance/{at}?a=1&b=2" if name else None,
            )
        )
    sizes = s.funnel_sizes(max([dot.of for dot in dots] + [10]))
    told: dict[str, Any] = {
        "key": "a-funnel",
        "title": f"Met by {name}",
        "finding": f"{name} is low.",
        "dots": dots,
        "limits": [Limit(of=n, **s.limits(n, 0.9)._asdict()) for n in sizes],
        "centre": 0.9,
        "centre_words": f"All of {name}",
        "csv_url": "/a.csv?x=1&y=2",
    }
    return Funnel(**{**told, **more})


def trend(name: str = "Oakfield", **more: Any) -> Trend:
    counts = [(45, 50), (44, 50), (0, 0), (46, 50), (20, 50), (45, 50), (43, 50), (41, 50)]
    chart = s.p_chart(counts)
    points = [
        Point(
            label=f"{month} 26",
            value=at.value,
            low=at.low,
            high=at.high,
            beyond=at.beyond,
            words=f"{met} of {of}",
            href="/list?month=1&x=2",
        )
        for month, at, (met, of) in zip(
            ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug"), chart.points, counts
        )
    ]
    told: dict[str, Any] = {
        "key": "a-trend",
        "title": f"Met by {name}, month by month",
        "finding": f"{name} was low in May.",
        "points": points,
        "value_words": f"Met by {name}",
        "centre": chart.centre,
        "target": 0.9,
    }
    return Trend(**{**told, **more})


def stacked(name: str = "Oakfield", **more: Any) -> Stacked:
    told: dict[str, Any] = {
        "key": "a-stack",
        "title": "Who waited for whom",
        "finding": f"{name} waited for the supplier.",
        "parts": (*PARTS[:-1], name),
        "bars": [
            Bar(label=f"{name} {at}", amounts=[10.0 * at, 5.5, 40, 20], href="/l?a=1&b=2")
            for at in range(4)
        ]
        + [Bar(label="Nobody", amounts=[0, 0, 0, 0])],
    }
    return Stacked(**{**told, **more})


def bands(name: str = "Oakfield") -> Bands:
    return Bands(
        key="an-age",
        title="How old the backlog is",
        finding=f"{name} has three that are old.",
        bands=[
            Band(label="0–1", amount=1234, href="/l?a=1&b=2"),
            Band(label=f"2–5 {name}", amount=0),
            Band(label="Over 20", amount=3, is_late=True),
        ],
    )


def weeks(name: str = "Oakfield") -> Weeks:
    told = [(20, 18, False), (None, None, True), (61, 19, False), (0, 17, False), (None, 16, False)]
    return Weeks(
        key="some-weeks",
        title="Incidents by school week",
        finding=f"{name} had a burst in the third week.",
        weeks=[
            Week(
                label=f"{at + 1} Sep",
                amount=amount,
                usual=usual,
                is_holiday=is_holiday,
                is_burst=amount == 61,
            )
            for at, (amount, usual, is_holiday) in enumerate(told)
        ],
        amount_words=f"Reported by {name}",
    )
