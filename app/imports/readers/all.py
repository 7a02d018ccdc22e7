"""The registers that can be filled from a spreadsheet."""

from __future__ import annotations

from app.imports.readers.assets import Assets
from app.imports.readers.base import Reader
from app.imports.readers.contracts import Contracts
from app.imports.readers.licences import Licences
from app.imports.readers.locations import Locations
from app.imports.readers.people import People
from app.imports.readers.suppliers import Suppliers

READERS: dict[str, Reader] = {
    one.register: one
    for one in (Locations(), Assets(), Licences(), Contracts(), Suppliers(), People())
}
