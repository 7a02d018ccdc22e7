"""The plots of a report as plain values that are kept with it; drawing.py makes pictures of them.
Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.reports.issued.facts import Facts
from app.reports.issued.saying import percent, sentence, share

Plotted = dict[str, Any]
# Of fewer steps than these a plot shows nothing that its table does not.
FEWEST = 3
_MAIN = {
    "sla": "What the LA or another provider promised",
    "uc": "What suppliers promised",
    "ola": "What the school’s desk promised",
}


def reported(f: Facts) -> Plotted | None:
    steps = f.figures["months"]
    amounts = [one["counts"].get("reported", 0) for one in steps]
    if len(steps) < FEWEST or not any(amounts):
        return None
    most = max(zip(amounts, steps, strict=True), key=lambda one: one[0])
    when = _when(f)
    return {
        "shape": "trend",
        "key": "reported",
        "title": "Reported over time",
        "finding": f"The most in one {when.split()[0].lower()}: {most[0]} ({most[1]['label']}).",
        "value_words": "Reported",
        "of_words": "Resolved",
        "when_words": when,
        "is_share": False,
        "points": [
            {
                "label": one["label"],
                "value": n,
                "words": str(one["counts"].get("resolved", 0)),
            }
            for one, n in zip(steps, amounts, strict=True)
        ],
    }


def _when(f: Facts) -> str:
    return "Month" if f.figures["is_monthly"] else "Week from"


def kept(f: Facts) -> Plotted | None:
    """Resolutions in time, step by step, of the main kind of agreement."""
    found = [(one["label"], *one["kept"].get(f.main_kind, (0, 0))) for one in f.figures["months"]]
    points = [
        {"label": label, "value": met / of if of else None, "words": f"{met} of {of}"}
        for label, met, of in found
    ]
    if sum(1 for one in points if one["value"] is not None) < FEWEST:
        return None
    met, of = (sum(column) for column in list(zip(*found, strict=True))[1:])
    return {
        "shape": "trend",
        "key": "kept",
        "title": "Resolved in time, over time",
        "finding": f"{_MAIN[f.main_kind]}: {share(met, of)} resolutions in time.",
        "value_words": "Resolved in time",
        "when_words": _when(f),
        "centre": met / of,
        "centre_words": "Together",
        "points": points,
    }


def parties(f: Facts, seconds: Mapping[str, int]) -> Plotted | None:
    if not seconds:
        return None
    most = max(seconds, key=lambda one: seconds[one])
    return {
        "shape": "stacked",
        "key": "parties",
        "title": "Whose turn it was",
        "finding": f"The longest it was the turn of {most}.",
        "parts": [*map(sentence, seconds)],
        "label_words": "What",
        "bars": [{"label": "Resolved", "amounts": [s / 3600 for s in seconds.values()]}],
        # On paper one line a party: there are too many for one across.
        "table": {
            "headings": ["Whose turn", "Open hours", "Of all"],
            "rows": [
                [sentence(words), f"{s / 3600:,.1f}", percent(s, sum(seconds.values()))]
                for words, s in seconds.items()
            ],
        },
    }


def ages(f: Facts) -> Plotted | None:
    bands = f.figures["ages"]
    old = sum(n for _, n in bands[3:])
    finding = (
        f"Open for more than ten working days: {old}."
        if old
        else "Nothing is open for more than ten working days."
    )
    return {
        "shape": "bands",
        "key": "ages",
        "title": "How long it has been open",
        "finding": finding,
        "bands": [
            {"label": words, "amount": n, "is_late": place > 2}
            for place, (words, n) in enumerate(bands)
        ],
    }


def work(f: Facts) -> Plotted | None:
    """Putting right, preventing, changing."""
    kinds = {"Putting right": "reactive", "Preventing": "proactive", "Changing": "change"}
    steps = [
        (one["label"], [one["counts"].get(f"minutes_{kind}", 0) for kind in kinds.values()])
        for one in f.figures["months"]
    ]
    if len(steps) < FEWEST or not any(any(amounts) for _, amounts in steps):
        return None
    return {
        "shape": "stacked",
        "key": "work",
        "title": "Putting right and preventing",
        "finding": "How the hours of work that were written down divide, step by step.",
        "parts": list(kinds),
        "label_words": _when(f),
        "is_share": False,
        "bars": [
            {"label": label, "amounts": [n / 60 for n in amounts]} for label, amounts in steps
        ],
    }
