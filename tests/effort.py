"""How much the tests try: samples as a rule, everything where QUIVER_WHOLE is set.

The samples prove the same statements over fewer moments, queries and papers. The whole takes an
hour: ``QUIVER_WHOLE=1 pytest -m slow``.
"""

from __future__ import annotations

import os
from typing import Final

WHOLE: Final = bool(os.environ.get("QUIVER_WHOLE"))
"""Whether every paper, moment and query is tried."""


def effort(sample: int, whole: int) -> int:
    """Returns how many times something is tried."""
    return whole if WHOLE else sample
