"""The application that the web server calls."""

from django.core.wsgi import get_wsgi_application

# Settings first put the one SQLite library in its place, so nothing is imported before this.
application = get_wsgi_application()
