"""Reading an alerts file: every fault at once, each with its line and what to do.

mail: group@example.org             # who is told by alerts that do not say; also a list
alerts:
  - {name: gossip, query: gossip learning, venue: [ICML, NeurIPS], year_from: 2020}
  - name: jaggi
    author_page: martin-jaggi       # as in the address /author/martin-jaggi
    webhook: https://chat.example.org/hooks/papers
  - name: reading-group
    title: Papers of the reading group
    shelf: [icml2020-12, acl2021-3] # ids of papers
    file: reading-group.txt         # relative to the alerts file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args
from urllib.parse import urlsplit

import yaml

from indexer.alerts.alert import Alert, AlertsFile, PageKind, Target, TargetKind
from indexer.configuration.networks import is_mailbox
from indexer.errors import ConfigError
from indexer.intake.yaml_nodes import NodeReader, composed, is_null, node_text
from indexer.system.protected import descriptor_of

MOST_ALERTS: Final = 1_000
_MOST_TARGETS: Final = 50
_MOST_VALUES: Final = 1_000
"""Values of one key; a shelf holds as many papers."""
_LONGEST: Final = 2_000
_KINDS: Final[tuple[TargetKind, ...]] = get_args(TargetKind)
_SEARCH_KEYS: Final = (
    *("query", "venue", "venue_not", "year", "year_not", "type", "type_not"),
    *("author", "author_not", "year_from", "year_to", "match", "sort"),
)
_AUTHOR_KEYS: Final = ("author_page", "also", "exact", "group", "venue", "year", "query")
_KEYS: Final = ("name", "title", *_KINDS, *_SEARCH_KEYS, "author_page", "shelf")
_PAGE_KEYS: Final[Mapping[PageKind, tuple[str, ...]]] = MappingProxyType(
    {"search": _SEARCH_KEYS, "author": _AUTHOR_KEYS, "shelf": ("shelf",)}
)
_ALL_KEYS: Final = tuple(dict.fromkeys((*_KEYS, *_AUTHOR_KEYS)))
_PARAMETERS: Final = MappingProxyType({"query": "q", "shelf": "id"})
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def read_alerts(path: str) -> AlertsFile:
    """Reads an alerts file.

    Raises:
        ConfigError: with every fault: file, key, what was expected, what to do, line.
    """
    if not Path(path).exists():
        raise ConfigError((f"{path}: there is no such file; name the file of your alerts",))
    root = composed(path, "", "")
    if not isinstance(root, yaml.Node) or is_null(root):
        raise ConfigError((f"{path}: is empty; add a list `alerts:` (line 1)",))
    reader = _AlertsReader(path)
    alerts = reader.read(root)
    if reader.faults:
        raise ConfigError(tuple(reader.faults))
    return alerts


class _AlertsReader(NodeReader[AlertsFile]):
    """One pass over the nodes of one file."""

    def read(self, root: yaml.Node | None) -> AlertsFile:
        if root is None:
            return AlertsFile(self.path, ())
        sections = dict(self.pairs(root, "", ("alerts", *_KINDS)))
        shared = self._targets(sections, "")
        if "alerts" not in sections and isinstance(root, yaml.MappingNode):
            self.fault("", "expected a list `alerts:`; add it", root)
        alerts: list[Alert] = []
        if "alerts" in sections:
            for number, item in enumerate(self.items(sections["alerts"], "alerts"), 1):
                if number > MOST_ALERTS:
                    told = f"expected at most {MOST_ALERTS:,} alerts; split the file"
                    self.fault("alerts", told, item)
                    break
                alerts += self._alert(item, f"alerts.{number}", shared)
        return AlertsFile(self.path, tuple(alerts))

    def _alert(self, node: yaml.Node, where: str, shared: tuple[Target, ...]) -> Iterator[Alert]:
        given = dict(self.pairs(node, where, _ALL_KEYS))
        if not isinstance(node, yaml.MappingNode):
            return
        name = self._name(given.get("name"), where, node)
        page: PageKind = "search"
        if "author_page" in given:
            page = "author"
        elif "shelf" in given:
            page = "shelf"
        asked = [key for key in given if key not in ("name", "title", *_KINDS)]
        if not asked:
            told = "expected what to watch; add `query:`, a filter, `author_page:` or `shelf:`"
            self.fault(where, told, node)
        for key in asked:
            if key not in _PAGE_KEYS[page]:
                what = {"author": "author_page", "shelf": "shelf"}.get(page, "query")
                told = (
                    f"{key} does not go with {what}; take one of the two into an alert of its own"
                )
                self.fault(f"{where}.{key}", told, given[key])
        subject = ""
        if page == "author":
            subject = self._subject(given.pop("author_page"), f"{where}.author_page")
        parameters = tuple(
            (_PARAMETERS.get(key, key), value)
            for key in asked
            if key in given
            for value in self._values(given[key], f"{where}.{key}")
        )
        if page == "shelf" and not parameters:
            self.fault(f"{where}.shelf", "expected the ids of papers; got none", node)
        yield Alert(
            name=name,
            title=self.text(given.get("title"), f"{where}.title")[:200],
            page=page,
            subject=subject,
            parameters=parameters,
            targets=self._targets(given, where) or shared or (Target("stdout"),),
            line=node.start_mark.line + 1,
        )

    def _name(self, given: yaml.Node | None, where: str, node: yaml.Node) -> str:
        if given is None:
            self.fault(where, "expected a name, such as `name: gossip`; add it", node)
            return ""
        name = self.text(given, f"{where}.name")
        if not _NAME.fullmatch(name):
            told = (
                "expected a name of letters, digits, dots, hyphens and underscores, at most 80; "
                f"got {name[:80]!r}; use `title:` for other text"
            )
            self.fault(f"{where}.name", told, given)
        key = name.casefold()
        if key in self.lines:
            told = f"{name!r} is already in line {self.lines[key]}; choose another name"
            self.fault(f"{where}.name", told, given)
        self.lines[key] = given.start_mark.line + 1
        return name

    def _subject(self, node: yaml.Node, where: str) -> str:
        """Reads the address of an author page, or its last part."""
        subject = self.text(node, where)
        if "?" in subject:
            told = "expected no parameters; give them as keys: venue, year, query, also, exact"
            self.fault(where, told, node)
        subject = subject.rpartition("/author/")[2].strip("/")
        if not subject:
            self.fault(where, "expected an author such as martin-jaggi; got nothing", node)
        return subject

    def _values(self, node: yaml.Node, where: str) -> Iterator[str]:
        """Yields the texts of a scalar or of a list of scalars, as they are written."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if len(nodes) > _MOST_VALUES:
            told = f"expected at most {_MOST_VALUES:,} values; got {len(nodes):,}"
            self.fault(where, told, node)
        for item in nodes[:_MOST_VALUES]:
            if not isinstance(item, yaml.ScalarNode) or is_null(item):
                told = f"expected a text or a list of texts; got {node_text(item)}"
                self.fault(where, told, item)
            elif len(item.value) > _LONGEST:
                self.fault(where, f"expected at most {_LONGEST:,} characters; shorten it", item)
            else:
                yield "1" if where.endswith(".exact") and item.value == "true" else str(item.value)

    def _targets(self, given: Mapping[str, yaml.Node], where: str) -> tuple[Target, ...]:
        """Returns the targets that keys of a mapping name."""
        checks: Mapping[str, Callable[[str], str]] = {
            "mail": _mail_fault,
            "webhook": _webhook_fault,
            "file": _file_fault,
            "stdout": lambda text: "" if text == "true" else "expected true",
        }
        targets: list[Target] = []
        for kind in _KINDS:
            if kind not in given:
                continue
            key = f"{where}.{kind}" if where else kind
            for value in self._values(given[kind], key):
                address = value.strip()
                if fault := checks[kind](address):
                    # An address of a webhook is not repeated: it may be a secret.
                    got = "" if kind == "webhook" else f"; got {address[:80]!r}"
                    self.fault(key, fault + got, given[kind])
                elif kind == "file":
                    targets.append(Target(kind, str(Path(self.path).parent / address)))
                else:
                    targets.append(Target(kind, "" if kind == "stdout" else address))
        if len(targets) > _MOST_TARGETS:
            told = f"expected at most {_MOST_TARGETS} targets; got {len(targets)}"
            self.faults.append(f"{self.path}: {where or 'targets'}: {told}")
        return tuple(dict.fromkeys(targets))


def _mail_fault(text: str) -> str:
    if is_mailbox(text):
        return ""
    return "expected an address such as me@example.org (ASCII only, without a name)"


def _webhook_fault(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if is_good and text.isascii() and text.isprintable() and " " not in text:
        is_open = parts.username is not None and parts.scheme == "http"
        if is_open and parts.hostname not in _LOOPBACK:
            return "expected https:// for an address with a name and password"
        return ""
    return "expected an address that begins with https:// or http://, in ASCII"


def _file_fault(text: str) -> str:
    if text == "-" or (text and descriptor_of(text) is not None):
        return "expected the name of a file; for standard output write `stdout: true`"
    return "" if text and text.isprintable() else "expected the name of a file"
