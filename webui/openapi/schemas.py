"""JSON Schema (2020-12) of the types that answers are built as: `TypedDict` and dataclass.

A class becomes a component, named as the class without ``Json``; its docstring is the description,
and the entries of ``Attributes:`` are those of its keys.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields, is_dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    is_typeddict,
)
from typing import get_type_hints as hints_of

Schema = dict[str, Any]
_PLAIN: Final[dict[object, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}
_KEY: Final = re.compile(r"(\w+(?:, \w+)*): (.+)")


class Schemas:
    """The components of one document; each is added with all that it refers to."""

    def __init__(self, bases: tuple[type, ...] = ()) -> None:
        """Start without components.

        Args:
            bases: types that others extend; Python 3.11 does not tell the bases of a `TypedDict`.
        """
        self._bases = bases
        self.components: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """Returns the schema of a type; of a class, a reference to its component.

        Raises:
            TypeError: when no JSON value is described by it.
        """
        if hint in _PLAIN:
            return dict(_PLAIN[hint])
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is NotRequired:
            return self.of(arguments[0])
        if origin is Annotated:
            return self.of(arguments[1])
        if origin in (list, tuple):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is dict:
            return self._mapping(*arguments)
        if origin is Literal:
            kind = self.of(type(arguments[0]))
            return kind if kind["type"] == "boolean" else kind | {"enum": list(arguments)}
        if origin in (Union, UnionType):
            return self._union([self.of(argument) for argument in arguments])
        if is_typeddict(hint) or is_dataclass(hint):
            return self._component(hint)
        raise TypeError(f"no JSON Schema for {hint!r}")

    def _mapping(self, key: Any, value: Any) -> Schema:
        if get_origin(key) is Literal:
            return {
                "type": "object",
                "properties": {name: self.of(value) for name in get_args(key)},
            }
        return {"type": "object", "additionalProperties": self.of(value)}

    def _union(self, members: list[Schema]) -> Schema:
        if all(set(member) == {"type"} for member in members):
            return {"type": [member["type"] for member in members]}
        return {"anyOf": members}

    def _component(self, kind: type) -> Schema:
        name = component_name(kind)
        if name not in self.components:
            self.components[name] = {}  # so that a type may refer to itself
            self.components[name] = self._object(kind)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, kind: type) -> Schema:
        own = keys_of(kind)
        told: dict[str, str] = {}
        for base in (*self._bases, kind):
            if set(keys_of(base)) <= set(own):
                told |= _attributes(base)
        properties: dict[str, Schema] = {}
        for name, hint in hints_of(kind, include_extras=True).items():
            properties[name] = self.of(hint)
            if name in told:
                properties[name] |= {"description": told[name]}
        written: Schema = {"type": "object", "title": component_name(kind)}
        if kind.__doc__:
            written["description"] = kind.__doc__.partition("\n")[0]
        written["properties"] = properties
        required = _required(kind)
        return written | ({"required": required} if required else {})


def component_name(kind: type) -> str:
    """Returns the name of the component that a class becomes."""
    return kind.__name__.removesuffix("Json")


def keys_of(kind: type) -> tuple[str, ...]:
    """Returns the keys of the JSON object that a class describes."""
    return tuple(hints_of(kind))


def _required(kind: Any) -> list[str]:
    if is_dataclass(kind):
        return [field.name for field in fields(kind) if field.default is MISSING]
    hints = hints_of(kind, include_extras=True)
    # Under postponed annotations the class itself takes NotRequired keys for required ones.
    always = kind.__required_keys__
    return [name for name in hints if name in always and get_origin(hints[name]) is not NotRequired]


def _attributes(kind: object) -> dict[str, str]:
    """Returns the entries of ``Attributes:`` by name."""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    told: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        entry = _KEY.fullmatch(line.strip()) if line.startswith("    ") else None
        if entry and not line.startswith("     "):
            names = entry[1].split(", ")
            told |= dict.fromkeys(names, entry[2])
        elif line.startswith("     "):
            told |= {name: f"{told[name]} {line.strip()}" for name in names}
        elif line.strip():
            break
    return told
