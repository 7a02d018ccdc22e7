"""Loads the cast into the desk that the environment names."""

from __future__ import annotations

from app import create_app
from app.people.passwords import make_hash
from tests.cast import PASSWORD, load_cast

if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        load_cast(make_hash(PASSWORD))
