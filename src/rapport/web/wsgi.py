"""The application that the web server calls: the tracking door, and the pages behind it."""

import os
from typing import cast

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from rapport.listening.api import Application, Tracking

os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.web.settings"
pages = get_wsgi_application()
application = Tracking(settings.HOME).before(cast(Application, pages))
