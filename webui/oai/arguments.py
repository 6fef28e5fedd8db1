"""The arguments of a request and what is wrong with them (OAI-PMH 2.0, sections 3.1.1 and 3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

FORMATS: Final = ("oai_dc", "quiver")
"""The values of ``metadataPrefix``."""
_LISTS: Final = ("from", "until", "set", "metadataPrefix", "resumptionToken")
_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Identify": (),
    "ListMetadataFormats": ("identifier",),
    "ListSets": ("resumptionToken",),
    "GetRecord": ("identifier", "metadataPrefix"),
    "ListIdentifiers": _LISTS,
    "ListRecords": _LISTS,
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class OaiError(Exception):
    """An error of the protocol, answered with status 200.

    Attributes:
        code: of section 3.6, such as "badArgument".
    """

    def __init__(self, code: str, message: str) -> None:
        """Keeps both."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class HarvestSelection:
    """What a list is to hold.

    Attributes:
        prefix: metadata format.
        venue: exact venue; empty = all papers.
        since: first second, ISO 8601 in UTC with offset; empty = no bound.
        until: last second, in the same form.
    """

    prefix: str
    venue: str = ""
    since: str = ""
    until: str = ""


def read_arguments(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns the arguments by name, ``verb`` among them, checked against the table of verbs.

    Raises:
        OaiError: badVerb, or badArgument for one that is repeated, unknown or missing.
    """
    given = list(pairs)
    verbs = [value for name, value in given if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise OaiError("badVerb", f"expected one verb of {', '.join(_ARGUMENTS)}")
    arguments = dict(given)
    if len(arguments) != len(given):
        raise OaiError("badArgument", "an argument is repeated")
    allowed = _ARGUMENTS[verbs[0]]
    for name in arguments:
        if name != "verb" and name not in allowed:
            expected = ", ".join(allowed) or "no arguments"
            raise OaiError("badArgument", f"{name[:80]!r} is unknown here; expected {expected}")
    if "resumptionToken" in arguments:
        if len(arguments) != 2:
            raise OaiError("badArgument", "resumptionToken excludes other arguments")
        return arguments
    for name in ("identifier", "metadataPrefix"):
        required = verbs[0] == "GetRecord" or (name == "metadataPrefix" and name in allowed)
        if required and not arguments.get(name):
            raise OaiError("badArgument", f"{name} is missing")
    return arguments


def read_selection(arguments: Mapping[str, str]) -> HarvestSelection:
    """Returns what the arguments of a list select.

    Raises:
        OaiError: badArgument for impossible dates, noRecordsMatch for an unknown set.
    """
    prefix = read_prefix(arguments)
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from and until differ in granularity")
    first = _bound("from", arguments, "T00:00:00Z")
    last = _bound("until", arguments, "T23:59:59Z")
    if first and last and first > last:
        raise OaiError("badArgument", "from is later than until")
    return HarvestSelection(
        prefix, read_set(arguments["set"]) if "set" in arguments else "", first, last
    )


def read_prefix(arguments: Mapping[str, str]) -> str:
    """Returns the metadata format; raises `OaiError` where there is no such format."""
    prefix = arguments["metadataPrefix"]
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"expected one of {', '.join(FORMATS)}")
    return prefix


def _bound(name: str, arguments: Mapping[str, str], rest: str) -> str:
    if name not in arguments:
        return ""
    text = arguments[name]
    whole = f"{text}{rest}" if _DAY.fullmatch(text) else text
    if _SECOND.fullmatch(whole):
        try:
            return datetime.fromisoformat(whole).astimezone(UTC).isoformat(timespec="seconds")
        except (ValueError, OverflowError):
            pass
    raise OaiError("badArgument", f"{name}: expected YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")


def write_set(venue: str) -> str:
    """Returns the setSpec of a venue, which can be read back exactly.

    Letters and digits of ASCII, full stop and hyphen stand for themselves, a space is ``_``, all
    else ``~``, its code point in hex, ``~``.

    >>> write_set("Proc. ML & AI")
    'venue-Proc._ML_~26~_AI'
    """
    return "venue-" + "".join(
        char
        if char.isascii() and (char.isalnum() or char in ".-")
        else "_"
        if char == " "
        else f"~{ord(char):x}~"
        for char in venue
    )


def read_set(spec: str) -> str:
    """Returns the venue of a setSpec.

    Raises:
        OaiError: where it is none.
    """
    name = spec.removeprefix("venue-")
    venue = re.sub(r"~([0-9a-f]{1,6})~", lambda match: _char(match[1]), name.replace("_", " "))
    if name == spec or not venue or write_set(venue) != spec:
        raise OaiError("noRecordsMatch", "there is no such set; ListSets names them")
    return venue


def _char(code: str) -> str:
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else ""
