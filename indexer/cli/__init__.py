"""The verbs of the command line that need no web: option parsing and printing only.

`webui.cli` adds ``serve`` to them and is the command ``quiver``.
"""

from indexer.cli.group import VerbGroup, example
from indexer.cli.verbs import verbs

__all__ = ["VerbGroup", "example", "verbs"]
