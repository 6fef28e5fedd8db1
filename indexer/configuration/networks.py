"""Addresses and networks as settings name them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(text: str) -> tuple[Network, ...]:
    """Reads addresses and networks with commas or spaces between them.

    >>> networks_of("127.0.0.1, 10.0.0.0/8")
    (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/8'))

    Raises:
        ValueError: when one is neither; a network's address may have bits of a host.
    """
    return tuple(
        ipaddress.ip_network(word, strict=False) for word in re.split(r"[\s,]+", text) if word
    )


def are_networks(text: str) -> bool:
    """Returns whether `networks_of` can read a text."""
    try:
        networks_of(text)
    except ValueError:
        return False
    return True


def is_site_address(text: str) -> bool:
    """Returns whether a text is an address that those of a site's pages can begin with.

    >>> is_site_address("https://papers.example.org/search"), is_site_address("papers")
    (True, False)
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", host) is not None
        and (port is None or port > 0)
        and "@" not in parts.netloc
        and not (parts.query or parts.fragment or "?" in text or "#" in text)
        and re.fullmatch(r"[A-Za-z0-9_.~/-]*", parts.path) is not None
    )


def is_colour(text: str) -> bool:
    """Returns whether a text is a colour such as ``#0f4c5c``."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def is_header(text: str) -> bool:
    """Returns whether a text can be the name of a header (RFC 9110, 5.1)."""
    return re.fullmatch(r"[A-Za-z0-9-]{1,100}", text) is not None


def is_email(text: str) -> bool:
    """Returns whether a text can be an e-mail address, as OAI-PMH.xsd has them.

    >>> is_email("papers@example.org"), is_email("papers@localhost")
    (True, False)
    """
    return re.fullmatch(r"[^\s@]{1,100}@([^\s@.]{1,63}\.)+[^\s@.]{1,63}", text) is not None


def are_links(text: str) -> bool:
    """Returns whether a text is labels and addresses, separated by commas.

    >>> are_links("Imprint https://example.org/imprint, About /about"), are_links("Imprint")
    (True, False)
    """
    part = r"\s*(?:[^,]*\s)?(?:https?://|mailto:|/(?![/\\]))[^\s,]*\s*"
    return re.fullmatch(f"{part}(?:,{part})*", text) is not None


def is_host(text: str) -> bool:
    """Returns whether a text is the name or the address of a machine.

    >>> is_host("smtp.example.org"), is_host("smtp example")
    (True, False)
    """
    return re.fullmatch(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}", text) is not None


def is_mailbox(text: str) -> bool:
    """Returns whether a text is one mail address, in ASCII and without a name.

    >>> is_mailbox("me@example.org"), is_mailbox("Me <me@example.org>")
    (True, False)
    """
    local = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    domain = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    pattern = rf"{local}(?:\.{local})*@{domain}(?:\.{domain})*"
    return len(text) <= 254 and re.fullmatch(pattern, text) is not None
