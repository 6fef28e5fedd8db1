"""The production server: gunicorn, embedded, with worker processes of several threads each.

SIGTERM and SIGINT stop it gracefully: no new connection is taken, requests under way are answered.
Every worker makes its own application and opens the index for itself; the operating system shares
the pages of the index between them.
"""

from __future__ import annotations

import contextlib
import gc
import socket
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import BadRequest

from indexer import Config, QuiverError, parse_query
from webui import current, observing, sharing
from webui.app import create_app

GRACE_SECONDS: Final = 20
"""How long a stop waits for requests under way."""
_LONGEST: Final = 8190
"""Bytes of a request line that gunicorn reads at most."""
_SWITCH_SECONDS: Final = 0.001
"""How long a thread that makes a page keeps others from reading and sending theirs."""
_COLLECTED: Final = (1_000, 20, 100)
"""How seldom Python looks through old objects for cycles; each time takes as long as ten pages."""


def serve(config: Config, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve the pages until the process is told to stop; ends by `SystemExit`.

    Args:
        config: settings; ``web`` says where to listen and with how many workers and threads.
        ready: called once with the address, when requests are answered.

    Raises:
        QuiverError: when the address cannot be listened on.
    """
    listener = _listening(config.web.host, config.web.port)
    _Server(config, listener, ready).run()


class _Worker(ThreadWorker):  # type: ignore[misc] # gunicorn publishes no types
    """Takes its share of the connections.

    Answers an address longer than gunicorn reads with the site's own page, form and all.
    """

    share: sharing.Share

    def accept(self, *given: Any) -> None:
        """Take a connection, or leave it to a worker that has fewer."""
        if self.share.is_next():
            super().accept(*given)
            self.share.tell(self.nr_conns)

    def notify(self) -> None:
        """Say that the worker is alive; called in every round of its loop, and while it stops."""
        super().notify()
        if self.alive:
            self.share.tell(self.nr_conns)
        else:  # it takes no more
            self.share.end()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer a request that gunicorn could not read."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        answer = _too_long(self.wsgi)
        with contextlib.suppress(OSError):
            client.settimeout(1.0)
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            # What is still on its way in is read, or closing would take the answer back.
            for _ in range(64):
                if not client.recv(65_536):
                    break


class _Server(BaseApplication):  # type: ignore[misc] # gunicorn publishes no types
    """Gunicorn with settings of ours and none of its own files or options."""

    def __init__(
        self, config: Config, listener: socket.socket, ready: Callable[[str], None] | None
    ) -> None:
        self._config = config
        self._listener = listener
        self._ready = ready
        self._counters = observing.table()
        self._shares = sharing.table()
        self._row = 0
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        host, port = self._listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        settings = {
            # Gunicorn makes the descriptor its own and closes it.
            "bind": f"fd://{self._listener.detach()}",
            "worker_class": _Worker,
            "workers": self._config.web.workers,
            "threads": self._config.web.threads,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 60,
            "keepalive": 5,
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
            self.cfg.set("when_ready", lambda server: say(f"http://{shown}:{port}/"))  # noqa: ARG005

    def load(self) -> Flask:
        """Make the application, once in each worker."""
        app = create_app(self._config)
        # The first search of a process loads numpy, NLTK and the index; no reader waits for it.
        app.test_client().get("/search?q=first")
        observing.share(app, self._counters, self._row)
        observing.log_access()
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.set_threshold(*_COLLECTED)
        # Words near a misspelt one are found in a table that the first such query makes.
        threading.Thread(target=_learn_words, args=(app,), daemon=True).start()
        return app

    def _forked(self, server: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        self._row = worker.age
        worker.share = sharing.Share(self._shares, worker.age)

    def _ended(self, server: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        sharing.Share(self._shares, worker.age).end()


def _learn_words(app: Flask) -> None:
    """Ask for a word that is not there, so that no reader is the first to do so."""
    with contextlib.suppress(QuiverError), app.app_context():
        current.searcher().search(parse_query("qwyzxvut"), facets=())


def _listening(host: str, port: int) -> socket.socket:
    """Open the listening socket, so that a port in use is an error and not a retry."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        reason = error.strerror or str(error)
        raise QuiverError(
            f"{host}:{port} cannot be listened on: {reason}; take another with --host or --port"
        ) from error


def _too_long(app: Flask) -> bytes:
    """Write the whole answer to an address that is too long to be read."""
    with app.test_request_context("/"):
        fault = BadRequest(f"An address may have {_LONGEST:,} characters. Use fewer words.")
        response = app.process_response(app.make_response(app.handle_user_exception(fault)))
    body = response.get_data()
    head = "".join(
        f"{name}: {value}\r\n"
        for name, value in response.headers.items()
        if name.lower() not in ("content-length", "connection")
    )
    status = f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
    start = f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return start.encode("latin-1") + body
