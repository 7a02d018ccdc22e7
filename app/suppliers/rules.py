"""What a supplier is and is good at. Source: domain.md 2.5, R62, R114, R118; FITS names the first
six specialities."""

from __future__ import annotations

from collections.abc import Iterable

# fmt: off
KINDS: dict[str, str] = {
    "company": "A company",
    "maker":   "A maker of hardware or software",
    "la":      "The local authority",
}
SPECIALITIES: dict[str, str] = {
    "whiteboard":       "Whiteboards and displays",
    "printer":          "Printers and copiers",
    "pc":               "PCs and laptops",
    "tablet":           "Tablets and Chromebooks",
    "server":           "Servers and storage",
    "network":          "Network and cabling",
    "wifi":             "Wi-Fi",
    "broadband":        "Broadband",
    "filtering":        "Filtering and monitoring",
    "mis":              "Management information system",
    "operating_system": "Operating systems",
    "application":      "Programs and apps",
    "cloud":            "Cloud services and e-mail",
    "backup":           "Backup",
    "security":         "Cyber security",
    "telephone":        "Telephones",
    "audio_visual":     "Sound and light",
    "recycling":        "Disposal and data wiping",
    "training":         "Training",
    "other":            "Other",
}
RATINGS: dict[str, str] = {
    "1": "1: we would not choose them again", "2": "2: with difficulty", "3": "3: as agreed",
    "4": "4: good", "5": "5: we recommend them",
}
EVENT_WORDS = {
    "supplier.added":      "Added as {after}",
    "supplier.changed":    "Changed: {before} became {after}",
    "supplier.archived":   "No longer used",
    "supplier.used_again": "Used again",
    "supplier.linked":     "Incidents for them go to {after}",
    "supplier.unlinked":   "Incidents no longer go to {before}",
    "supplier.removed":    "Removed: {before}",
}
# What hangs on a supplier, by the table it is written in.
HANGS: dict[str, str] = {
    "contracts": "contracts", "assets": "equipment", "licences": "licences",
    "payments": "payments", "payment_schedules": "payments",
}
# fmt: on
# What stands in addresses where a key does.
RESERVED = frozenset({"new"})


def sorted_specialities(wanted: Iterable[str]) -> list[str]:
    """Each once, as the table has them."""
    return [one for one in SPECIALITIES if one in set(wanted)]


def hangs_words(tables: Iterable[str], has_incidents: bool) -> str:
    """“contracts, equipment and incidents”; empty when nothing hangs on it."""
    found = list(dict.fromkeys(HANGS.get(one, "history") for one in sorted(tables)))
    if has_incidents:
        found.append("incidents")
    return " and ".join(
        part for part in (", ".join(found[:-1]), found[-1] if found else "") if part
    )
