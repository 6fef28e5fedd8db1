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

from indexer.intake.yaml_nodes import NodeReader
from indexer.related.duplicates import DuplicateDecisions, SameWork

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
    return _Reader.read_file(path, "build.duplicates", DEFAULT_FILE)


class _Reader(NodeReader[DuplicateDecisions]):
    """One pass over the nodes of one file."""

    def read(self, root: yaml.Node | None) -> DuplicateDecisions:
        if root is None:
            return DuplicateDecisions()
        same: list[SameWork] = []
        different: list[tuple[str, ...]] = []
        apart: list[tuple[str, yaml.Node]] = []
        for name, node in self.pairs(root, "", _SECTIONS):
            for at, item in enumerate(self.items(node, name), 1):
                where = f"{name}.{at}"
                if name == "same":
                    same += self._same(item, where)
                else:
                    different.append(self._ids(item, where))
                    apart.append((where, item))
        self._contradictions(same, different, apart)
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
        for paper_id in ids:
            if paper_id in self.lines:
                told = (
                    f"{paper_id!r} is already in line {self.lines[paper_id]}; "
                    "put all papers of one work into one entry"
                )
                self.fault(where, told, node)
            self.lines[paper_id] = node.start_mark.line + 1
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

    def _contradictions(
        self,
        same: list[SameWork],
        different: list[tuple[str, ...]],
        places: list[tuple[str, yaml.Node]],
    ) -> None:
        """Notes papers that are the same and different, whichever section comes first."""
        works = {paper: number for number, decided in enumerate(same) for paper in decided.ids}
        for ids, (where, node) in zip(different, places, strict=True):
            first: dict[int, str] = {}
            for paper in ids:
                if paper not in works:
                    continue
                if (other := first.setdefault(works[paper], paper)) != paper:
                    told = f"{other!r} and {paper!r} are the same elsewhere in this file; keep one"
                    self.fault(where, told, node)
                    break
