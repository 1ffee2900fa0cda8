"""The WSGI entry point: `gunicorn wsgi:app`."""

from suite.app import create_app

app = create_app()
