"""What may be attached to an index: small documents, each under a plain name."""

from __future__ import annotations

import re

MOST_ATTACHED = 4 << 20
"""Most bytes of one document attached to an index."""
_ATTACHED_NAME = re.compile(r"[a-z0-9-]{1,40}")


def check_attachment(name: str, data: bytes) -> None:
    """Hold the name and the size of an attachment against what `Writer.attach` promises.

    Raises:
        ValueError: when they are not as described there.
    """
    if _ATTACHED_NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r}: expected up to 40 small letters, digits and hyphens")
    if len(data) > MOST_ATTACHED:
        raise ValueError(f"{name}: {len(data):,} bytes are more than {MOST_ATTACHED:,}")
