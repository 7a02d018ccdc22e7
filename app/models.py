"""Every table, imported in one place for migrations and the start of the app."""

from app import later
from app.announcements import models as announcements
from app.assets import models as assets
from app.assets import stocktaking
from app.catalogue import models as catalogue
from app.contracts import models as contracts
from app.contracts import register
from app.diary import models as diary
from app.documents import models as documents
from app.files import models as files
from app.history import models as history
from app.imports import models as imports
from app.incidents import advised, beside, passed_on
from app.incidents import models as incidents
from app.knowledge import models as knowledge
from app.labels import models as labels
from app.licences import models as licences
from app.locations import models as locations
from app.notifications import models as notifications
from app.past import models as past
from app.payments import models as payments
from app.people import factors, invited
from app.people import models as people
from app.performance import models as performance
from app.performance import models_kept as performance_kept
from app.performance.depth import models as performance_in_depth
from app.problems_log import models as problems_log
from app.progress import models as progress
from app.reachability import models as reachability
from app.reports.issued import models as issued_reports
from app.schools import desk_settings
from app.schools import models as schools
from app.suppliers import models as suppliers
from app.visits import models as visits

__all__ = [
    "advised",
    "announcements",
    "assets",
    "beside",
    "catalogue",
    "contracts",
    "desk_settings",
    "diary",
    "documents",
    "factors",
    "files",
    "history",
    "imports",
    "incidents",
    "invited",
    "issued_reports",
    "knowledge",
    "labels",
    "later",
    "licences",
    "locations",
    "notifications",
    "passed_on",
    "past",
    "payments",
    "people",
    "performance",
    "performance_in_depth",
    "performance_kept",
    "problems_log",
    "progress",
    "reachability",
    "register",
    "schools",
    "stocktaking",
    "suppliers",
    "visits",
]
