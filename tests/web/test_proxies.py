"""What is believed of a reader's address and scheme, and which address the site goes by."""

from __future__ import annotations

import dataclasses
import http.client
import socket
import threading

import pytest
from flask.testing import FlaskClient
from werkzeug.test import create_environ, run_wsgi_app

from indexer import load_config, networks_of
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from webui import create_app
from webui.http.proxies import is_trusted, reader_of

PAGES = ("/feed.atom?q=rate", "/sitemap.xml", "/opensearch.xml", "/robots.txt", "/paper/p1")


def client(**web: str | int) -> FlaskClient:
    config = load_config()
    settings = dataclasses.replace(config.web, **web)  # type: ignore[arg-type] # by name
    app = create_app(dataclasses.replace(config, web=settings), index=MemoryIndex.of(PAPERS[:9]))
    return app.test_client()


@pytest.mark.parametrize(
    ("address", "forwarded", "reader"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("::1", "2001:db8::4", "2001:db8::4"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nonsense", "nonsense"),
        ("127.0.0.1", " , ,", "127.0.0.1"),
        ("10.1.2.3", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_are_believed(address: str, forwarded: str, reader: str) -> None:
    assert reader_of(address, forwarded, networks_of("127.0.0.0/8 ::1,10.0.0.0/8")) == reader


def test_nothing_is_trusted_where_nothing_is_named() -> None:
    assert not is_trusted("127.0.0.1", networks_of(""))


def test_the_scheme_is_believed_of_a_trusted_proxy_only() -> None:
    inside = client(trusted_proxies="10.0.0.0/8")
    headers = {"X-Forwarded-Proto": "https"}

    def feed(address: str) -> str:
        asked = inside.get(
            "/feed.atom?q=rate", headers=headers, environ_overrides={"REMOTE_ADDR": address}
        )
        return asked.text

    assert "https://localhost/" in feed("10.0.0.7")
    assert "https://localhost/" not in feed("127.0.0.1")


def test_readers_behind_a_proxy_have_limits_of_their_own() -> None:
    pages = client(trusted_proxies="10.0.0.0/8", requests_per_minute=1)

    def ask(reader: str, proxy: str) -> int:
        return pages.get(
            "/help",
            headers={"X-Forwarded-For": reader},
            environ_overrides={"REMOTE_ADDR": proxy},
        ).status_code

    assert [ask("203.0.113.1", "10.0.0.7"), ask("203.0.113.2", "10.0.0.7")] == [200, 200]
    assert ask("203.0.113.1", "10.0.0.7") == 429
    assert [ask("203.0.113.3", "192.0.2.1"), ask("203.0.113.4", "192.0.2.1")] == [200, 429]


@pytest.mark.parametrize(("trusted", "scheme"), [("127.0.0.1", "https"), ("10.0.0.0/8", "http")])
def test_waitress_leaves_to_the_settings_who_is_believed(trusted: str, scheme: str) -> None:
    server = pytest.importorskip("waitress.server")
    from webui.server.waitress_app import OPTIONS

    app = client(trusted_proxies=trusted).application
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = server.create_server(app, sockets=[listener], threads=1, **OPTIONS)
        thread = threading.Thread(target=serving.run, daemon=True)
        thread.start()
        host, port = listener.getsockname()
        connection = http.client.HTTPConnection(host, port, timeout=60)
        headers = {"Host": "papers.example", "X-Forwarded-Proto": "https", "Connection": "close"}
        connection.request("GET", "/feed.atom?q=rate", headers=headers)
        text = connection.getresponse().read().decode()
        connection.close()
        serving.close()
        thread.join(60)
    assert f"{scheme}://papers.example/" in text
    assert ("https://papers.example/" in text) == (scheme == "https")


@pytest.mark.parametrize("page", PAGES)
def test_no_address_depends_on_what_is_sent_where_the_public_one_is_set(page: str) -> None:
    pages = client(public_url="https://papers.example.org")
    evil = {"Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}

    answer = pages.get(page, headers=evil)

    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "https://papers.example.org" in answer.text
    assert answer.headers["ETag"] == pages.get(page).headers["ETag"]


@pytest.mark.parametrize("asked", ["/help", "/search/help"])
def test_a_public_address_may_have_a_path(asked: str) -> None:
    """Whether the proxy leaves the path as it was or takes its own part away."""
    answer = client(public_url="https://example.org/search").get(asked)

    assert answer.status_code == 200
    assert 'action="/search/search"' in answer.text


@pytest.mark.parametrize("host", ["xn--", "xn--a", "a..b", "[::1", "evil.example:99999", "é"])
def test_a_host_that_is_none_is_no_fault_of_the_server(host: str) -> None:
    app = client().application
    for page in (*PAGES, "/search?q=rate"):
        environ = create_environ(page)
        environ["HTTP_HOST"] = host.encode().decode("latin-1")
        pieces, status, _ = run_wsgi_app(app, environ, buffered=True)
        assert status[:3] in ("200", "400"), b"".join(pieces)


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("papers.example:8080", "http://papers.example:8080/oai"),
        ("[::1]:8000", "http://[::1]:8000/oai"),
        ("my_host:8000", "http://localhost/oai"),
        ("", "http://localhost/oai"),
        (" ", "http://localhost/oai"),
        *((host, "") for host in ("a b", "a/b", "a@b", "<b>", "a:b", ":80", "a:0", "a:1:2")),
        ("[::g]", ""),
    ],
)
def test_every_address_has_a_host(host: str, base: str) -> None:
    environ = create_environ("/oai?verb=Identify")
    environ["HTTP_HOST"] = host
    pieces, status, _ = run_wsgi_app(client().application, environ, buffered=True)
    told = b"".join(pieces).decode()
    assert status[:3] == ("200" if base else "400")
    assert f"<baseURL>{base}</baseURL>" in told if base else "host name is not valid" in told
