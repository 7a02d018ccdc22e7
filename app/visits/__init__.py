"""Visits to a school: booked when everybody can be there, with an agenda and an outcome."""
