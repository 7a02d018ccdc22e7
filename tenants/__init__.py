"""One school cannot see another: this folder is the whole of that promise."""

from tenants.context import (
    Binding,
    NoSchool,
    across_schools,
    acting_in,
    administering,
    at_the_front_door,
    current_school_id,
    reads_every_school,
    rebind,
)
from tenants.db import BelongsToSchool, Model, db
from tenants.models import School, SchoolIdentifier

__all__ = [
    "BelongsToSchool",
    "Binding",
    "Model",
    "NoSchool",
    "School",
    "SchoolIdentifier",
    "across_schools",
    "acting_in",
    "administering",
    "at_the_front_door",
    "current_school_id",
    "db",
    "reads_every_school",
    "rebind",
]
