"""Resumption tokens: a place in a list of one generation, with a checksum (section 3.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, dataclass
from typing import Any, Final, Self

from webui.oai.arguments import HarvestSelection, OaiError
from webui.oai.record_list import Position

_MOST: Final = 2**31
"""Beyond any number of records."""


@dataclass(frozen=True, slots=True)
class ResumptionToken:
    """Where a list goes on.

    Attributes:
        identity: of the index.
        generation: that the list is made of.
        verb: of the request.
        selection: what the list holds.
        position: of the last record that was sent.
        cursor: number of records sent so far.
        total: records of the whole list.
    """

    identity: str
    generation: str
    verb: str
    selection: HarvestSelection
    position: Position
    cursor: int
    total: int

    def __str__(self) -> str:
        """Returns the token as it is sent: opaque, safe in an address."""
        body = json.dumps(astuple(self), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_digest(body) + body).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads a token back.

        Raises:
            OaiError: badResumptionToken where it is none that this program wrote.
        """
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            body = data[8:]
            if data[:8] != _digest(body):
                raise ValueError("checksum")  # noqa: TRY301 - the same answer as other faults
            identity, generation, verb, selection, position, cursor, total = json.loads(body)
            identity, generation, verb = _texts((identity, generation, verb), 3)
            written, past = position
            return cls(
                identity,
                generation,
                verb,
                HarvestSelection(*_texts(selection, 4)),
                Position(_texts(written, 2), _texts(past, 2)),
                _count(cursor),
                _count(total),
            )
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise bad_token("is none of this repository") from error


def bad_token(fault: str) -> OaiError:
    """Returns the error of a token that leads nowhere."""
    return OaiError("badResumptionToken", f"the resumption token {fault}; begin the list again")


def _texts(values: Any, count: int) -> tuple[Any, ...]:
    """Returns values that are texts: the checksum is no signature, so anybody can write a token."""
    if not isinstance(values, list | tuple) or len(values) != count:
        raise TypeError(f"{count} texts are expected")
    for value in values:
        if not isinstance(value, str):
            raise TypeError("a text is expected")
        value.encode()  # half characters are a ValueError
    return tuple(values)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _MOST:
        raise ValueError("a number of records is expected")
    return value


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8, person=b"oai-pmh").digest()
