"""What every page shares: the frame, the macros, forms, words, styles and headers."""

from flask import Flask

from app.web import about, assets, forms, headers, uploads, words


def init_app(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.register_blueprint(about.pages)
    for part in (assets, headers, words, forms, uploads):
        part.init_app(app)
