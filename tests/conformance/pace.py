"""How many random examples a property is tried on: few, or many with QUIVER_EXAMPLES=500."""

from __future__ import annotations

import os
from typing import Final

EXAMPLES: Final = int(os.environ.get("QUIVER_EXAMPLES", "12"))
