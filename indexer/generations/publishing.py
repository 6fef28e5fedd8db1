"""What every engine holds a generation against before it publishes it."""

from __future__ import annotations

import re

from indexer.errors import IndexError_

MOST_ATTACHED = 4 << 20
"""Most bytes of one document attached to an index."""
_ATTACHED_NAME = re.compile(r"[a-z0-9-]{1,40}")


def check_attachment(name: str, data: bytes) -> None:
    """Holds the name and the size of an attachment against what `Writer.attach` promises.

    Raises:
        ValueError: when they are not as described there.
    """
    if _ATTACHED_NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r}: expected up to 40 small letters, digits and hyphens")
    if len(data) > MOST_ATTACHED:
        raise ValueError(f"{name}: {len(data):,} bytes are more than {MOST_ATTACHED:,}")


def check_loss(before: int, papers: int, most_lost: float) -> None:
    """Refuses a build from the same dumps that lost too many papers.

    Args:
        before: papers in the generation before.
        papers: papers there are now.
        most_lost: share of those before that may be gone, 0 to 1.

    Raises:
        IndexError_: when more are gone.
    """
    if before and 1 - papers / before > most_lost:
        raise IndexError_(
            f"the number of papers would fall from {before:,} to {papers:,}, by more than "
            f"{most_lost:.0%}, so nothing was published. Is a dump missing or cut short? If it is "
            "intended, use --allow-shrink"
        )
