"""How hard the properties are tried: few examples by default, as found, not shrunk.

A shrunk example is easier to read, but every step builds an index; ask for it when you need it:
``QUIVER_EXAMPLES=500 QUIVER_SHRINK=1 pytest tests/conformance``.
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

EXAMPLES: Final = int(os.environ.get("QUIVER_EXAMPLES", "12"))
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def pace(times: int = 1) -> settings:
    """Returns the settings of a property; `times` as many examples where they are cheap."""
    shrinking = (Phase.shrink,) if os.environ.get("QUIVER_SHRINK") else ()
    return settings(
        max_examples=times * EXAMPLES,
        deadline=None,
        phases=(*_PHASES, *shrinking),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
