"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from foundation.startup import ready_for_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
ready_for_requests()
