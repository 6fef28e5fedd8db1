"""The server where gunicorn does not run (Windows): waitress, one process of several threads.

It answers what `webui.server.gunicorn_app` answers, with the same settings; `web.workers` processes
of `web.threads` threads become one process of as many threads in all, at most `MOST_THREADS`.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from waitress import create_server

from indexer import Config, QuiverError
from webui.app import create_app
from webui.http import metrics

MOST_THREADS: Final = 32
"""Threads beyond those only wait for one interpreter; each holds a connection's request."""
OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "ident": None,
        # What proxies say reaches the application, which knows `web.trusted_proxies`
        # (`webui.http.proxies`): waitress itself could trust one address, or all.
        "trusted_proxy": None,
        "clear_untrusted_proxy_headers": False,
    }
)
"""Settings of waitress that differ from its defaults."""
GRACE_SECONDS: Final = 20
"""How long a stop waits for requests under way."""


def serve(
    config: Config,
    *,
    ready: Callable[[str], None] | None = None,
    reload: Callable[[], Config] | None = None,  # noqa: ARG001 - Windows has no SIGHUP
) -> None:
    """Serves the pages until the process is told to stop by Ctrl-C or SIGTERM.

    Args:
        config: settings; ``web`` says where to listen and with how many threads.
        ready: called once with the address, when requests are answered.
        reload: has no use here: new settings need a restart.

    Raises:
        QuiverError: when the address cannot be listened on.
    """
    web = config.web
    listener = _listening(web.host, web.port)
    app = create_app(config)
    # The first search of a process loads numpy, NLTK and the index; no reader waits for it.
    app.test_client().get("/search?q=first")
    metrics.log_access()
    threads = min(web.workers * web.threads, MOST_THREADS)
    server: Any = create_server(app, sockets=[listener], threads=threads, **OPTIONS)
    host, port = listener.getsockname()[:2]
    with _sigterm_ends_it():
        try:
            if ready is not None:
                ready(f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/")
            server.run()  # ends at `KeyboardInterrupt` and `SystemExit`, without raising them
        finally:
            server.close()
            server.task_dispatcher.shutdown(timeout=GRACE_SECONDS)


def _listening(host: str, port: int) -> socket.socket:
    """Opens the listening socket; waitress would leave one behind where the port is in use."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise QuiverError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}; take another with "
            "--host or --port"
        ) from error


@contextlib.contextmanager
def _sigterm_ends_it() -> Iterator[None]:
    """Have SIGTERM end the block as Ctrl-C does, where signals can be handled."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:  # noqa: ARG001 - a handler's signature
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
