"""The worker class for a gunicorn that is started by hand, on the default settings.

    gunicorn --worker-class webui.server.plain_worker.PlainWorker --threads 4 "webui:create_app()"

Under gunicorn's own workers a slow client occupies a thread, or the whole worker.
"""

from __future__ import annotations

from indexer import load_config, networks_of
from webui.http.rate_limit import ClientConnections
from webui.server.event_loop import EventLoopWorker


class PlainWorker(EventLoopWorker):
    """Looks after connections as `quiver serve` does, with the limits of the application."""

    def load_wsgi(self) -> None:
        """Make the application, and take over its limits."""
        super().load_wsgi()
        web = load_config().web
        trusted = networks_of(web.trusted_proxies)
        self.clients = ClientConnections(web.connections_per_client, trusted)
        self.largest_body = self.wsgi.config["MAX_CONTENT_LENGTH"]
