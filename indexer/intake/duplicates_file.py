"""Reading ``data/duplicates.yaml``: every fault at once, each with its line and what to do.

same:
  - ids: [icml2020-4d1c2a, 2001.01234]  # ids of papers, as their pages show them
    preferred: icml2020-4d1c2a          # stays in the index; the first id where it is left out
    note: preprint of the same text
different:
  - [nips2018-11127, nips2018-11128]    # look like one work and are not
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import yaml

from indexer.duplicates import DuplicateDecisions, SameWork
from indexer.errors import ConfigError
from indexer.intake.yaml_nodes import NodeReader, composed, is_null

DEFAULT_FILE: Final = "data/duplicates.yaml"
"""Where it is, where the settings name no other; only there may it be missing."""
_MOST_IDS: Final = 50
_SECTIONS: Final = ("same", "different")
_KEYS: Final = ("ids", "preferred", "note")


def read_decisions(path: str) -> DuplicateDecisions | None:
    """Reads a file of decisions about duplicates.

    Returns:
        None where there is no file in the default place.

    Raises:
        ConfigError: with every fault: file, key, what was expected, what to do, line.
    """
    root = composed(path, "build.duplicates", DEFAULT_FILE)
    if root is False:
        return None
    reader = _Reader(path)
    decisions = reader.read(root)
    if reader.faults:
        raise ConfigError(tuple(reader.faults))
    return decisions


class _Reader(NodeReader):
    """One pass over the nodes of one file."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.lines: dict[str, int] = {}

    def read(self, root: yaml.Node | None) -> DuplicateDecisions:
        if root is None or is_null(root):
            return DuplicateDecisions()
        same: list[SameWork] = []
        different: list[tuple[str, ...]] = []
        for name, node in self.pairs(root, "", _SECTIONS):
            for at, item in enumerate(self.items(node, name), 1):
                where = f"{name}.{at}"
                if name == "same":
                    same += self._same(item, where)
                else:
                    different.append(self._ids(item, where))
                    self._against(different[-1], same, where, item)
        return DuplicateDecisions(tuple(same), tuple(different))

    def _same(self, node: yaml.Node, where: str) -> Iterator[SameWork]:
        given = dict(self.pairs(node, where, _KEYS))
        if "ids" not in given:
            if isinstance(node, yaml.MappingNode):
                self.fault(where, "expected the ids of the papers; add `ids: [one, other]`", node)
            return
        ids = self._ids(given["ids"], f"{where}.ids")
        preferred = self.text(given.get("preferred"), f"{where}.preferred") or next(iter(ids), "")
        if ids and preferred not in ids:
            told = f"expected one of the ids; got {preferred[:60]!r}, add it to ids"
            self.fault(f"{where}.preferred", told, given["preferred"])
        for one in ids:
            if one in self.lines:
                told = (
                    f"{one!r} is already in line {self.lines[one]}; put all papers of one work "
                    "into one entry"
                )
                self.fault(where, told, node)
            self.lines[one] = node.start_mark.line + 1
        yield SameWork(ids, preferred, self.text(given.get("note"), f"{where}.note"))

    def _ids(self, node: yaml.Node, where: str) -> tuple[str, ...]:
        items = list(self.items(node, where))
        ids = [self.text(item, f"{where}.{at}") for at, item in enumerate(items[:_MOST_IDS], 1)]
        distinct = tuple(dict.fromkeys(filter(None, ids)))
        if isinstance(node, yaml.SequenceNode) and (
            not 1 < len(items) <= _MOST_IDS or len(distinct) < len(items)
        ):
            told = f"expected 2 to {_MOST_IDS} different ids of papers; got {len(distinct)}"
            self.fault(where, told, node)
        return distinct

    def _against(
        self, ids: tuple[str, ...], same: list[SameWork], where: str, node: yaml.Node
    ) -> None:
        for decided in same:
            if len(both := [one for one in ids if one in decided.ids]) > 1:
                told = f"{both[0]!r} and {both[1]!r} are the same elsewhere in this file; keep one"
                self.fault(where, told, node)
