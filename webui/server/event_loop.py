"""A worker process of the server: one loop for all connections, a few threads for the answers.

Only a request that has come in whole occupies a thread, and only while its answer is made: what a
client sends slowly gathers in an `Inbox`, what it reads slowly waits in an `Outbox`, and the
connection costs some memory meanwhile. An answer that is made while it is sent, as an export is,
stops when the reader has enough to read, and goes on later in any thread.

Who is too slow is told apart from who has a slow line as Apache's mod_reqtimeout does: a request
line with its header fields has a fixed time, and whatever moves buys more time by its bytes.
https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.http import RequestParser, wsgi
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.base import Worker

from webui.http.rate_limit import ClientConnections
from webui.server.fair_threads import FairThreads
from webui.server.http_connection import Answer, Connection, State
from webui.server.receiving import Inbox
from webui.server.sending import ClientGone, Outbox

HEAD_SECONDS: Final = 20.0
"""Time for a request line and its header fields, from the first byte or the start."""
BODY_SECONDS: Final = 20.0
"""Time for the first bytes of a body, and the most that any bytes buy."""
BODY_RATE: Final = 500
"""Bytes of a body that buy a second."""
SEND_SECONDS: Final = 60.0
"""Time for the first bytes of an answer, and the most that any bytes buy."""
SEND_RATE: Final = 1_000
"""Bytes of an answer that buy a second."""
LINGER_SECONDS: Final = 2.0
"""How long a closed connection is read from, so that the client gets the end of its answer.

A stopping worker keeps connections without a request as long: one may be on its way.
"""
_PART: Final = 131_072
"""Bytes of an answer without a length that are made at a time, and that wait for its reader."""
_PART_SECONDS: Final = 0.2
"""Seconds after which another such answer has its turn."""
_KERNEL: Final = 262_144
"""Bytes that the kernel holds for a reader; left to itself it takes several megabytes for each."""
_MOST_UNSENT: Final = 64_000_000
"""Bytes that all readers of a worker together have not taken; the slowest lose their connection."""
_MOST_BODIES: Final = 128_000_000
"""Bytes of bodies that a worker holds at once, nearly all of them in temporary files."""
_SMALL_BODY: Final = 65_536
"""Most bytes of a body where the method gives it no meaning."""
_ACCEPTED: Final = 16
"""Connections taken before others are looked after."""


class EventLoopWorker(Worker):  # type: ignore[misc] # gunicorn publishes no types
    """Looks after the connections of one process.

    Attributes:
        nr_conns: connections that are open.
        clients: connections of each client.
        largest_body: most bytes of a body that is read.
    """

    clients: ClientConnections
    largest_body: int = 0

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.nr_conns = 0
        self.clients = ClientConnections(0, ())
        self._connections: set[Connection] = set()
        self._done: deque[tuple[Connection, bool]] = deque()
        self._bodies = 0
        self._accepting = False
        self._full_until = 0.0

    def init_process(self) -> None:
        """Makes what the loop works with, after the fork; then runs."""
        self._selector = selectors.DefaultSelector()
        self._threads = FairThreads(self.cfg.threads, "answers")
        # One is enough for what goes on for long: pages come first.
        self._long = FairThreads(1, "long-answers")
        super().init_process()

    def handle_quit(self, sig: int, frame: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        """Stops at once."""
        self.alive = False
        self.cfg.worker_int(self)
        os._exit(0)  # or the interpreter would wait for the answers being made

    def run(self) -> None:
        """Look after connections until told to stop, then until none is left."""
        self._selector.register(self.PIPE[0], selectors.EVENT_READ)
        for listener in self.sockets:
            listener.settimeout(0.0)
        looked = 0.0
        while self.alive:
            self.notify()
            now = time.monotonic()
            self._set_accepting(allowed=now >= self._full_until)
            self._round(0.1 if now < self._full_until else 1.0)
            if self.ppid != os.getppid():
                self.log.info("Parent changed, shutting down: %s", self)
                break
            if (now := time.monotonic()) - looked >= 0.5:
                looked = now
                self._close_late(now)
        self.alive = False
        self._finish()

    def accept(self, listener: Any) -> bool:
        """Takes a connection; says whether there was one."""
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._make_room()
                self._full_until = time.monotonic() + 0.1
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return False
        sock.settimeout(0.0)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL)
        deadline = time.monotonic() + HEAD_SECONDS
        server = listener.getsockname()
        connection = Connection(sock, address, server, deadline, Inbox(), Outbox(sock))
        if self.nr_conns >= self.cfg.worker_connections:
            self._make_room()
        self.nr_conns += 1
        self._connections.add(connection)
        if not self.clients.enter(connection.client) and not self._replaced(connection):
            self._refuse(connection, HTTPStatus.TOO_MANY_REQUESTS, "Too many connections.")
            return True
        self._watch(connection, selectors.EVENT_READ)
        return True

    def _round(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self.PIPE[0], 4096)
            elif isinstance(key.data, Connection):
                self._serve(key.data)
            else:
                for _ in range(_ACCEPTED):
                    if not self.accept(key.data):
                        break
        while self._done:
            connection, failed = self._done.popleft()
            self._take_back(connection, failed=failed)

    def _serve(self, connection: Connection) -> None:
        """Goes on with a connection of which something can be read or to which can be written."""
        try:
            if connection.state is State.READER:
                self._send(connection)
            elif connection.state is State.LINGER:
                if not connection.sock.recv(65_536):
                    self._drop(connection)
            else:
                self._receive(connection)
        except BlockingIOError:
            pass
        except (ClientGone, OSError):
            self._drop(connection)

    def _receive(self, connection: Connection) -> None:
        data = connection.sock.recv(65_536)
        if not data:
            self._drop(connection)
            return
        inbox = connection.inbox
        now = time.monotonic()
        if connection.state is State.IDLE:
            connection.state = State.HEAD
            connection.deadline = now + HEAD_SECONDS
        before = inbox.body_left
        inbox.put(data)
        if connection.state is State.BODY:
            bought = (before - inbox.body_left) / BODY_RATE
            connection.deadline = min(connection.deadline + bought, now + BODY_SECONDS)
            if not inbox.body_left:
                self._submit(connection, self._begin)
            return
        self._next_request(connection)

    def _next_request(self, connection: Connection) -> None:
        """Reads the head of a request that is there whole, and sees what it still needs."""
        inbox = connection.inbox
        if not inbox.take_head():
            return
        connection.head_only = inbox.asks_for_head
        try:
            request = next(RequestParser(self.cfg, inbox, connection.address))
        except (NoMoreData, StopIteration):
            self._refuse(
                connection,
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The header fields are too long.",
            )
            return
        except Exception as error:  # noqa: BLE001 - whatever a client sent
            self._submit(connection, self._explain, error)
            return
        connection.request = request
        fields = dict(request.headers)
        if "TRANSFER-ENCODING" in fields:
            self._refuse(
                connection, HTTPStatus.LENGTH_REQUIRED, "Send the body with a Content-Length."
            )
            return
        size = int(fields.get("CONTENT-LENGTH") or 0)
        allowed = self.largest_body if request.method in ("POST", "PUT", "PATCH") else _SMALL_BODY
        if size > allowed:
            # The application says why; the body stays unread, so the connection ends.
            connection.closing = True
            self._submit(connection, self._begin)
        elif self._bodies + size > _MOST_BODIES:
            self._refuse(connection, HTTPStatus.SERVICE_UNAVAILABLE, "Too many uploads at once.")
        elif size:
            self._await_body(connection, size, fields)
        else:
            self._submit(connection, self._begin)

    def _await_body(self, connection: Connection, size: int, fields: dict[str, str]) -> None:
        connection.held = size
        self._bodies += size
        connection.inbox.expect(size)
        if not connection.inbox.body_left:
            self._submit(connection, self._begin)
            return
        connection.state = State.BODY
        connection.deadline = time.monotonic() + BODY_SECONDS
        if fields.get("EXPECT", "").lower() == "100-continue":
            with contextlib.suppress(BlockingIOError):
                connection.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _send(self, connection: Connection) -> None:
        sent = connection.outbox.flush()
        now = time.monotonic()
        connection.deadline = min(connection.deadline + sent / SEND_RATE, now + SEND_SECONDS)
        if connection.answer is not None and connection.outbox.waiting <= _PART // 4:
            self._submit(connection, self._go_on)
        elif connection.answer is None and not connection.outbox.waiting:
            self._sent(connection)

    def _sent(self, connection: Connection) -> None:
        """Goes on with the next request of a connection whose answer is sent."""
        self._release_body(connection)
        connection.request = None
        if connection.closing:
            self._linger(connection)
            return
        now = time.monotonic()
        connection.state = State.IDLE
        connection.deadline = now + (self.cfg.keepalive if self.alive else LINGER_SECONDS)
        if connection.inbox:  # it did not wait for the answer
            connection.state = State.HEAD
            connection.deadline = now + HEAD_SECONDS
            self._watch(connection, selectors.EVENT_READ)
            self._next_request(connection)
        else:
            self._watch(connection, selectors.EVENT_READ)

    # Answers, made in threads.

    def _submit(self, connection: Connection, job: Callable[..., None], *more: Exception) -> None:
        threads = self._threads if connection.answer is None else self._long
        connection.state = State.THREAD
        self._watch(connection, 0)
        threads.submit(self._reader(connection), partial(self._run, connection, job, *more))

    def _reader(self, connection: Connection) -> str:
        """Returns whose turn it is when a connection is worked for."""
        forwarded = ""
        if connection.request is not None:
            fields = dict(connection.request.headers)
            forwarded = fields.get("X-FORWARDED-FOR", "")
        return self.clients.reader(connection.client, forwarded)

    def _run(self, connection: Connection, job: Callable[..., None], *more: Exception) -> None:
        failed = False
        try:
            job(connection, *more)
        except ClientGone:
            failed = True
        except Exception:
            self.log.exception("Error handling request")
            failed = True
        finally:
            self._done.append((connection, failed))
            with contextlib.suppress(OSError):  # full: the loop is being woken already
                os.write(self.PIPE[1], b".")

    def _begin(self, connection: Connection) -> None:
        """Calls the application, and makes its answer, if it is a page."""
        request = connection.request
        try:
            response, environ = wsgi.create(
                request, connection.outbox, connection.address, connection.server, self.cfg
            )
            environ["wsgi.multithread"] = True
            if connection.closing or not self.alive:
                response.force_close()
            body = self.wsgi(environ, response.start_response)
        except Exception as error:  # noqa: BLE001 - whatever the application raises
            self._explain(connection, error)
            return
        connection.answer = Answer(
            response, iter(body), getattr(body, "close", lambda: None), response.close
        )
        if response.response_length is not None:  # or it is made while it is sent: not here
            self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """Makes a page, or a part of what is longer."""
        answer = connection.answer
        assert answer is not None  # noqa: S101 - `_begin` made it
        stopped, made, began = False, 0, time.monotonic()
        try:
            for piece in answer.pieces:
                answer.response.write(piece)
                made += len(piece)
                if answer.response.response_length is None:
                    connection.outbox.flush()  # compressed, it may take long to fill a part
                    stopped = made > _PART or time.monotonic() - began > _PART_SECONDS
                    if stopped:
                        return
            answer.end()
            connection.closing = connection.closing or answer.response.should_close()
            connection.outbox.flush()
        except ClientGone:
            raise
        except Exception as error:
            if answer.response.headers_sent:  # the client sees that it ends too soon
                raise
            self._explain(connection, error)
        finally:
            if not stopped:
                connection.answer = None
                answer.close()

    def _explain(self, connection: Connection, error: Exception) -> None:
        """Answers what could not be read, or what the application failed at."""
        connection.closing = True
        self.handle_error(connection.request, connection.outbox, connection.address, error)
        if connection.head_only:
            connection.outbox.cut_body()
        connection.outbox.flush()

    def _take_back(self, connection: Connection, *, failed: bool) -> None:
        """Takes back a connection from a thread."""
        if failed:
            self._drop(connection)
        elif connection.answer is not None and connection.outbox.waiting <= _PART // 4:
            self._submit(connection, self._go_on)
        elif connection.outbox.waiting:
            connection.state = State.READER
            connection.deadline = time.monotonic() + SEND_SECONDS
            self._watch(connection, selectors.EVENT_WRITE)
        else:
            self._sent(connection)

    # Ends.

    def _refuse(self, connection: Connection, status: HTTPStatus, reason: str) -> None:
        """Answers a request without the application, and closes."""
        body = f"{reason}\n".encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n"
        )
        connection.closing = True
        connection.outbox.sendall(head.encode() + (b"" if connection.head_only else body))
        try:
            connection.outbox.flush()
        except ClientGone:
            self._drop(connection)
            return
        self._take_back(connection, failed=False)

    def _linger(self, connection: Connection) -> None:
        """Shut down sending, and read on: closing at once could discard the response."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(connection)
            return
        connection.state = State.LINGER
        connection.deadline = time.monotonic() + LINGER_SECONDS
        self._watch(connection, selectors.EVENT_READ)

    def _drop(self, connection: Connection) -> None:
        """Closes a connection that no thread works for."""
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        self.nr_conns -= 1
        self.clients.leave(connection.client)
        self._watch(connection, 0)
        connection.sock.close()
        self._release_body(connection)
        if connection.answer is not None:  # it may hold an index open
            answer, connection.answer = connection.answer, None
            self._long.submit("", answer.close)

    def _release_body(self, connection: Connection) -> None:
        self._bodies -= connection.held
        connection.held = 0
        connection.inbox.end()

    def _close_late(self, now: float) -> None:
        """Closes what has waited too long, and the slowest readers where all hold too much."""
        for connection in [client for client in self._connections if client.deadline < now]:
            if connection.state is State.HEAD and connection.inbox:
                self._refuse(connection, HTTPStatus.REQUEST_TIMEOUT, "The request took too long.")
            elif connection.state is not State.THREAD:
                self._drop(connection)
        reading = [client for client in self._connections if client.state is State.READER]
        unsent = sum(client.outbox.waiting for client in reading)
        for connection in sorted(reading, key=lambda client: client.deadline):
            if unsent <= _MOST_UNSENT:
                break
            unsent -= connection.outbox.waiting
            self._drop(connection)

    def _make_room(self) -> None:
        """Closes the connection that is missed the least: an unused one, then an unread request."""
        for state in (State.LINGER, State.IDLE, State.HEAD, State.BODY, State.READER):
            waiting = [connection for connection in self._connections if connection.state is state]
            if waiting:
                self._drop(min(waiting, key=lambda client: client.deadline))
                return

    def _replaced(self, new: Connection) -> bool:
        """Closes an unused connection of the same client; says whether there was one."""
        unused = [
            connection
            for connection in self._connections
            if connection.state is State.IDLE and connection.client == new.client
        ]
        if not unused:
            return False
        self._drop(min(unused, key=lambda client: client.deadline))
        return True

    def _set_accepting(self, *, allowed: bool) -> None:
        if allowed == self._accepting:
            return
        for listener in self.sockets:
            if allowed:
                self._selector.register(listener, selectors.EVENT_READ, listener)
            else:
                self._selector.unregister(listener)
        self._accepting = allowed

    def _watch(self, connection: Connection, events: int) -> None:
        """Waits for something on a connection; 0 = for nothing."""
        if connection.watched == events:
            return
        if not events:
            self._selector.unregister(connection.sock)
        elif connection.watched:
            self._selector.modify(connection.sock, events, connection)
        else:
            self._selector.register(connection.sock, events, connection)
        connection.watched = events

    def _finish(self) -> None:
        """Answers the requests under way, and those that are on their way, and takes no more."""
        self._set_accepting(allowed=False)
        for listener in self.sockets:
            listener.close()
        began = time.monotonic()
        for connection in self._connections:
            if connection.state in (State.IDLE, State.HEAD):
                connection.deadline = min(connection.deadline, began + LINGER_SECONDS)
        while self._connections and time.monotonic() - began < self.cfg.graceful_timeout:
            self.notify()
            self._round(0.1)
            self._close_late(time.monotonic())
        self._threads.close()
        self._long.close()
