"""Small arithmetic of the front door."""

from __future__ import annotations

import pytest

from app.people import rules
from app.permissions import Role


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
         " Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/131.0 Safari/537.36",
         "Chrome on a Chromebook"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.1 Safari/605.1.15",
         "Safari on a Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/131.0 Safari/604.1",
         "Chrome on iPhone"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0",
         "Firefox on Android"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>\r\nSet-Cookie: x=1", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_our_own_words(user_agent, name):
    assert rules.device_name(user_agent) == name


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_address_counts_as_what_one_customer_has(address, network):
    assert rules.network(address) == network


def test_the_shortest_life_wins():
    both = [Role.LA_MANAGER, Role.LA_ADMIN]
    assert rules.lifetime(both, is_shared_computer=False) == rules.LA_ADMIN
    assert rules.lifetime(both, is_shared_computer=True) == rules.LA_ADMIN


def test_a_trace_tells_equal_from_different_and_nothing_else():
    same = rules.trace("key", "account", "rita@x.example")
    assert same == rules.trace("key", "account", "rita@x.example")
    assert same != rules.trace("other key", "account", "rita@x.example")
    assert same != rules.trace("key", "address", "rita@x.example")
    assert len(same) == 32
