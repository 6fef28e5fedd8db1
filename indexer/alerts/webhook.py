"""Notices as JSON, posted to an address; tried again with growing pauses while that may help."""

from __future__ import annotations

import base64
import http.client
import json
import random
import ssl
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from indexer.alerts.deadline import closed_after, reply_text
from indexer.alerts.notice import Notice, notice_json
from indexer.errors import DeliveryError

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
"""Seconds; a longer Retry-After is left to the next run."""
_READ: Final = 2_000
"""Bytes of an answer that are read."""


class WebhookAwayError(DeliveryError):
    """A webhook that does not answer at present; it may again later.

    Attributes:
        pause: seconds that the server asks for; 0 = it does not say.
    """

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        """Keeps the reason and the pause."""
        super().__init__(reason)
        self.pause = pause


def post_notice(
    notice: Notice,
    address: str,
    *,
    timeout: float,
    retries: int,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Posts a notice to a webhook; any 2xx is success.

    Redirects are not followed: a moved webhook is for its owner to correct. The header
    Idempotency-Key is the id of the notice, which is the same when it is posted again.

    Args:
        notice: becomes the body, as JSON.
        address: http or https; a name and password in it are sent as basic authentication.
        timeout: seconds to connect, and to wait for each part of the answer.
        retries: how often it is tried again after no answer, 408, 425, 429 or 5xx.
        sleep: waits.

    Raises:
        DeliveryError: when it was not taken; names the host only, for the rest may be a secret.
    """
    body = json.dumps(notice_json(notice), ensure_ascii=False).encode()
    for attempt in range(retries + 1):
        try:
            _post(body, notice.id, address, timeout)
        except WebhookAwayError as error:
            if attempt == retries or error.pause > _LONGEST_PAUSE:
                tries = f" (tried {attempt + 1} times)" if attempt else ""
                raise WebhookAwayError(f"{error}{tries}") from error
            pause = error.pause or min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
            sleep(pause * random.uniform(1.0, 1.25))  # noqa: S311 - spreads requests, no secret
        else:
            return


def _post(body: bytes, key: str, address: str, timeout: float) -> None:
    parts = urlsplit(address)
    host = parts.hostname or ""
    server = f"the webhook at {host}"
    connection = (
        http.client.HTTPSConnection(
            host, parts.port, timeout=timeout, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=timeout)
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Quiver",
        "Idempotency-Key": key,
        "Connection": "close",
    }
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
    try:
        connection.connect()
        with closed_after(connection, 4 * timeout):
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            status, reason = answer.status, reply_text(answer.reason)
            asked = answer.getheader("Retry-After", "")
            answer.read(_READ)
    except ssl.SSLCertVerificationError as error:
        told = f"{server} has no trusted certificate: {error.verify_message}"
        raise DeliveryError(told) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise WebhookAwayError(f"{server} does not answer: {reply_text(str(why))}") from error
    finally:
        connection.close()
    if 200 <= status < 300:
        return
    if status in (408, 425, 429) or status >= 500:
        pause = float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0.0
        raise WebhookAwayError(f"{server} answers {status} {reason}", pause)
    hint = "; correct its address in the alerts file" if status in (301, 302, 307, 308, 404) else ""
    raise DeliveryError(f"{server} refuses the notice: {status} {reason}{hint}")
