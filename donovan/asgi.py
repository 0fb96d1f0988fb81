"""The web application, for any ASGI server."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "donovan.settings")
django.setup(set_prefix=False)

# After the applications are loaded: it needs their models.
from donovan.access.body_limits import BodyLimit, SpoolingHandler  # noqa: E402

application = BodyLimit(SpoolingHandler())
