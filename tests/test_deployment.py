"""The files for operators: the nginx configuration is run by real nginx, the unit is checked."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from indexer import load_config

FILES = Path(__file__).resolve().parents[1] / ".github"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
UPSTREAM = """
import sys
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from webui import create_app
from waitress import create_server
from webui.server.waitress_app import OPTIONS

app = create_app(index=MemoryIndex.of(PAPERS))
server = create_server(app, host="127.0.0.1", port=0, **OPTIONS)
print(server.effective_port, flush=True)
server.run()
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[int]:
    """The port at which nginx serves TLS with our configuration, the pages behind it."""
    pytest.importorskip("waitress")
    upstream = subprocess.Popen(
        [sys.executable, "-c", UPSTREAM], cwd=checkout, stdout=subprocess.PIPE, text=True
    )
    with upstream:
        try:
            assert upstream.stdout is not None
            behind = int(upstream.stdout.readline())
            with nginx_before(behind, tmp_path_factory.mktemp("nginx")) as port:
                yield port
        finally:
            upstream.kill()


@contextmanager
def nginx_before(behind: int, folder: Path) -> Iterator[int]:
    """Runs nginx with our configuration before a server; gives the port at which it serves TLS."""
    if NGINX is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "2"),
        ],
        check=True,
        capture_output=True,
    )
    plain, port = free_ports(2)
    text = (FILES / "nginx.conf").read_text(encoding="utf-8")
    for before, after in (
        ("/etc/ssl/papers.example.org.pem", str(certificate)),
        ("/etc/ssl/private/papers.example.org.key", str(key)),
        ("/var/cache/nginx/quiver", str(folder / "pages")),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
    ):
        assert before in text, before
        text = text.replace(before, after)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"{'user root;' if os.geteuid() == 0 else ''} "
        f"daemon off; pid {folder}/pid; error_log stderr warn; events {{}}\n"
        f"http {{ access_log off; {temporary} {text} }}\n"
    )
    path = folder / "nginx.conf"
    path.write_text(whole, encoding="utf-8")
    server = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(path), "-e", "stderr"])
    with server:
        try:
            for _ in range(100):
                with suppress(OSError):
                    ask(port, "/help")
                    break
                assert server.poll() is None
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def ask(
    port: int, address: str, *, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        connection.request(method, address, headers={"Accept": "text/html", **headers})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    finally:
        connection.close()


def test_pages_come_by_tls_compressed_and_with_https_addresses(secure: int) -> None:
    status, headers, body = ask(
        secure, "/search?q=federated", **{"Accept-Encoding": "gzip", "Host": "papers.example.org"}
    )
    assert (status, headers["content-encoding"]) == (200, "gzip")
    _, _, feed = ask(secure, "/sitemap.xml", Host="papers.example.org")
    assert b"https://papers.example.org/" in feed
    assert len(body) < len(ask(secure, "/search?q=federated")[2])


def test_an_answer_that_broke_off_is_asked_for_once_more(tmp_path: Path) -> None:
    """A worker that dies costs its reader nothing; what has an effect is not asked for twice."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def dying() -> None:
            """Answers each second connection, and closes the others without a word."""
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65_536).partition(b" ")[0])
                    if len(asked) % 2 == 0:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole")

        threading.Thread(target=dying, daemon=True).start()
        with nginx_before(listening.getsockname()[1], tmp_path) as port:
            asked.clear()
            assert ask(port, "/search?q=gossip")[0::2] == (200, b"whole")
            assert asked == [b"GET", b"GET"]
            assert ask(port, "/search?q=gossip", method="POST")[0] == 502
            assert asked == [b"GET", b"GET", b"POST"]
        listening.shutdown(socket.SHUT_RDWR)


def test_a_kept_page_is_asked_for_by_its_etag(secure: int) -> None:
    first = ask(secure, "/search?q=gossip")
    time.sleep(2.5)  # nginx keeps it for a second, and counts whole seconds
    second = ask(secure, "/search?q=gossip")
    assert (first[1]["x-cache"], second[1]["x-cache"]) == ("MISS", "REVALIDATED")
    assert first[2] == second[2]
    for _ in range(2):  # what must not be stored is not
        assert ask(secure, "/healthz")[1]["x-cache"] in ("MISS", "BYPASS")


def test_crawlers_of_the_filter_space_share_one_budget(secure: int) -> None:
    deep = [
        ask(secure, f"/search?q=learning&venue=ICML&year={year}&author=x&sort=year")[0]
        for year in range(2000, 2003)
    ]
    assert set(deep) == {200}  # within the budget; what is beyond it waits, two a second


def test_metrics_are_for_this_machine(secure: int) -> None:
    assert ask(secure, "/metrics")[0] == 200


@pytest.mark.parametrize(
    ("arguments", "deep"),
    [
        ("q=x&venue=a&year=1&author=b", True),
        ("venue=a&venue=b&venue=c", True),
        ("q=venue=&venue=a&year=1", False),
        ("venue=&year=&author=", False),
        ("q=x", False),
        ("", False),
        ("venue=a&" * 2000, True),
        ("venue=a&" * 2 + "q=a&" * 2000, False),
    ],
)
def test_three_filters_are_deep(arguments: str, deep: bool) -> None:  # noqa: FBT001
    text = (FILES / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r'"~(.+)" deep;', text)
    assert found
    assert bool(re.search(found[1], arguments)) is deep


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    text = (FILES / "quiver.service").read_text(encoding="utf-8")
    unit = tmp_path / "quiver.service"
    unit.write_text(text.replace("/opt/quiver/bin/quiver", sys.executable), encoding="utf-8")
    ran = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_files_for_containers_name_what_is_there() -> None:
    compose = yaml.safe_load((FILES / "compose.yaml").read_text(encoding="utf-8"))
    assert (FILES / compose["services"]["serve"]["build"]["context"]).resolve() == FILES.parent
    dockerfile = (FILES / "Dockerfile").read_text(encoding="utf-8")
    assert "\nUSER 10001:10001\n" in dockerfile
    for base in re.findall(r"^FROM (\S+)", dockerfile, flags=re.MULTILINE):
        assert re.fullmatch(r"python:3\.1[1-4]-slim", base)


def test_the_settings_of_the_cluster_in_containers_are_settings(tmp_path: Path) -> None:
    compose = yaml.safe_load((FILES / "compose.opensearch.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    settings = tmp_path / "settings.yaml"
    settings.write_text(compose["configs"]["quiver"]["content"], encoding="utf-8")

    config = load_config(settings)

    nodes = [name for name in services if name.startswith("search")]
    assert config.index.backend == "opensearch"
    assert config.cluster.hosts == ",".join(f"http://{name}:9200" for name in nodes)
    for name in nodes:
        assert services[name]["environment"]["node.name"] == name
        assert services[name]["volumes"] == [f"{name}:/usr/share/opensearch/data"]
        assert services[name]["environment"]["discovery.seed_hosts"] == ",".join(nodes)
        assert "ports" not in services[name]  # without passwords, for the services alone
    arguments = services["serve"]["build"]["args"]
    assert "ARG EXTRAS=" in (FILES / "Dockerfile").read_text(encoding="utf-8")
    assert set(arguments["EXTRAS"].split(",")) <= set(extras())


def extras() -> list[str]:
    """Names of the optional dependencies."""
    told = tomllib.loads((FILES.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return list(told["project"]["optional-dependencies"])
