"""Agreements with the people who support a school, and the clocks they run."""
