"""Files of decisions in YAML: read as nodes, so that each fault is reported with its line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Generic, Literal, TypeVar

import yaml

from indexer.configuration.yaml_settings import nearest
from indexer.errors import ConfigError

T = TypeVar("T")
MOST_BYTES: Final = 2_000_000
"""Most bytes of such a file."""


def composed(path: str, setting: str, default: str) -> yaml.Node | Literal[False] | None:
    """Returns the root node of a file, None where the file is empty.

    Args:
        path: of the file.
        setting: that names it, for the error.
        default: the path where it may be missing.

    Returns:
        False where there is no file in the default place.

    Raises:
        ConfigError: when it is missing elsewhere, cannot be read, or is no YAML.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        if path == default:
            return False
        raise ConfigError(
            (f"{path}: there is no such file; correct the setting {setting}",)
        ) from error
    except OSError as error:
        raise ConfigError((f"{path}: cannot be read: {error.strerror or error}",)) from error
    if len(data) > MOST_BYTES:
        raise ConfigError((f"{path}: is larger than {MOST_BYTES:,} bytes; split the file",))
    try:
        return yaml.compose(data.decode("utf-8-sig"), yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: is not YAML in UTF-8: {in_one_line(error)}",)) from error
    except RecursionError as error:
        raise ConfigError((f"{path}: is nested too deeply",)) from error


class NodeReader(ABC, Generic[T]):
    """One pass over the nodes of one file, whose decisions are a `T`.

    Attributes:
        path: of the file, for faults.
        faults: every fault found so far, each one line.
        lines: where what may be given only once was given, from 1.
    """

    def __init__(self, path: str) -> None:
        """Begins without a fault."""
        self.path = path
        self.faults: list[str] = []
        self.lines: dict[str, int] = {}

    @classmethod
    def read_file(cls, path: str, setting: str, default: str) -> T | None:
        """Reads a whole file.

        Args:
            path: of the file.
            setting: that names it, for the error.
            default: the path where it may be missing.

        Returns:
            None where there is no file in the default place.

        Raises:
            ConfigError: with every fault: file, key, what was expected, what to do, line.
        """
        root = composed(path, setting, default)
        if root is False:
            return None
        reader = cls(path)
        decisions = reader.read(None if root is None or is_null(root) else root)
        if reader.faults:
            raise ConfigError(tuple(reader.faults))
        return decisions

    @abstractmethod
    def read(self, root: yaml.Node | None) -> T:
        """Returns the decisions of a file, those without a fault; None is an empty file."""

    def pairs(
        self, node: yaml.Node, where: str, known: tuple[str, ...]
    ) -> Iterator[tuple[str, yaml.Node]]:
        """Yields the pairs of a mapping whose keys are known; the others are faults."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(where, f"expected the keys {', '.join(known)}; got {node_text(node)}", node)
            return
        seen: set[str] = set()
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key not in known:
                told = f"expected one of the keys {', '.join(known)}; got {key[:60]!r}"
                self.fault(where, told + nearest(key, known), key_node)
            elif key in seen:
                self.fault(where, f"{key} is given twice; keep one", key_node)
            else:
                seen.add(key)
                yield key, value

    def items(self, node: yaml.Node, where: str) -> Iterator[yaml.Node]:
        """Yields the items of a list; anything else is a fault."""
        if isinstance(node, yaml.SequenceNode):
            yield from node.value
        elif not is_null(node):
            self.fault(where, f"expected a list; got {node_text(node)}", node)

    def text(self, node: yaml.Node | None, where: str) -> str:
        """Returns the text of a scalar node, spaces collapsed."""
        if node is None or is_null(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(where, f"expected a text; got {node_text(node)}", node)
            return ""
        return " ".join(str(node.value).split())

    def fault(self, where: str, what: str, node: yaml.Node) -> None:
        """Notes a fault with its place."""
        place = f"{self.path}: {where}: " if where else f"{self.path}: "
        self.faults.append(f"{place}{what} (line {node.start_mark.line + 1})")


def is_null(node: yaml.Node) -> bool:
    """Whether a node is empty."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def node_text(node: yaml.Node) -> str:
    """Returns what a node is, in words."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else repr(str(node.value)[:60])


def in_one_line(error: Exception) -> str:
    """Returns an error of the parser in one line."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} (line {error.problem_mark.line + 1})"
    return " ".join(str(error).split())
