"""How an address is found."""

from __future__ import annotations


def test_every_address_is_found_part_by_part(app):
    """A key that may hold a slash makes Werkzeug try every such rule in turn: an address in a
    school took 0.6 ms to find, a fifth of the whole bare page, until our keys could not."""
    at_once = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if any(part.final and not part.static for part in rule._parts) and "<path:" not in rule.rule
    ]
    assert at_once == []
    assert len(list(app.url_map.iter_rules())) > 300
