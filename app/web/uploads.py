"""The request; every file that came with it is closed at its end, also when it was cut off."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, Any

from flask import Flask, Request


class TidyRequest(Request):
    """Werkzeug closes the files of a form that it could read; of another it forgets them open."""

    def _get_file_stream(self, *about: Any, **more: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*about, **more)
        self.__dict__.setdefault("begun_files", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.__dict__.get("begun_files", ()):
            with suppress(OSError):
                stream.close()


def init_app(app: Flask) -> None:
    app.request_class = TidyRequest
