"""Notices delivered to a real SMTP server and to a webhook on the loopback."""

from __future__ import annotations

import gc
import json
import logging
import os
import socket
import ssl
import warnings
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from indexer import AlertsFile, ConfigError, Delivery, DeliveryError, Paper, Target, load_config
from indexer.alerts.alert import Alert, WatchedPage
from indexer.alerts.comparison import Comparison
from indexer.alerts.delivery import check_files
from indexer.alerts.mail import MailServer, MailSettings, mail_settings
from indexer.alerts.notice import Notice, notices
from indexer.alerts.notice_html import notice_html
from indexer.errors import OutputError
from tests.web.reading import read
from webui.alert_pages import site_pages

SECRET = "correct horse"  # noqa: S105 - of a server of this test
PAGES = site_pages(load_config(overrides={"web.public_url": "https://papers.example.org"}))
HOSTILE = Paper(
    "h/../1",
    'Bees\r\nBcc: evil@example.org\x1b[31m <script>alert("1")</script>',
    "<img src=x onerror=alert(1)> & more",
    ("Ada <b>Byron</b>", "O'Neil"),
    "ICML\nX",
    2020,
    url="javascript:alert(1)",
)


def notice_of(*papers: Paper, title: str = "gossip\r\nBcc: evil@example.org") -> Notice:
    alert = Alert("gossip", "search", (Target("stdout"),), title=title)
    page = WatchedPage("gossip", "https://papers.example.org/search?q=a&sort=year", ())
    found = Comparison("g000002", "2026-11-30T00:00:00Z", "i", {}, new=papers)
    (notice,) = notices(alert, page, found, PAGES)
    return notice


NOTICE = notice_of(HOSTILE)


class Inbox:
    """What a mail server took; it may refuse or be slow to take."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answer = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer:
            return self.answer
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients.append(envelope.rcpt_tos)
        return "250 taken"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return f"550 no such mailbox; the password is {SECRET}"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == SECRET.encode()
    return (
        AuthResult(success=good, handled=True) if good else AuthResult(success=False, handled=False)
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(made)
    return made


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox, context: ssl.SSLContext) -> Iterator[Controller]:
    """A server that insists on STARTTLS and a login."""
    started = Controller(
        inbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
    )
    started.start()
    yield started
    stop(started)


def settings_of(port: int, authority: trustme.CA, tmp_path: Path, **other: Any) -> MailSettings:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    values = {
        "host": "127.0.0.1",
        "port": port,
        "encryption": "starttls",
        "user": "quiver",
        "password": SECRET,
        "ca_file": str(tmp_path / "ca.pem"),
        "sender": "quiver@example.org",
        "site": "Pápers\r\nX: y",
        "timeout": 10.0,
    }
    return MailSettings(**{**values, **other})


def stop(server: Controller) -> None:
    """Stops a server; it leaves connections that were cut unclosed, which is no fault of ours."""
    server.stop()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        server.loop.close()
        del server
        gc.collect()


def port_of(server: Controller) -> int:
    return int(server.port)


def test_a_mail_over_starttls_with_login_as_text_and_html(
    server: Controller, inbox: Inbox, authority: trustme.CA, tmp_path: Path
) -> None:
    mail = MailServer(settings_of(port_of(server), authority, tmp_path))
    mail.send(NOTICE, "ada@example.org", "alerts.yaml")
    mail.send(NOTICE, "bob@example.org", "alerts.yaml")
    mail.close()
    assert inbox.recipients == [["ada@example.org"], ["bob@example.org"]]
    first, second = inbox.messages
    assert first["Subject"] == "1 new paper: gossip Bcc: evil@example.org"
    assert not first["Bcc"]
    assert not first["X"]
    assert str(first["From"]) == '"Pápers X: y" <quiver@example.org>'
    assert first["Message-ID"] != second["Message-ID"]
    assert NOTICE.id in first["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"
    text, html = (first.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    address = "https://papers.example.org/paper/h/~../1"
    assert address in text.get_content()
    assert "\x1b" not in text.get_content()
    page = read(html.get_content())
    links = [one.attrs["href"] for one in page.all("a")]
    assert links == ["https://papers.example.org/search?q=a&sort=year", address]
    assert not page.all("script")
    assert not page.all("img")
    assert '<script>alert("1")</script>' in page.text


def test_a_link_of_another_scheme_is_none() -> None:
    without = site_pages(load_config())
    alert = Alert("a", "search", (Target("stdout"),))
    found = Comparison("g1", "2026", "i", {}, new=(HOSTILE,))
    (notice,) = notices(alert, WatchedPage("a", "", ()), found, without)
    assert not read(notice_html(notice, "Quiver", "")).all("a")


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"password": "wrong"}, "refuses the login (535)"),
        ({"encryption": "none", "user": "", "password": ""}, "530"),
        ({"ca_file": ""}, "has no trusted certificate"),
        ({"encryption": "tls", "timeout": 2.0}, "does not answer"),
    ],
)
def test_what_the_server_refuses_is_told_without_the_password(  # noqa: PLR0917 - fixtures
    server: Controller,
    authority: trustme.CA,
    tmp_path: Path,
    other: dict[str, Any],
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "indexer")
    settings = settings_of(port_of(server), authority, tmp_path, **other)
    mail = MailServer(settings)
    with pytest.raises(DeliveryError) as caught:
        mail.send(NOTICE, "ada@example.org", "alerts.yaml")
    mail.close()
    assert fault in str(caught.value)
    assert SECRET not in repr(settings) + str(caught.value) + caplog.text


def test_one_refused_recipient_does_not_keep_back_the_others(
    server: Controller, inbox: Inbox, authority: trustme.CA, tmp_path: Path
) -> None:
    mail = MailServer(settings_of(port_of(server), authority, tmp_path))
    with pytest.raises(DeliveryError, match="refuses the recipient: 550 no such mailbox") as caught:
        mail.send(NOTICE, "nobody@example.org", "alerts.yaml")
    assert SECRET not in str(caught.value)
    inbox.answer = "451 try again later"
    with pytest.raises(DeliveryError, match="451 try again later"):
        mail.send(NOTICE, "ada@example.org", "alerts.yaml")
    inbox.answer = ""
    mail.send(NOTICE, "ada@example.org", "alerts.yaml")
    mail.close()
    assert inbox.recipients == [["ada@example.org"]]


def test_a_server_without_starttls_gets_no_password(
    inbox: Inbox, authority: trustme.CA, tmp_path: Path
) -> None:
    plain = Controller(inbox, hostname="127.0.0.1", port=free_port())
    plain.start()
    try:
        mail = MailServer(settings_of(port_of(plain), authority, tmp_path))
        with pytest.raises(DeliveryError, match=r"does not support this.*smtp_encryption"):
            mail.send(NOTICE, "ada@example.org", "alerts.yaml")
        mail.close()
    finally:
        stop(plain)
    assert not inbox.messages


def test_settings_of_mail_that_do_not_go_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settings(**keys: Any) -> MailSettings:
        keys = {"smtp_host": "mail.example.org", "sender": "quiver@example.org", **keys}
        config = load_config(overrides={f"alerts.{key}": value for key, value in keys.items()})
        return mail_settings(config.alerts, "Quiver")

    monkeypatch.delenv("QUIVER_SMTP_PASSWORD", raising=False)
    assert (settings().port, settings(smtp_encryption="tls").port) == (587, 465)
    with pytest.raises(ConfigError, match=r"alerts.sender: is empty"):
        settings(sender="")
    with pytest.raises(ConfigError, match="unencrypted"):
        settings(smtp_user="me", smtp_encryption="none")
    with pytest.raises(ConfigError, match="QUIVER_SMTP_PASSWORD"):
        settings(smtp_user="me")
    with pytest.raises(ConfigError, match=r"alerts\.sender: expected an address"):
        settings(sender="me@example.org\nBcc: x@example.org")
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", "utf-8")
    secret.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        settings(smtp_user="me", smtp_password_file=str(secret))
    secret.chmod(0o600)
    read_from_file = settings(smtp_user="me", smtp_password_file=str(secret))
    assert read_from_file.password == secret.read_text("utf-8").strip()
    monkeypatch.setenv("QUIVER_SMTP_PASSWORD", "pässword")
    with pytest.raises(ConfigError, match="ASCII"):
        settings(smtp_user="me")
    monkeypatch.setenv("QUIVER_SMTP_PASSWORD", SECRET)
    assert settings(smtp_user="me").password == SECRET


class Hook(HTTPServer):
    """A webhook that answers as it is told, in turn, and then with 204."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[dict[str, str], Any]] = []
        super().__init__(("127.0.0.1", 0), HookRequest)


class HookRequest(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers.items()), json.loads(body)))
        status, after = self.server.answers.pop(0) if self.server.answers else (204, "")
        self.send_response(status)
        if after:
            self.send_header("Retry-After", after)
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def posted(
    *answers: tuple[int, str], retries: int = 3, login: str = ""
) -> tuple[Hook, list[float], str]:
    """Posts the notice to a webhook; returns it, the pauses, and what went wrong."""
    pauses: list[float] = []
    fault = ""
    with Hook(*answers) as hook:
        thread = Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        target = Target("webhook", f"http://{login}127.0.0.1:{hook.server_port}/hooks/secret?a=b")
        file = AlertsFile("alerts.yaml", ())
        with Delivery(
            file,
            mail=None,
            site="Quiver",
            timeout=5,
            retries=retries,
            echo=lambda _: None,
            sleep=pauses.append,
        ) as delivery:
            for _ in range(2 if answers and answers[-1][0] == 599 else 1):
                try:
                    delivery.deliver(NOTICE, target)
                except DeliveryError as error:
                    fault = str(error)
        hook.shutdown()
        thread.join()
    return hook, pauses, fault


def test_a_name_and_password_of_a_webhook_are_sent() -> None:
    hook, _, fault = posted(login="me:p%40ss@")
    assert not fault
    assert hook.requests[0][0]["Authorization"] == "Basic bWU6cEBzcw=="
    assert "Authorization" not in posted()[0].requests[0][0]


def test_a_device_takes_a_notice(tmp_path: Path) -> None:
    delivery = Delivery(
        AlertsFile("alerts.yaml", ()), mail=None, site="Quiver", timeout=5, retries=0, echo=print
    )
    delivery.deliver(NOTICE, Target("file", os.devnull))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(DeliveryError, match="cannot be written"):
        delivery.deliver(NOTICE, Target("file", str(pipe)))
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    delivery.deliver(NOTICE, Target("file", str(pipe)))
    assert os.read(reader, 100_000)
    os.close(reader)


def test_a_webhook_gets_json_once() -> None:
    hook, pauses, fault = posted()
    ((headers, body),) = hook.requests
    assert (pauses, fault) == ([], "")
    assert headers["Content-Type"].startswith("application/json")
    assert headers["Idempotency-Key"] == body["id"] == NOTICE.id
    assert body["new"][0]["address"] == "https://papers.example.org/paper/h/~../1"
    assert body["new"][0]["title"].startswith("Bees Bcc: evil@example.org")


def test_a_webhook_is_tried_again_with_growing_pauses() -> None:
    hook, pauses, fault = posted((503, ""), (429, "7"), (500, ""))
    assert fault == ""
    assert len(hook.requests) == 4
    first, asked, third = pauses
    assert 1 <= first <= 1.25
    assert 7 <= asked <= 8.75
    assert 4 <= third <= 5


def test_a_webhook_that_stays_away_is_left_alone_for_the_run() -> None:
    hook, _, fault = posted((503, ""), (599, ""), retries=1)
    assert len(hook.requests) == 2
    assert "answers 599" in fault
    assert "secret" not in fault


@pytest.mark.parametrize("status", [302, 400, 404])
def test_a_webhook_that_refuses_is_asked_once_and_redirects_are_not_followed(status: int) -> None:
    hook, pauses, fault = posted((status, "1"))
    assert len(hook.requests) == 1
    assert not pauses
    assert f"refuses the notice: {status}" in fault
    assert "secret" not in fault


def test_a_webhook_that_says_nothing_is_given_up() -> None:
    file = AlertsFile("alerts.yaml", ())
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Delivery(
            file, mail=None, site="Q", timeout=0.1, retries=0, echo=lambda _: None
        ) as delivery,
    ):
        target = Target("webhook", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        with pytest.raises(DeliveryError, match="does not answer"):
            delivery.deliver(NOTICE, target)


def test_files_are_appended_to_and_inputs_are_refused(tmp_path: Path) -> None:
    told: list[Notice] = []
    file = AlertsFile("alerts.yaml", ())
    lines, text = tmp_path / "a.jsonl", tmp_path / "a.txt"
    with Delivery(
        file, mail=None, site="Quiver", timeout=1, retries=0, echo=told.append
    ) as delivery:
        lines.write_text('{"torn": "by a kil', "utf-8")
        for _ in range(2):
            delivery.deliver(NOTICE, Target("file", str(lines)))
            delivery.deliver(NOTICE, Target("file", str(text)))
        delivery.deliver(NOTICE, Target("stdout"))
        with pytest.raises(DeliveryError, match="cannot be written"):
            delivery.deliver(NOTICE, Target("file", str(tmp_path)))
    assert told == [NOTICE]
    assert [json.loads(line)["id"] for line in lines.read_text().splitlines()[1:]] == [
        NOTICE.id
    ] * 2
    assert text.read_text().count("1 new paper: gossip Bcc: evil@example.org\n") == 2
    alert = Alert("a", "search", (Target("file", str(text)),))
    with pytest.raises(OutputError, match="which this command reads"):
        check_files([alert], [str(text)], [])
    with pytest.raises(OutputError, match="lies in"):
        check_files([alert], [], [str(tmp_path)])
    check_files([alert], [], [])
    for name, content in (("a.txt", "A dump"), ("a.jsonl", '{"id": "p1", "title": "A"}')):
        other = tmp_path / name
        other.write_text(content, "utf-8")
        with pytest.raises(OutputError, match="other content than notices"):
            check_files([Alert("a", "search", (Target("file", str(other)),))], [], [])
    lines.write_text(lines.read_text("utf-8").partition("\n")[2], "utf-8")
    check_files([Alert("a", "search", (Target("file", str(lines)),))], [], [])
