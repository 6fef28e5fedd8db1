"""Notices by mail: over TLS, each recipient a message of its own, one connection a run.

A message is text and HTML (multipart/alternative, RFC 2046). Its Message-ID is made of the notice
and the recipient, so that a repetition after a crash can be told by mail programs.
"""

from __future__ import annotations

import base64
import hashlib
import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from indexer.alerts.deadline import closed_after, reply_text
from indexer.alerts.notice import Notice, one_line, shortened
from indexer.alerts.notice_html import notice_html
from indexer.alerts.notice_text import notice_text
from indexer.configuration.config import AlertsConfig
from indexer.errors import ConfigError, DeliveryError

PASSWORD: Final = "QUIVER_SMTP_PASSWORD"  # noqa: S105 - the variable's name, no password
_PORTS: Final[Mapping[str, int]] = MappingProxyType({"starttls": 587, "tls": 465, "none": 25})


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail is sent.

    Attributes:
        encryption: "starttls", "tls" (from the first byte) or "none".
        user: empty = no login.
        password: never shown.
        ca_file: certificates to trust besides the system's; empty = none.
        sender: address that the mail comes from.
        site: name of the site, shown as the sender's.
        timeout: seconds to wait for the server, each time.
    """

    host: str
    port: int
    encryption: str
    user: str
    password: str = field(repr=False)
    ca_file: str
    sender: str
    site: str
    timeout: float


def mail_settings(config: AlertsConfig, site: str) -> MailSettings:
    """Returns the settings of mail, with the password of the environment or its file.

    Raises:
        ConfigError: when something is missing or does not go together.
    """
    faults = [
        f"alerts.{key}: is empty, and alerts are to be mailed; set it"
        for key in ("smtp_host", "sender")
        if not getattr(config, key)
    ]
    if config.smtp_user and config.smtp_encryption == "none":
        faults.append(
            "alerts.smtp_encryption: with `none` the password of alerts.smtp_user would be sent "
            "unencrypted; use `starttls` or `tls`"
        )
    if faults:
        raise ConfigError(tuple(faults))
    password = _password(config) if config.smtp_user else ""
    if not (config.smtp_user + password).isascii():
        told = (
            "alerts.smtp_user: the user and the password must be ASCII; change them at the server"
        )
        raise ConfigError((told,))
    return MailSettings(
        host=config.smtp_host,
        port=config.smtp_port or _PORTS[config.smtp_encryption],
        encryption=config.smtp_encryption,
        user=config.smtp_user,
        password=password,
        ca_file=config.smtp_ca_file,
        sender=config.sender,
        site=site,
        timeout=config.timeout,
    )


class MailServer:
    """A connection to the mail server, opened for the first message; close it at the end."""

    def __init__(self, settings: MailSettings) -> None:
        """Begins without a connection."""
        self._settings = settings
        self._client: smtplib.SMTP | None = None
        self._failure = ""

    def send(self, notice: Notice, recipient: str, alerts_file: str) -> None:
        """Sends a notice to one recipient.

        A server that could not be reached is not tried again.

        Raises:
            DeliveryError: when the server has not taken it.
        """
        if self._failure:
            raise DeliveryError(self._failure)
        message = mail_message(notice, recipient, self._settings, alerts_file)
        client = self._client or self._connect()
        try:
            with closed_after(client, 4 * self._settings.timeout):
                client.send_message(message, self._settings.sender, [recipient])
        except (OSError, smtplib.SMTPException) as error:
            if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
                self._failure = self._describe_error(error)
            if not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                self.close()
            raise DeliveryError(self._describe_error(error)) from error

    def close(self) -> None:
        """Takes leave of the server; does nothing without a connection."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            with closed_after(client, self._settings.timeout):
                client.quit()
        except (OSError, smtplib.SMTPException):
            client.close()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            context = _context(settings)
            place = (settings.host, settings.port)
            client = self._client = (
                smtplib.SMTP_SSL(*place, timeout=settings.timeout, context=context)
                if settings.encryption == "tls"
                else smtplib.SMTP(*place, timeout=settings.timeout)
            )
            with closed_after(client, 4 * settings.timeout):
                if settings.encryption == "starttls":
                    client.starttls(context=context)
                if settings.user:
                    client.login(settings.user, settings.password)
        except (OSError, smtplib.SMTPException) as error:
            self._failure = self._describe_error(error)
            self.close()
            raise DeliveryError(self._failure) from error
        return client

    def _describe_error(self, error: Exception) -> str:
        """Words what went wrong; whatever the server says, the password is not in it."""
        settings = self._settings
        server = f"the mail server {settings.host}:{settings.port}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return (
                f"{server} refuses the login ({error.smtp_code}); check alerts.smtp_user and its "
                "password"
            )
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return (
                f"{server} does not support this: {reply_text(str(error))}; check "
                "alerts.smtp_encryption and alerts.smtp_user"
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"{server} has no trusted certificate: {error.verify_message}; check "
                "alerts.smtp_host, or set alerts.smtp_ca_file"
            )
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, reply = next(iter(error.recipients.values()))
            reason = f"refuses the recipient: {code} {reply_text(reply)}"
        elif isinstance(error, smtplib.SMTPResponseException):
            reason = f"refuses the message: {error.smtp_code} {reply_text(error.smtp_error)}"
        elif isinstance(error, smtplib.SMTPServerDisconnected):
            reason = "has closed the connection"
        else:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            reason = f"does not answer: {reply_text(why)}"
        secrets = (settings.password, base64.b64encode(settings.password.encode()).decode())
        for secret in secrets:
            reason = reason.replace(secret, "…") if secret else reason
        return f"{server} {reason}"


def mail_message(
    notice: Notice, recipient: str, settings: MailSettings, alerts_file: str
) -> EmailMessage:
    """Returns a notice as a message of text and HTML.

    Args:
        notice: what is told; nothing of it can become a header of its own.
        recipient: an address.
        settings: name the sender.
        alerts_file: path of the file that the recipient is named in.
    """
    message = EmailMessage(policy=SMTP)
    user, _, domain = settings.sender.rpartition("@")
    message["From"] = Address(one_line(settings.site), user, domain)
    message["To"] = Address("", *recipient.rsplit("@", 1))
    message["Subject"] = shortened(one_line(notice.subject), 200)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{notice.id}.{_tag(recipient)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no replies by machines
    message["List-Id"] = f"<{notice.alert.lower()}.quiver.{domain}>"
    message.set_content(notice_text(notice, settings.site, alerts_file), cte="base64")
    message.add_alternative(
        notice_html(notice, settings.site, alerts_file), subtype="html", cte="base64"
    )
    return message


def _tag(recipient: str) -> str:
    """Returns a short name of a recipient that does not show the address."""
    return hashlib.blake2b(recipient.encode(), digest_size=6).hexdigest()


def _context(settings: MailSettings) -> ssl.SSLContext | None:
    if settings.encryption == "none":
        return None
    context = ssl.create_default_context()
    if settings.ca_file:
        context.load_verify_locations(settings.ca_file)
    return context


def _password(config: AlertsConfig) -> str:
    """Returns the password of the environment or the file."""
    given = os.environ.get(PASSWORD, "")
    if given:
        return given
    if not config.smtp_password_file:
        told = f"alerts.smtp_user: no password; set {PASSWORD} or alerts.smtp_password_file"
        raise ConfigError((told,))
    path = Path(config.smtp_password_file)
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            told = f"alerts.smtp_password_file: {path}: others can read it; run: chmod 600 {path}"
            raise ConfigError((told,))
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError((f"alerts.smtp_password_file: {path}: {error.strerror}",)) from error
