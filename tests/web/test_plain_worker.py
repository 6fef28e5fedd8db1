"""A gunicorn started by hand has the limits of the application, with our worker class."""

from __future__ import annotations

from types import SimpleNamespace

from indexer import load_config
from webui import create_app
from webui.server.gunicorn_app import PlainWorker
from webui.views.search_diff import LARGEST


def test_the_limits_are_those_of_the_application() -> None:
    worker = PlainWorker.__new__(PlainWorker)
    worker.app = SimpleNamespace(wsgi=create_app)
    worker.load_wsgi()
    most = load_config().web.connections_per_client
    assert worker.largest_body == LARGEST
    assert most > 0
    assert all(worker.clients.enter("192.0.2.1") for _ in range(most))
    assert not worker.clients.enter("192.0.2.1")
    assert worker.clients.enter("192.0.2.2")
