"""A contract's terms within a span: when each ends, and the last day to give notice of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.contracts.contract_terms import Standing, Terms, standing
from app.contracts.register import Contract

_MOST = 60


def terms_between(contract: Contract, first: date, last: date) -> Iterator[Standing]:
    """Beginning with the term that `first` lies in. A tacit one goes on until somebody gives
    notice, so every one of its terms has a last day to do that."""
    terms = _terms_of(contract)
    on = first
    for _ in range(_MOST):
        term = standing(terms, on)
        if term.expired or min(term.term_end, term.last_notice_day or term.term_end) > last:
            return
        yield term
        on = term.term_end + timedelta(days=1)


def _terms_of(contract: Contract) -> Terms:
    names = (
        "start",
        "initial_months",
        "renewal",
        "renewal_months",
        "renewed_until",
        "notice_months",
        "notice_days",
        "ended_on",
    )
    return Terms(**{name: getattr(contract, name) for name in names})
