"""A paper's text as the templates show it: markup with marks, styles and formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from indexer import Formulas, Span, display

_ELEMENTS: Final = {
    "emphasis": "em",
    "strong": "strong",
    "code": "code",
    "sub": "sub",
    "super": "sup",
}

_BETWEEN: Final = "\0"
"""Stands between texts; hardly any text holds it, and a page none."""


@dataclass(frozen=True, slots=True)
class Display:
    """Draws texts of papers; keeps the formulas it has drawn, for all requests together."""

    formulas: Formulas

    def markup(self, text: str, spans: Sequence[Span] = ()) -> Markup:
        """Returns a text with its matching spans marked, escaped for a page."""
        pieces = display(text, spans, formulas=self.formulas)
        if len(pieces) == 1 and not (pieces[0].marked or pieces[0].style or pieces[0].mathml):
            return escape(pieces[0].text)
        shown = escaped([piece.text for piece in pieces])
        return _joined(
            _drawn(text, piece.marked, piece.style, piece.mathml)
            for piece, text in zip(pieces, shown, strict=True)
        )

    def several(self, texts: Sequence[str]) -> list[str]:
        """Returns texts without marks, each as `markup` renders it."""
        joined = _BETWEEN.join(texts)
        pieces = display(joined, formulas=self.formulas)
        if len(pieces) == 1 and pieces[0].text == joined and not pieces[0].style:
            return escaped(texts)
        return [self.markup(text) for text in texts]

    def opening(self, text: str, length: int) -> tuple[Markup, bool]:
        """Returns the beginning of a text, and whether it was cut.

        Returns:
            the markup, cut between words and never inside a formula, and whether anything is
            left out; a text that is little longer than `length` is shown in full.
        """
        whole = display(text, formulas=self.formulas)
        fits = sum(len(piece.text) for piece in whole) <= length + length // 5
        shown: list[str] = []
        left = length
        for piece in whole:
            if not fits and len(piece.text) > left:
                cut = piece.text.rfind(" ", 0, left)
                if not piece.mathml and cut > 0:
                    shown.append(_drawn(escape(piece.text[:cut]), piece.marked, piece.style))
                break
            shown.append(_drawn(escape(piece.text), piece.marked, piece.style, piece.mathml))
            left -= len(piece.text)
        return _joined(shown), not fits


def escaped(texts: Sequence[str]) -> list[str]:
    """Escapes texts as `markupsafe.escape` does each string."""
    if not texts:
        return []
    parts = str.split(escape(_BETWEEN.join(texts)), _BETWEEN)
    return parts if len(parts) == len(texts) else [str(escape(text)) for text in texts]


def _drawn(text: str, marked: bool, style: str, mathml: str = "") -> str:  # noqa: FBT001
    # The engine writes MathML from an allow-list of elements and escapes the rest.
    inner = mathml or text
    if not mathml and (element := _ELEMENTS.get(style)):
        inner = f"<{element}>{inner}</{element}>"
    return f"<mark>{inner}</mark>" if marked else inner


def _joined(drawn: Iterable[str]) -> Markup:
    return Markup("".join(drawn))  # noqa: S704 - what is given is escaped
