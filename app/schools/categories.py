"""What kinds of things schools report: the categories of domain.md 2.2, in words."""

from __future__ import annotations

# fmt: off
CATEGORY_WORDS = {
    "hardware": "Computer, laptop or tablet", "software": "Program or app",
    "network": "Network, Wi-Fi or internet", "account": "Account or password",
    "print": "Printer or copier", "display": "Projector, board or screen",
    "telephony": "Telephone", "safeguarding_filtering": "Safeguarding or web filter",
    "other": "Something else",
}
# fmt: on
