"""What announcements are called. Tables only."""

from __future__ import annotations

# fmt: off
KIND_WORDS = {"outage": "Outage", "planned": "Planned work", "news": "News"}
AUDIENCE_WORDS = {"everyone": "Everybody at the school", "desk": "The desk only"}
KIND_COLOURS = {"outage": "red", "planned": "blue", "news": "grey"}
# fmt: on
