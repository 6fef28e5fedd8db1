"""Reading ``data/authors.yaml``: every fault at once, each with its line and what to do.

people:
  - name: Martin Takáč            # the preferred spelling
    same: [Martin Takac]          # other exact names of the same person
    homepage: https://example.org/
    orcid: 0000-0002-1825-0097
different:
  - [Tao Lin, Tao Lin 0001]       # exact names of different people
papers:
  - name: Yang Liu                # an exact name that several people bear
    same: [icml2020-12, acl2021-3]       # ids of papers of one of them
    different: [icml2020-12, iros2008-7] # ids of papers, each of another of them
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final
from urllib.parse import urlsplit

import yaml

from indexer.authors.curation import CuratedPapers, CuratedPerson, Curation
from indexer.intake.yaml_nodes import NodeReader
from indexer.paper import name_key

DEFAULT_FILE: Final = "data/authors.yaml"
"""Where it is, where the settings name no other; only there may it be missing."""
_MOST_NAMES: Final = 50
_LONGEST: Final = 300
_MOST_PAPERS: Final = 1000
_SECTIONS: Final = ("people", "different", "papers")
_KEYS: Final = ("name", "same", "homepage", "orcid")
_PAPER_KEYS: Final = ("name", "same", "different")
_ORCID: Final = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")


def read_curation(path: str) -> Curation | None:
    """Reads a file of what is curated.

    Returns:
        None where there is no file in the default place.

    Raises:
        ConfigError: with every fault: file, key, what was expected, what to do, line.
    """
    return _Reader.read_file(path, "build.authors", DEFAULT_FILE)


class _Reader(NodeReader[Curation]):
    """One pass over the nodes of one file."""

    def read(self, root: yaml.Node | None) -> Curation:
        if root is None:
            return Curation()
        people: list[CuratedPerson] = []
        different: list[tuple[str, ...]] = []
        papers: list[CuratedPapers] = []
        for name, node in self.pairs(root, "", _SECTIONS):
            for at, item in enumerate(self.items(node, name), 1):
                where = f"{name}.{at}"
                if name == "people":
                    people += self._person(item, where)
                elif name == "papers":
                    papers += self._papers(item, where)
                else:
                    different += self._different(item, where)
        if self.faults:
            return Curation()
        curation = Curation(tuple(people), tuple(different), tuple(papers))
        self._contradictions(curation)
        return curation

    def _person(self, node: yaml.Node, where: str) -> Iterator[CuratedPerson]:
        given = dict(self.pairs(node, where, _KEYS))
        if "name" not in given:
            if isinstance(node, yaml.MappingNode):
                self.fault(where, "expected a name, the preferred spelling; add `name:`", node)
            return
        name = self._name(given["name"], f"{where}.name")
        same: list[str] = []
        if "same" in given:
            for at, item in enumerate(self.items(given["same"], f"{where}.same"), 1):
                if at > _MOST_NAMES:
                    self.fault(f"{where}.same", f"expected at most {_MOST_NAMES} names", item)
                    break
                same.append(self._name(item, f"{where}.same.{at}"))
        homepage = self.text(given.get("homepage"), f"{where}.homepage")
        if homepage and not _is_address(homepage):
            told = f"expected an address that begins with https://; got {homepage!r}"
            self.fault(f"{where}.homepage", told, given["homepage"])
        orcid = self.text(given.get("orcid"), f"{where}.orcid").rpartition("/")[2]
        if orcid and not _is_orcid(orcid):
            told = f"expected an ORCID such as 0000-0002-1825-0097; got {orcid!r}, check its digits"
            self.fault(f"{where}.orcid", told, given["orcid"])
        keys = {name_key(spelling): spelling for spelling in reversed((name, *same))}
        for key, written in keys.items():
            if key in self.lines:
                told = (
                    f"{written!r} is already in line {self.lines[key]}; put all names of one "
                    "person into one entry"
                )
                self.fault(where, told, node)
            self.lines[key] = node.start_mark.line + 1
        others = tuple(other for other in dict.fromkeys(same) if name_key(other) != name_key(name))
        yield CuratedPerson(name, others, homepage, orcid)

    def _different(self, node: yaml.Node, where: str) -> Iterator[tuple[str, ...]]:
        items = list(self.items(node, where))
        names = tuple(
            self._name(item, f"{where}.{at}") for at, item in enumerate(items[:_MOST_NAMES], 1)
        )
        if isinstance(node, yaml.SequenceNode) and not 1 < len(items) <= _MOST_NAMES:
            told = f"expected 2 to {_MOST_NAMES} names of different people; got {len(items)}"
            self.fault(where, told, node)
        self.lines.setdefault(where, node.start_mark.line + 1)
        yield names

    def _papers(self, node: yaml.Node, where: str) -> Iterator[CuratedPapers]:
        given = dict(self.pairs(node, where, _PAPER_KEYS))
        if "name" not in given:
            if isinstance(node, yaml.MappingNode):
                self.fault(where, "expected an exact name; add `name:`", node)
            return
        name = self._name(given.pop("name"), f"{where}.name")
        ids: dict[str, tuple[str, ...]] = {}
        for key, value in given.items():
            items = list(self.items(value, f"{where}.{key}"))
            if not 1 < len(items) <= _MOST_PAPERS:
                told = f"expected the ids of 2 to {_MOST_PAPERS:,} papers; got {len(items)}"
                self.fault(f"{where}.{key}", told, value)
            ids[key] = tuple(
                self.text(paper_id, f"{where}.{key}") for paper_id in items[:_MOST_PAPERS]
            )
        if not ids:
            self.fault(where, "expected `same:` or `different:` with ids of papers", node)
        both = set(combinations(sorted(ids.get("same", ())), 2))
        if both & set(combinations(sorted(ids.get("different", ())), 2)):
            told = "two papers are both in `same` and in `different`; keep one of the two"
            self.fault(where, told, node)
        yield CuratedPapers(name, ids.get("same", ()), ids.get("different", ()))

    def _contradictions(self, curation: Curation) -> None:
        for at, names in enumerate(curation.different, 1):
            for one, other in combinations(names, 2):
                person = curation.person(one)
                if name_key(one) == name_key(other) or (
                    person is not None and person is curation.person(other)
                ):
                    where = f"different.{at}"
                    self.faults.append(
                        f"{self.path}: {where}: {one!r} and {other!r} are the same elsewhere in "
                        f"this file, or one name; keep one of the two (line {self.lines[where]})"
                    )

    def _name(self, node: yaml.Node, where: str) -> str:
        text = self.text(node, where)
        if not any(char.isalpha() for char in text) or len(text) > _LONGEST:
            told = f"expected a name as papers print it, at most {_LONGEST} characters"
            self.fault(where, told, node)
        return text


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()


def _is_orcid(text: str) -> bool:
    """Checks form and last digit (ISO 7064, mod 11-2)."""
    if _ORCID.fullmatch(text) is None:
        return False
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return text[-1] == ("X" if rest == 10 else str(rest))
