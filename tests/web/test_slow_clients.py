"""Slow clients occupy no thread: pages come though there are more of them than threads."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest

from tests.stress.connections import SlowClients, connect
from tests.stress.server import make_index, serving
from webui.http.rate_limit import ClientConnections
from webui.server.fair_threads import FairThreads
from webui.server.receiving import LONGEST_HEAD, Inbox
from webui.server.sending import ClientGone, Outbox

PARTS = 40


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    place = tmp_path_factory.mktemp("slow")
    make_index(place / "index", 1_200)
    with serving(
        place / "index",
        place / "log",
        workers=1,
        threads=2,
        trusted_proxies="",
        connections_per_client=PARTS,
    ) as (_, port):
        yield port


def get(port: int, address: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_pages_come_beside_more_slow_clients_than_threads(port: int) -> None:
    slow = SlowClients(port, PARTS, PARTS // 2)
    try:
        assert get(port, "/help")[0] == 200
        assert get(port, "/search?q=gossip")[0] == 200
    finally:
        slow.close()


def test_a_long_answer_comes_whole_to_a_reader_who_reads_slowly(port: int) -> None:
    connection = connect(port, small=True)
    connection.sendall(b"GET /search.jsonl?q=paper HTTP/1.0\r\nHost: x\r\n\r\n")
    received = b"".join(iter(lambda: connection.recv(3_000), b""))
    connection.close()

    assert received.partition(b"\r\n\r\n")[2].count(b"\n") == 1_200
    assert get(port, "/search.jsonl?q=paper")[1].count(b"\n") == 1_200


def test_one_client_has_no_more_connections_than_allowed(port: int) -> None:
    held = [connect(port, ("127.0.7.7", 0), small=False) for _ in range(PARTS)]
    refused = connect(port, ("127.0.7.7", 0), small=False)

    assert refused.recv(100).startswith(b"HTTP/1.1 429 ")
    assert get(port, "/help")[0] == 200
    for connection in (*held, refused):
        connection.close()


def test_requests_that_come_together_are_answered_one_after_the_other(port: int) -> None:
    connection = connect(port, small=False)
    ask = b"GET /help HTTP/1.1\r\nHost: x\r\n%s\r\n"
    connection.sendall(ask % b"" + ask % b"" + ask % b"Connection: close\r\n")
    received = b"".join(iter(lambda: connection.recv(65_536), b""))
    connection.close()

    assert received.count(b"HTTP/1.1 200 OK") == 3


def test_a_body_is_read_whole_however_it_comes(port: int) -> None:
    body = b"record=" + b"x" * 200_000
    head = b"POST /record/diff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
    connection = connect(port, small=False)
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body))
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    for start in range(0, len(body), 50_000):
        connection.sendall(body[start : start + 50_000])
    answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    connection.close()

    assert answer.startswith(b"HTTP/1.1 4")
    assert b"<form" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /record/diff HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20_000, b"431"),
        (b"HEAD /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"400"),
        *((b"HEAD /" + b"x" * length + b" HTTP/1.1\r\n\r\n", b"400") for length in (8_178, 8_300)),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /record/diff HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", b"413"),
    ],
)
def test_what_cannot_be_read_is_refused(port: int, request_: bytes, status: bytes) -> None:
    connection = connect(port, small=False)
    connection.sendall(request_)
    answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    connection.close()
    head, _, body = answer.partition(b"\r\n\r\n")

    assert head.split(b" ")[1] == status
    assert bool(body) != request_.startswith(b"HEAD")


def _is_read(inbox: Inbox) -> bool:
    return inbox.body_left == 0


def test_heads_and_bodies_are_cut_where_they_end() -> None:
    data = b"POST /a HTTP/1.1\r\n\r\nbodyGET /b HTTP/1.1\r\n\r\nGET"
    for step in range(1, len(data)):
        inbox, heads, bodies = Inbox(), [], []
        for start in range(0, len(data), step):
            inbox.put(data[start : start + step])
            while _is_read(inbox) and inbox.take_head():
                heads.append(inbox.recv(1_000))
                if heads[-1].startswith(b"POST"):
                    inbox.expect(4)
                    if not _is_read(inbox):
                        break
                    bodies.append(inbox.recv(1_000))
                    inbox.end()
            if heads and not bodies and _is_read(inbox):
                bodies.append(inbox.recv(1_000))
                inbox.end()
        while inbox.take_head():
            heads.append(inbox.recv(1_000))
        assert heads == [b"POST /a HTTP/1.1\r\n\r\n", b"GET /b HTTP/1.1\r\n\r\n"]
        assert bodies == [b"body"]
        assert len(inbox) == 3


def test_a_head_without_end_is_given_up() -> None:
    inbox = Inbox()
    inbox.put(b"x" * LONGEST_HEAD)
    assert not inbox.take_head()
    inbox.put(b"x")
    assert inbox.take_head()


def test_an_outbox_keeps_what_the_socket_does_not_take() -> None:
    near, far = socket.socketpair()
    near.setblocking(False)  # noqa: FBT003 - the standard library's
    data = bytes(range(256)) * 40_000
    outbox = Outbox(near)
    for start in range(0, len(data), 100_000):
        outbox.sendall(data[start : start + 100_000])
    received = b""
    while outbox.waiting:
        outbox.flush()
        received += far.recv(1_000_000)
    far.settimeout(0.2)
    while len(received) < len(data):
        received += far.recv(1_000_000)

    assert received == data
    far.close()
    outbox.sendall(b"more")
    with pytest.raises(ClientGone):
        outbox.flush()
    near.close()


def test_an_answer_to_head_has_no_body() -> None:
    near, far = socket.socketpair()
    outbox = Outbox(near)
    outbox.sendall(b"HTTP/1.1 400 Bad\r\nX: y\r\n")
    outbox.sendall(b"\r\nbody")
    outbox.cut_body()
    outbox.flush()
    near.close()

    assert far.recv(1_000) == b"HTTP/1.1 400 Bad\r\nX: y\r\n\r\n"
    far.close()


def test_who_asks_much_at_once_keeps_only_itself_waiting() -> None:
    import threading

    threads = FairThreads(1, "test")
    began, go, done, order = threading.Event(), threading.Event(), threading.Event(), []

    def first() -> None:
        began.set()
        go.wait()

    threads.submit("greedy", first)
    began.wait()
    for number in range(5):
        threads.submit("greedy", lambda number=number: order.append(f"greedy {number}"))  # type: ignore[misc]
    threads.submit("other", lambda: order.append("other"))
    threads.submit("greedy", done.set)
    go.set()
    assert done.wait(10)
    threads.close()

    assert order.index("other") <= 1
    assert len(order) == 6


def test_connections_are_counted_by_client() -> None:
    from indexer import networks_of

    clients = ClientConnections(2, networks_of("10.0.0.0/8"))

    assert [clients.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert all(clients.enter("10.0.0.1") for _ in range(9))
    clients.leave("192.0.2.1")
    clients.leave("192.0.2.1")
    assert clients.enter("192.0.2.1")
    assert ClientConnections(0, ()).enter("192.0.2.1")
    assert clients.reader("10.0.0.1", "203.0.113.5") == "203.0.113.5"
