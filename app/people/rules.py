"""How long a sign-in lasts, what a browser is called, and the words for roles and their reach."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple

from app.permissions import Reach, Role


class Lifetime(NamedTuple):
    idle: timedelta
    whole: timedelta


# fmt: off
SCHOOL_STAFF   = Lifetime(timedelta(hours=12),   timedelta(days=7))
LA_STAFF       = Lifetime(timedelta(hours=8),    timedelta(hours=24))
LA_ADMIN       = Lifetime(timedelta(minutes=30), timedelta(hours=8))
SHARED         = timedelta(minutes=30)

ROLE_NAMES = {
    Role.REPORTER:           "Reporter",
    Role.TECH_ADVISOR:       "Tech Advisor",
    Role.SPOC:               "Single point of contact (SPOC)",
    Role.SERVICE_DESK_OWNER: "Service desk owner",
    Role.ICT_OWNER:          "ICT owner",
    Role.TECHNICIAN:         "School technician",
    Role.LA_FIRST_LINE:      "LA first line",
    Role.LA_SECOND_LINE:     "LA second line",
    Role.LA_MANAGER:         "LA manager",
    Role.LA_ADMIN:           "LA administrator",
    Role.SUPPLIER:           "Supplier",
}

REACH_WORDS = {
    Reach.OWN:      "Their own",
    Reach.OFFERED:  "Offered to Tech Advisors",
    Reach.ASSIGNED: "With them or their group",
    Reach.QUEUE:    "Open ones, and what was forwarded to them",
    Reach.SCHOOL:   "All of their school",
    Reach.ALL:      "All schools",
}

# In the order of a form: the plainest first.
ROLES_AT_SCHOOL = (
    Role.REPORTER, Role.TECH_ADVISOR, Role.TECHNICIAN, Role.SPOC, Role.SERVICE_DESK_OWNER,
    Role.ICT_OWNER, Role.SUPPLIER,
)
ROLES_AT_LA = (Role.LA_FIRST_LINE, Role.LA_SECOND_LINE, Role.LA_MANAGER, Role.LA_ADMIN)

# What the log of the front door writes down, for the person whose account it is.
HAPPENED = {
    "signed_in":        "Signed in",
    "signed_out":       "Signed out",
    "refused":          "A wrong password",
    "throttled":        "Too many wrong passwords",
    "session_ended":    "Signed out from another browser",
    "sessions_ended":   "Signed out everywhere",
    "password_reset":   "Password chosen anew by a link",
    "password_changed": "Password changed",
    "token_made":       "API token made",
    "token_revoked":    "API token revoked",
    "second_factor_given":          "Second factor given",
    "second_factor_refused":        "A wrong code or passkey",
    "second_factor_throttled":      "Too many wrong codes",
    "passkey_counter_went_back":    "A copy of a passkey was refused",
    "passkey_added":                "Passkey added",
    "passkey_removed":              "Passkey removed",
    "totp_set_up":                  "Authenticator app set up",
    "totp_removed":                 "Authenticator app removed",
    "recovery_code_used":           "Recovery code used",
    "recovery_codes_made":          "New recovery codes made",
    "second_factor_reset_asked":    "Reset of the second factor asked for",
    "second_factor_reset":          "Second factor reset",
    "second_factor_reset_declined": "Reset of the second factor not approved",
    "role_switched":                "Role changed",
}

# Who may give which role, by invitation or by a change (reliability.md A32). Nobody else gives any.
MAY_GIVE: dict[Role, tuple[Role, ...]] = {
    Role.SPOC: (
        Role.REPORTER, Role.TECH_ADVISOR, Role.TECHNICIAN, Role.SPOC, Role.SUPPLIER,
    ),
    Role.SERVICE_DESK_OWNER: ROLES_AT_SCHOOL,
    Role.ICT_OWNER:          ROLES_AT_SCHOOL,
    Role.LA_ADMIN:           (*ROLES_AT_SCHOOL, *ROLES_AT_LA),
}
# A school must always have one of these: who may change what people are in it.
MANAGING = (Role.SERVICE_DESK_OWNER, Role.ICT_OWNER)

# The first that is found in the user agent; browsers name their forefathers as well.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
    ("CrOS", "a Chromebook"), ("Mac OS X", "a Mac"), ("Linux", "Linux"),
)
# fmt: on


def may_give(roles: Collection[Role]) -> tuple[Role, ...]:
    """The roles that somebody who has these may give, in the order of a form."""
    able = {given for role in roles for given in MAY_GIVE.get(role, ())}
    return tuple(role for role in (*ROLES_AT_SCHOOL, *ROLES_AT_LA) if role in able)


def lifetime(la_roles: Collection[str], *, is_shared_computer: bool) -> Lifetime:
    """The shortest that any of the person's parts asks for."""
    found = LA_STAFF if la_roles else SCHOOL_STAFF
    if Role.LA_ADMIN in la_roles:
        found = LA_ADMIN
    return Lifetime(min(found.idle, SHARED), found.whole) if is_shared_computer else found


def device_name(user_agent: str) -> str:
    """`Chrome on Windows`, in our own words only: a user agent can hold anything."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Unknown browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser


def trace(secret_key: str, kind: str, value: str) -> bytes:
    """What logs and counters keep instead of an e-mail or an address: equal for equal values, and
    of no use to anybody who lacks the key."""
    return hmac.digest(secret_key.encode(), f"{kind} {value}".encode(), hashlib.sha256)


def network(address: str) -> str:
    """An address as the throttle counts it: one IPv6 customer has a whole /64 of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
