"""Brings a notice to a target: a mailbox, a webhook, a file or standard output."""

from __future__ import annotations

import errno
import json
import os
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from indexer.alerts.alert import Alert, AlertsFile, Target
from indexer.alerts.mail import MailServer, MailSettings
from indexer.alerts.notice import Notice, notice_json
from indexer.alerts.notice_text import notice_text
from indexer.alerts.webhook import WebhookAwayError, post_notice
from indexer.errors import DeliveryError, OutputError
from indexer.system.protected import protect, refuse_protected

_JSON_HEAD: Final = re.compile(rb'\{"id": "[^"]*", "alert": "')
_TEXT_HEAD: Final = re.compile(rb"generation\s+\S+,\s+published\s")
_HEAD_BYTES: Final = 8_192
"""Of a file of notices, in which its first notice names its generation."""


class Delivery:
    """The targets of one run; use it as a context manager, so that connections are closed.

    Example:
        parts = {"mail": None, "site": "Quiver", "timeout": 30, "retries": 3, "echo": print}
        with Delivery(file, **parts) as delivery:
            delivery.deliver(notice, Target("stdout"))
    """

    def __init__(  # noqa: PLR0913 - what each kind of target needs
        self,
        file: AlertsFile,
        *,
        mail: MailSettings | None,
        site: str,
        timeout: float,
        retries: int,
        echo: Callable[[Notice], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Names what is needed; nothing is opened yet.

        Args:
            file: of the alerts, named in texts.
            mail: the mail server; None where no alert is mailed.
            site: name of the site.
            timeout: seconds to wait for a webhook, each time.
            retries: of webhooks.
            echo: prints a notice to standard output.
            sleep: waits between two tries.
        """
        self._file = file
        self._server = None if mail is None else MailServer(mail)
        self._site = site
        self._timeout = timeout
        self._retries = retries
        self._echo = echo
        self._sleep = sleep
        self._away: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()

    def deliver(self, notice: Notice, target: Target) -> None:
        """Brings a notice to one target; it has taken the notice when this returns.

        Raises:
            DeliveryError: when it has not, or it is not known whether it has.
        """
        if target.kind == "mail":
            if self._server is None:
                raise DeliveryError("no mail server is set; set alerts.smtp_host")
            self._server.send(notice, target.address, self._file.path)
        elif target.kind == "webhook":
            self._post(notice, target.address)
        elif target.kind == "file":
            _append(target.address, self._text(notice, target.address))
        else:
            self._echo(notice)

    def _post(self, notice: Notice, address: str) -> None:
        """Posts a notice; a webhook that does not answer is left alone for the rest of the run."""
        if address in self._away:
            raise DeliveryError(self._away[address])
        try:
            post_notice(
                notice, address, timeout=self._timeout, retries=self._retries, sleep=self._sleep
            )
        except WebhookAwayError as error:
            self._away[address] = str(error)
            raise

    def _text(self, notice: Notice, path: str) -> str:
        if path.endswith((".jsonl", ".json")):
            return json.dumps(notice_json(notice), ensure_ascii=False) + "\n"
        return notice_text(notice, self._site, "")


def check_files(alerts: Iterable[Alert], inputs: Iterable[str], folders: Iterable[str]) -> None:
    """Checks that the files of alerts hold notices, if anything, and lie in no index.

    Args:
        alerts: whose files are checked.
        inputs: files that the command reads.
        folders: where nothing else may be written: of the index and of the states.

    Raises:
        OutputError: when one is.
    """
    protected = protect((), inputs, indexes=tuple(folders))
    for alert in alerts:
        for target in alert.targets:
            if target.kind == "file":
                refuse_protected(target.address, protected)
                _refuse_other(target.address)


def _refuse_other(path: str) -> None:
    """Refuse a file to which something else than this command has written, such as a dump."""
    file = Path(path)
    try:
        if not file.is_file():
            return
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError:
        return  # each delivery says so
    is_json = path.endswith((".jsonl", ".json"))
    is_ours = _JSON_HEAD.match(head) if is_json else _TEXT_HEAD.search(head)
    if head.strip() and not is_ours:
        raise OutputError(path, "has other content than notices; name another file")


def _append(path: str, text: str) -> None:
    """Appends a text to a file; it is on disk when this returns.

    A text that a killed run has left unfinished there stays a piece of its own.
    """
    try:
        if Path(path).exists() and not Path(path).is_file():
            _write_device(path, text)
            return
        with Path(path).open("ab+") as file:
            if file.tell() and path.endswith((".jsonl", ".json")):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    text = f"\n{text}"
            elif file.tell():
                text = f"\n{text}"
            file.write(text.encode(errors="replace"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be written: {error.strerror or error}") from error


def _write_device(path: str, text: str) -> None:
    """Writes a text to a terminal, a named pipe or /dev/null, without waiting for a reader.

    Raises:
        OSError: when not all of it is taken.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0))
    data = text.encode(errors="replace")
    with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 - a descriptor, no path
        if file.write(data) != len(data):
            raise BlockingIOError(errno.EAGAIN, "not all of the notice is taken")
