"""What gunicorn and `flask --app wsgi` load; a sentence for each reason when it must not start."""

import gc
import sys

from app import create_app, logs, safety
from config import BadSetting, logs_as_json

# What is loaded here stays: to look for what could be thrown away is a fifth of the start.
gc.disable()
try:
    logs.begin(logs_as_json())
    app = create_app()
    if not safety.is_being_checked():
        safety.refuse_at_once(app)
except (BadSetting, safety.Unsafe) as refusal:
    sys.exit(str(refusal))
gc.freeze()
gc.enable()
