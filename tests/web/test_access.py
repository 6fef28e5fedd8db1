"""A private site: one password or token, or a proxy that names the reader; open by default."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import ConfigError, load_config
from tests.oracle import MemoryIndex
from webui import create_app
from webui.http.access import GUESSES

PASSWORD = "Käse und Brot"  # noqa: S105 - of these tests


def client_with(folder: Path, index: MemoryIndex, **settings: object) -> FlaskClient:
    (folder / "password").write_text(f"{PASSWORD}\nnot this line\n", "utf-8")
    overrides = {f"web.{name}": value for name, value in settings.items()}
    return create_app(load_config(overrides=overrides), index=index).test_client()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


def test_everything_needs_the_password(tmp_path: Path, index: MemoryIndex) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    for path in (
        "/",
        "/search?q=gossip",
        "/paper/p1",
        "/feed.atom",
        "/static/quiver.css",
        "/metrics",
    ):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=basic("guess")).status_code == 401
        assert client.get(f"{path}{'&' if '?' in path else '?'}token=x").status_code == 401
    refused = client.get("/search")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert client.get("/healthz").status_code == 200
    for header in ({"Authorization": "Basic %%"}, {"Authorization": "Bearer"}, basic("")):
        assert client.get("/", headers=header).status_code == 401


def test_a_reader_who_has_it_reads_and_no_cookie_is_set(tmp_path: Path, index: MemoryIndex) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    page = client.get("/search?q=gossip", headers=basic(PASSWORD))
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert "public" not in page.headers.get("Cache-Control", "")
    feed = client.get("/feed.atom", query_string={"q": "gossip", "token": PASSWORD})
    assert feed.status_code == 200
    assert "token" not in feed.text
    bearer = {"Authorization": f"Bearer {PASSWORD}".encode().decode("latin-1")}
    assert client.get("/search.json", headers=bearer).status_code == 200


def test_only_a_trusted_proxy_names_readers(tmp_path: Path, index: MemoryIndex) -> None:
    client = client_with(tmp_path, index, user_header="X-Remote-User", trusted_proxies="10.0.0.1")
    named = {"X-Remote-User": "ada"}

    def status(address: str, headers: dict[str, str]) -> int:
        environ = {"REMOTE_ADDR": address}
        return client.get("/", headers=headers, environ_base=environ).status_code

    assert status("10.0.0.1", named) == 200
    assert status("10.0.0.1", {}) == 403
    assert status("10.0.0.2", named) == 403
    assert status("10.0.0.2", named | {"X-Forwarded-For": "10.0.0.1"}) == 403


def test_a_password_that_protects_nothing_is_refused(tmp_path: Path, index: MemoryIndex) -> None:
    (tmp_path / "short").write_text("1234567\n")
    for name in ("short", "missing"):
        with pytest.raises(ConfigError, match=r"web\.password_file"):
            client_with(tmp_path, index, password_file=str(tmp_path / name))
    assert client_with(tmp_path, index).get("/").status_code == 200


def test_no_address_nor_method_goes_past_the_password(tmp_path: Path, index: MemoryIndex) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    known = client.get("/search?q=gossip", headers=basic(PASSWORD))
    tag = {"If-None-Match": known.headers["ETag"]}
    assert client.get("/search?q=gossip", headers=tag).status_code == 401
    rules = [rule for rule in client.application.url_map.iter_rules() if "<" not in rule.rule]
    paths = {rule.rule for rule in rules} - {"/healthz", "/robots.txt"}
    odd = {"//healthz", "/healthz/", "/healthz;x", "/static/", "/none", "/healthz/../search"}
    for path in sorted(paths | odd):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (401, "no-store"), path


def test_strangers_learn_whether_a_private_site_is_well_and_nothing_else(
    tmp_path: Path, index: MemoryIndex
) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    assert client.get("/healthz").json == {"status": "ok"}
    below = {"public_url": "https://example.org/papers"}
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"), **below)
    assert client.get("/papers/healthz").json == {"status": "ok"}
    assert client.get("/papers/search").status_code == 401
    known = client.get("/healthz", headers=basic(PASSWORD)).json
    assert known is not None
    assert known["papers"]


def test_no_shared_cache_keeps_a_page_of_a_private_site(tmp_path: Path, index: MemoryIndex) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    client = client_with(
        tmp_path,
        index,
        password_file=str(tmp_path / "password"),
        logo_file=str(tmp_path / "logo.png"),
    )
    for path in ("/", "/logo", "/shelf", "/static/quiver.css?v=1", "/search.json", "/none"):
        with client.get(path, headers=basic(PASSWORD)) as answer:
            told = answer.headers["Cache-Control"]
        assert "public" not in told, path
        assert {"private", "no-store"} & set(told.split(", ")), path


def test_the_token_leaves_the_other_parameters_as_they_were_sent(
    tmp_path: Path, index: MemoryIndex
) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    raw = "q=G\u00f6del+is&id=a%2Fb&token=K%C3%A4se+und%20Brot&x".encode().decode("latin-1")
    environ = {"QUERY_STRING": raw}
    answer = client.get("/search.json", environ_overrides=environ)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["query"] == "G\u00f6del is"


def test_passwords_are_not_guessed_without_end(tmp_path: Path, index: MemoryIndex) -> None:
    client = client_with(tmp_path, index, password_file=str(tmp_path / "password"))
    wrong = {client.get("/", headers=basic(f"guess {n}")).status_code for n in range(GUESSES)}
    assert wrong == {401}
    for answer in (client.get("/", headers=basic(PASSWORD)), client.get("/?token=x")):
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    answer = client.get("/", headers=basic(PASSWORD), environ_base=elsewhere)
    assert answer.status_code == 200
    assert client.get("/").status_code == 401


def test_a_byte_order_mark_is_no_part_of_the_password(tmp_path: Path, index: MemoryIndex) -> None:
    (tmp_path / "marked").write_text(PASSWORD, "utf-8-sig")
    client = client_with(tmp_path, index, password_file=str(tmp_path / "marked"))
    assert client.get("/", headers=basic(PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ({"password_file": "password"}, 401, "Any user name will do"),
        ({"user_header": "X-Remote-User"}, 403, "Sign in through your organization"),
    ],
)
def test_a_browser_shows_a_stranger_a_page(
    tmp_path: Path, index: MemoryIndex, settings: dict[str, str], status: int, words: str
) -> None:
    if "password_file" in settings:
        settings = {"password_file": str(tmp_path / settings["password_file"])}
    client = client_with(tmp_path, index, **settings)

    answer = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert answer.content_type == "text/html; charset=utf-8"
    assert "<h1>This site is private</h1>" in answer.text
    assert words in answer.text
    style = answer.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    told = client.get("/search.json", headers={"Accept": "application/json"})
    assert (told.status_code, told.content_type) == (status, "application/problem+json")
