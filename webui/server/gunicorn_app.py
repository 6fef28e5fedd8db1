"""The production server: gunicorn, embedded, with worker processes of several threads each.

Every worker makes its own application and opens the index for itself; the operating system shares
the pages of the index between them. The signals are gunicorn's:

    TERM        stop: no new connection is taken, requests under way are answered
    INT, QUIT   stop at once
    HUP         read the settings again and replace the workers, without losing a request
    TTIN, TTOU  one worker more, one fewer
    USR1        reopen the log files
    USR2        start a second server of the program as it is now, on the same port
    WINCH       nothing: a terminal sends it when its window changes

https://docs.gunicorn.org/en/stable/signals.html
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import LimitRequestLine
from werkzeug.exceptions import BadRequest

from indexer import Config, QuiverError, load_config, networks_of, parse_query
from webui.app import create_app
from webui.http import metrics, request_context
from webui.http.rate_limit import ClientConnections
from webui.server import allocator, connection_balancer
from webui.server.event_loop import EventLoopWorker
from webui.views import search_diff

GRACE_SECONDS: Final = 20
"""How long a stop waits for requests under way."""
_LONGEST: Final = 8190
"""Bytes of a request line that gunicorn reads at most."""
_SWITCH_SECONDS: Final = 0.001
"""How long a thread that makes a page keeps others from reading and sending theirs."""
_COLLECTED: Final = (1_000, 20, 100)
"""How seldom Python looks through old objects for cycles; each time takes as long as ten pages."""


KEEP_SECONDS: Final = 65
"""How long a connection stays open for another request; nginx closes its own after 60."""
CONNECTIONS: Final = 1_000
"""Connections of one worker; a further one takes the place of one that is missed the least."""
_PRELOADED: Final = ("latex2mathml.converter", "nltk.stem.snowball")
"""What the first page imports; NLTK takes most of the time that a worker needs to start."""
_INHERITED: Final = ("GUNICORN_FD", "LISTEN_FDS")
"""Names the listening sockets that a server before this one, or systemd, hands on."""
_log = logging.getLogger(__name__)


def serve(
    config: Config,
    *,
    ready: Callable[[str], None] | None = None,
    reload: Callable[[], Config] | None = None,
) -> None:
    """Serves the pages until the process is told to stop; ends by `SystemExit`.

    Args:
        config: settings; ``web`` says where to listen and with how many workers and threads.
        ready: called once with the address, when requests are answered.
        reload: reads the settings again, on SIGHUP; host and port stay as they are.

    Raises:
        QuiverError: when the address cannot be listened on.
    """
    _allow_files()
    _Server(config, _bind(config.web.host, config.web.port), ready, reload).run()


class _Worker(EventLoopWorker):
    """Takes its share of the connections.

    Answers an address longer than gunicorn reads with the site's own page, form and all.
    """

    share: connection_balancer.Share

    def accept(self, listener: Any) -> bool:
        """Takes a connection, or leaves it to a worker that has fewer."""
        if not self.share.is_next():
            return False
        taken = super().accept(listener)
        self.share.tell(self.nr_conns)
        return taken

    def notify(self) -> None:
        """Report that the worker is alive; called in each round of its loop and while it stops."""
        super().notify()
        if self.alive:
            self.share.tell(self.nr_conns)
        else:  # it takes no more
            self.share.end()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answers a request that gunicorn could not read."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        client.sendall(_too_long(self.wsgi))


class PlainWorker(EventLoopWorker):
    """The worker class for a gunicorn that is started by hand, with the default settings.

    ``gunicorn -k webui.server.gunicorn_app.PlainWorker --threads 4 "webui:create_app()"``: under
    gunicorn's own workers a slow client occupies a thread, or the whole worker.
    """

    def load_wsgi(self) -> None:
        """Makes the application, and takes over its limits."""
        allocator.use_one_arena()
        super().load_wsgi()
        allocator.trim_after_long_requests(self.wsgi)
        web = load_config().web
        trusted = networks_of(web.trusted_proxies)
        self.clients = ClientConnections(web.connections_per_client, trusted)
        self.largest_body = self.wsgi.config["MAX_CONTENT_LENGTH"]


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn publishes no types
    """Gunicorn with settings of ours and none of its own files or options."""

    def __init__(
        self,
        config: Config,
        bind: str,
        ready: Callable[[str], None] | None,
        reload: Callable[[], Config] | None,
    ) -> None:
        self._config = config
        self._bind = bind
        self._ready = ready
        self._read_again = reload
        self._counters = metrics.table()
        self._shares = connection_balancer.table()
        self._row = 0
        super().__init__()

    def load_config(self) -> None:
        """Sets what differs from gunicorn's defaults."""
        settings = {
            "bind": self._bind,
            "worker_class": _Worker,
            "workers": self._config.web.workers,
            "threads": self._config.web.threads,
            "worker_connections": CONNECTIONS,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 60,
            "keepalive": KEEP_SECONDS,
            # What proxies say is believed or not in `webui.http.proxies`, for every server.
            "forwarded_allow_ips": "",
            "http_parser": "python",
            "limit_request_line": _LONGEST,
            "loglevel": "warning",
            "proc_name": "quiver",
            "control_socket_disable": True,
            "post_fork": self._forked,
            "child_exit": self._ended,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:  # older versions of gunicorn lack some
                self.cfg.set(name, value)
        if self._ready is not None:
            say = self._ready
            self.cfg.set("when_ready", lambda server: say(_address(server.LISTENERS[0])))

    def run(self) -> None:
        """Serves until told to stop; USR2 starts the very command that started this process."""
        arbiter = Arbiter(self)
        arbiter.START_CTX["args"] = [sys.executable, *sys.orig_argv[1:]]
        # Workers that follow one that died are ready sooner, and all share this memory.
        for name in _PRELOADED:
            importlib.import_module(name)
        gc.freeze()
        arbiter.run()

    def reload(self) -> None:
        """Reads the settings again, on SIGHUP; if they are faulty, go on as before."""
        if self._read_again is not None:
            try:
                self._config = self._read_again()
            except QuiverError as error:
                _log.error("the settings are not read again: %s", error)
        super().reload()

    def load(self) -> Flask:
        """Makes the application, once in each worker."""
        allocator.use_one_arena()
        app = create_app(self._config)
        allocator.trim_after_long_requests(app)
        # The first search of a process loads numpy, NLTK and the index; no reader waits for it.
        app.test_client().get("/search?q=first")
        metrics.share(app, self._counters, self._row)
        metrics.log_access()
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.set_threshold(*_COLLECTED)
        # Words near a misspelt one are found in a table that the first such query makes.
        threading.Thread(target=_learn_words, args=(app,), daemon=True).start()
        return app

    def _forked(self, server: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        self._row = worker.age
        worker.share = connection_balancer.Share(self._shares, worker.age)
        web = self._config.web
        trusted = networks_of(web.trusted_proxies)
        worker.clients = ClientConnections(web.connections_per_client, trusted)
        worker.largest_body = search_diff.LARGEST

    def _ended(self, server: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        connection_balancer.Share(self._shares, worker.age).end()


def _learn_words(app: Flask) -> None:
    """Search for an unknown word, so that no reader has to wait for the first such search."""
    with contextlib.suppress(QuiverError), app.app_context():
        request_context.searcher().search(parse_query("qwyzxvut"), facets=())


def _bind(host: str, port: int) -> str:
    """Opens the listening socket, so that a port in use is an error and not a retry.

    Returns:
        its descriptor for gunicorn, which makes it its own; the address where a socket that is
        open already is handed on.
    """
    if any(name in os.environ for name in _INHERITED):
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return f"fd://{socket.create_server((host, port), family=family, backlog=512).detach()}"
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuiverError(
            f"{host}:{port} cannot be listened on: {reason}; take another with --host or --port"
        ) from error


def _address(listener: Any) -> str:
    """Returns the address of a listening socket, for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _allow_files() -> None:
    """Raises the number of files that the process may have open, for each connection is one."""
    try:
        import resource
    except ImportError:  # no such limit here
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 1_024
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _too_long(app: Flask) -> bytes:
    """Writes the whole answer to an address that is too long to be read."""
    with app.test_request_context("/"):
        fault = BadRequest(f"An address may have {_LONGEST:,} characters. Use fewer words.")
        response = app.process_response(app.make_response(app.handle_user_exception(fault)))
    page = response.get_data()
    head = "".join(
        f"{name}: {value}\r\n"
        for name, value in response.headers.items()
        if name.lower() not in ("content-length", "connection")
    )
    status = f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
    head += f"Content-Length: {len(page)}\r\nConnection: close\r\n"
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + page
