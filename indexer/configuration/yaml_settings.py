"""Reading one YAML file of settings: two levels, scalar values, every fault found.

The file is read as YAML *nodes*, not values: so each fault knows its line, a key given twice is
seen, and nothing is built from what was not asked for.
"""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

Scalar = str | int | float | bool
LARGEST: Final = 1_000_000
"""Most bytes of a settings file that are read; far beyond any honest one."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers from `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Optional:
    """A text that may be empty."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a certain form, or an empty one.

    Attributes:
        form: what it must be, in words that follow "expected".
        accepts: whether a text that is not empty is one.
    """

    form: str
    accepts: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: its path ("web.port"), its type, and what its value may be."""

    path: str
    kind: type
    limit: Numbers | Choice | Optional | Text | None = None

    @property
    def expected(self) -> str:
        """What a value must be, in words that follow "expected"."""
        if isinstance(self.limit, Choice):
            words = self.limit.words
            return words[0] if len(words) == 1 else "one of " + ", ".join(words)
        if isinstance(self.limit, Text):
            return self.limit.form
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            return "text"
        noun = "a whole number" if self.kind is int else "a number"
        if isinstance(self.limit, Numbers):
            return f"{noun} from {self.limit.low:g} to {self.limit.high:g}"
        return noun

    def check(self, value: object) -> Scalar | None:
        """Returns the value in the type of the key, or None where it is not allowed."""
        made: Scalar
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            made = float(value) if abs(value) < 2**53 else math.inf
        elif type(value) is self.kind:
            made = value  # type: ignore[assignment] # the kinds are the types of Scalar
        else:
            return None
        if isinstance(made, float) and not math.isfinite(made):
            return None
        if isinstance(made, str) and not made.strip():
            return made if isinstance(self.limit, Optional | Text) else None
        if isinstance(self.limit, Text) and not self.limit.accepts(str(made)):
            return None
        if isinstance(self.limit, Choice) and made not in self.limit.words:
            return None
        if (
            isinstance(self.limit, Numbers)
            and not isinstance(made, str)
            and not self.limit.low <= made <= self.limit.high
        ):
            return None
        return made


def read_settings(path: Path, known: Mapping[str, Setting]) -> tuple[dict[str, Scalar], list[str]]:
    """Reads a file of settings against the keys there are.

    Returns:
        the good values by key path, and every fault, in the order of the file.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            return {}, [f"{path}: expected at most {LARGEST:,} bytes; is this the right file?"]
        loader = yaml.SafeLoader(raw.decode("utf-8-sig"))
        root = loader.get_single_node()
    except OSError as error:
        return {}, [f"{path}: cannot be read: {error.strerror or error}"]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return {}, [f"{path}: {_syntax(error)}"]
    except RecursionError:
        return {}, [f"{path}: nested too deeply to be a file of settings"]
    reader = _Reader(path, known, loader)
    reader.read(root)
    return reader.values, reader.faults


def nearest(word: str, words: Iterable[str]) -> str:
    """Words the suggestion of the key that was probably meant; empty where none is near."""
    near = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def wording(value: object) -> str:
    """Writes a value that was not expected, short whatever it holds."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return reprlib.repr(value)


class _Reader:
    """One pass over the nodes of one file."""

    def __init__(self, path: Path, known: Mapping[str, Setting], loader: yaml.SafeLoader) -> None:
        self.path = path
        self.known = known
        self.loader = loader
        self.values: dict[str, Scalar] = {}
        self.faults: list[str] = []

    def read(self, root: yaml.Node | None) -> None:
        if root is None:
            return  # an empty file changes nothing
        sections = dict.fromkeys(path.partition(".")[0] for path in self.known)
        for name, node in self._pairs(root, "", sections):
            if name not in sections:
                self._unknown(name, node, sections, name)
                continue
            keys = {path.partition(".")[2] for path in self.known if path.startswith(f"{name}.")}
            for key, leaf in self._pairs(node, name, keys):
                self._leaf(f"{name}.{key}", leaf, keys)

    def _pairs(
        self, node: yaml.Node, path: str, keys: Iterable[str]
    ) -> Iterable[tuple[str, yaml.Node]]:
        """Yields the pairs of a mapping whose keys are single; report the rest."""
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null" and path:
            return  # a section with all its keys commented out
        if not isinstance(node, yaml.MappingNode):
            some = ", ".join(sorted(keys)[:3])
            self._fault(
                path, f"expected keys such as {some}; got {self._describe_node(node)}", node
            )
            return
        seen: dict[str, int] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._fault(path, f"expected a key; got {self._describe_node(key_node)}", key_node)
                continue
            key = str(key_node.value)
            full = f"{path}.{key}" if path else key
            if key in seen:
                first = seen[key]
                self._fault(full, f"given twice, first in line {first}; keep one", key_node)
                continue
            seen[key] = key_node.start_mark.line + 1
            yield key, value

    def _leaf(self, path: str, node: yaml.Node, keys: Iterable[str]) -> None:
        setting = self.known.get(path)
        if setting is None:
            self._unknown(path, node, keys, path.partition(".")[2])
            return
        value: object = node
        if isinstance(node, yaml.ScalarNode):
            try:
                value = self.loader.construct_object(node)
            except (yaml.YAMLError, ValueError, OverflowError):
                value = node
        checked = None if isinstance(value, yaml.Node) else setting.check(value)
        if checked is None:
            got = self._describe_node(node) if isinstance(value, yaml.Node) else wording(value)
            quote = setting.kind is str and not isinstance(value, (str, yaml.Node, type(None)))
            hint = " (put it in quotes)" if quote and setting.limit is None else ""
            self._fault(path, f"expected {setting.expected}; got {got}{hint}", node)
        else:
            self.values[path] = checked

    def _unknown(self, path: str, node: yaml.Node, keys: Iterable[str], key: str) -> None:
        """Reports a key that is not there, with the nearest one, here or in another section."""
        hint = nearest(key, keys)
        if not hint:
            hint = nearest(path, self.known)
            twins = [full for full in self.known if full.partition(".")[2] == key]
            hint = f"; did you mean '{twins[0]}'?" if twins else hint
        expected = ", ".join(sorted(keys))
        self._fault(path, f"expected one of the keys {expected}; got '{_short(key)}'{hint}", node)

    def _describe_node(self, node: yaml.Node) -> str:
        if isinstance(node, yaml.MappingNode):
            return "a mapping"
        if isinstance(node, yaml.SequenceNode):
            return "a list"
        return reprlib.repr(node.value)

    def _fault(self, path: str, what: str, node: yaml.Node) -> None:
        where = f"{self.path}: {_short(path)}: " if path else f"{self.path}: "
        self.faults.append(f"{where}{what} (line {node.start_mark.line + 1})")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _syntax(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    """Words a fault of the YAML itself, with its line where the parser knows it."""
    if isinstance(error, UnicodeDecodeError):
        return f"expected UTF-8 text; got byte 0x{error.object[error.start]:02x} at {error.start}"
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"is not YAML: {error.problem} (line {error.problem_mark.line + 1})"
    reason = getattr(error, "reason", "")
    return f"is not YAML: {reason or 'it cannot be read'}"
