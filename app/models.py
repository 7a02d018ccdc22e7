"""Every table, imported in one place for migrations and the start of the app."""

from app import later
from app.announcements import models as announcements
from app.contracts import models as contracts
from app.files import models as files
from app.history import models as history
from app.incidents import advised, beside, passed_on
from app.incidents import models as incidents
from app.knowledge import models as knowledge
from app.locations import models as locations
from app.notifications import models as notifications
from app.people import factors, invited
from app.people import models as people
from app.problems_log import models as problems_log
from app.reachability import models as reachability
from app.schools import desk_settings
from app.schools import models as schools
from app.visits import models as visits

__all__ = [
    "advised",
    "announcements",
    "beside",
    "contracts",
    "desk_settings",
    "factors",
    "files",
    "history",
    "incidents",
    "invited",
    "knowledge",
    "later",
    "locations",
    "notifications",
    "passed_on",
    "people",
    "problems_log",
    "reachability",
    "schools",
    "visits",
]
