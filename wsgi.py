"""What gunicorn and `flask --app wsgi` load; one sentence when it must not start."""

import sys

from app import create_app
from config import BadSetting

try:
    app = create_app()
except BadSetting as refusal:
    sys.exit(str(refusal))
