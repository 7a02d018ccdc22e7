"""Every table, imported in one place for migrations and the start of the app."""

from app import later
from app.contracts import models as contracts
from app.files import models as files
from app.history import models as history
from app.incidents import models as incidents
from app.locations import models as locations
from app.notifications import models as notifications
from app.people import factors, invited
from app.people import models as people
from app.schools import models as schools

__all__ = [
    "contracts",
    "factors",
    "files",
    "history",
    "incidents",
    "invited",
    "later",
    "locations",
    "notifications",
    "people",
    "schools",
]
