"""Resumption tokens: a place in a list of one generation, with a checksum (section 3.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import astuple, dataclass
from typing import Self

from webui.oai.arguments import HarvestSelection, OaiError
from webui.oai.record_list import Position


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
            return cls(
                identity,
                generation,
                verb,
                HarvestSelection(*selection),
                Position(tuple(position[0]), tuple(position[1])),
                cursor,
                total,
            )
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise bad_token("is none of this repository") from error


def bad_token(fault: str) -> OaiError:
    """Returns the error of a token that leads nowhere."""
    return OaiError("badResumptionToken", f"the resumption token {fault}; begin the list again")


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8, person=b"oai-pmh").digest()
