"""Whom a cluster's client trusts, and by what it says who it is."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from indexer.backends.opensearch.connection import PASSWORD, ClusterConfig
from indexer.backends.opensearch.index import OpenSearchIndex
from indexer.errors import ConfigError, IndexUnavailable

SECRET = "not to be seen: ä"  # noqa: S105 - of a server of our own


@dataclass
class Secured:
    """A server with a certificate that asks for one, and keeps the credentials it was given."""

    folder: Path
    port: int = 0
    given: list[str] = field(default_factory=list)

    @property
    def config(self) -> ClusterConfig:
        return ClusterConfig(
            hosts=(f"https://127.0.0.1:{self.port}",),
            ca_file=str(self.folder / "server.crt"),
            cert_file=str(self.folder / "client.crt"),
            key_file=str(self.folder / "client.key"),
        )


def certify(folder: Path, name: str) -> None:
    """Make a key and a certificate of its own."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key",
         "-out", f"{name}.crt"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make certificates")
    made = Secured(tmp_path_factory.mktemp("tls"))
    for name in ("server", "client"):
        certify(made.folder, name)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.given.append(self.headers.get("Authorization", ""))
            self.send_response(404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            return

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=made.folder / "client.crt")
    context.load_cert_chain(made.folder / "server.crt", made.folder / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_says_who_asks(secured: Secured) -> None:
    assert OpenSearchIndex(secured.config).generation() is None
    assert secured.given[-1] == ""


def test_a_password_travels_inside(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)

    assert OpenSearchIndex(replace(secured.config, user="me")).generation() is None

    kind, _, told = secured.given[-1].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(told).decode() == f"me:{SECRET}"


def test_a_certificate_nobody_vouches_for_is_not_trusted(
    secured: Secured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    asked = len(secured.given)

    with pytest.raises(IndexUnavailable, match=r"cluster\.ca_file") as caught:
        OpenSearchIndex(replace(secured.config, ca_file="", user="me")).generation()

    assert SECRET not in str(caught.value)
    assert len(secured.given) == asked


@pytest.mark.parametrize("key", ["ca_file", "cert_file", "key_file"])
def test_a_file_that_is_not_there_is_named(secured: Secured, key: str) -> None:
    absent: dict[str, Any] = {key: "/no/such.pem"}
    config = replace(secured.config, **absent)
    with pytest.raises(ConfigError, match=rf"cluster\.{key}: /no/such\.pem"):
        OpenSearchIndex(config)
