"""The demo authority, into the database that the settings name."""

from __future__ import annotations


def load() -> None:
    from app import create_app
    from app.demo.load import load_demo

    with create_app().app_context():
        print(load_demo())
