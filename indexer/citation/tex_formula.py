r"""Formulas as TeX that compiles, made of commands of the list `indexer.citation.tex_commands`.

A formula is parsed as TeX would read it: every command has its arguments, every base at most one
superscript and subscript, groups, environments and ``\left`` … ``\right`` are pairs. What cannot be
parsed so is no formula. Of any other command the name is set in roman letters, which is all that a
reader sees of the macros of an author.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from indexer.citation import tex_commands as tex

DEEPEST: Final = 40
"""Most groups within groups; deeper formulas are none."""
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_COLUMNS = re.compile(r"[clr|]{1,40}")
_FORMULA = re.compile(r"(\$\$?|\\\(|\\\[)(.*?)(\$\$?|\\\)|\\\])", re.DOTALL)
_ESCAPED: Final = frozenset("%#&")
_PAIRED: Final = frozenset(("right", "end", "middle"))


class _NoFormula(Exception):  # noqa: N818 - it never leaves this module
    """The text is not a formula that may be written."""


def safe_formula(
    formula: str,
    *,
    sign: Callable[[str], str | None] | None = None,
    text: Callable[[str], str] = str,
) -> str | None:
    r"""Returns a formula, with its dollars, as TeX that compiles; None where it must be text.

    Args:
        formula: with its delimiters, ``$…$``, ``$$…$$``, ``\(…\)`` or ``\[…\]``; displayed
            formulas become inline ones, for references have no other.
        sign: returns what stands in a formula for a character beyond ASCII, None where none does.
        text: writes the argument of ``\text`` and the like.
    """
    match = _FORMULA.fullmatch(formula)
    if match is None or "^^" in formula:
        return None
    try:
        written = _Parser(match[2], sign, text).formula()
    except _NoFormula:
        return None
    safe = written.strip() and "^^" not in written and _balances(written)
    return f"${written}$" if safe else None


def _balances(formula: str) -> bool:
    r"""Whether the braces are pairs, as BibTeX counts them: ``\{`` is one, too."""
    depth = 0
    for char in formula:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


class _Parser:
    """Reads the tokens of one formula from left to right."""

    def __init__(
        self, body: str, sign: Callable[[str], str | None] | None, text: Callable[[str], str]
    ) -> None:
        self.tokens: list[str] = _TOKEN.findall(body)
        self.at = 0
        self.depth = 0
        self.sign = sign
        self.text = text

    def formula(self) -> str:
        """Returns the whole formula."""
        written = self.items(())
        if self.at < len(self.tokens):
            raise _NoFormula
        return written

    def items(self, closing: tuple[str, ...], *, aligned: bool = False) -> str:
        """Returns what stands before a closing lexeme, which is not taken; or all of it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise _NoFormula
        pieces: list[str] = []
        scripts: set[str] = set()  # those that the last base has
        while self.at < len(self.tokens):
            lexeme = self.tokens[self.at]
            if lexeme in closing:
                break
            if lexeme in ("^", "_", "'"):
                self.at += 1
                kind = "^" if lexeme == "'" else lexeme
                follows_prime = lexeme != "_" and pieces and pieces[-1] == "'"
                if kind in scripts and not follows_prime:
                    pieces.append("{}")
                    scripts = set()
                scripts.add(kind)
                pieces.append("'" if lexeme == "'" else lexeme + self.argument())
                continue
            if aligned and lexeme in ("&", r"\\"):
                self.at += 1
                pieces.append(lexeme if lexeme == "&" else self.line_break())
                scripts = set()
                continue
            pieces.append(self.item())
            if not lexeme.isspace():
                scripts = set()
        self.depth -= 1
        return "".join(pieces)

    def item(self) -> str:
        """Returns the next group, command with its arguments, or character."""
        lexeme = self.take()
        if lexeme == "{":
            inside = self.items(("}",))
            self.expect("}")
            return f"{{{inside}}}"
        if lexeme in ("}", "$", "^", "_"):
            raise _NoFormula
        if lexeme in _ESCAPED:
            return f"\\{lexeme}"
        if lexeme.isspace():
            return " "
        if not lexeme.startswith("\\"):
            return self.character(lexeme)
        if len(lexeme) < 2:
            raise _NoFormula
        if not lexeme[1].isalpha():
            return self.command_sign(lexeme)
        return self.command(lexeme.removesuffix("*")[1:], lexeme)

    def character(self, char: str) -> str:
        """Returns one character; one beyond ASCII by its name."""
        if char.isascii():
            if not char.isprintable():
                raise _NoFormula
            return char
        name = self.sign(char) if self.sign is not None else char
        if name is None:
            return char
        if name[0] in "^_":
            return f"{{}}{name}"
        return f"{name} " if name.startswith("\\") and name[-1].isalpha() else name

    def command_sign(self, lexeme: str) -> str:
        """Returns a backslash with a sign."""
        if lexeme[1] not in tex.MATH_SIGNS or lexeme == r"\\":
            raise _NoFormula
        return lexeme

    def command(self, name: str, lexeme: str) -> str:
        """Returns a command with its arguments."""
        if name in ("left", "begin"):
            return self.fenced() if name == "left" else self.environment()
        if name in tex.DELIMITER_SIZES:
            return f"\\{name}{self.delimiter()}"
        if name in ("ensuremath", "operatorname") or lexeme.endswith("*"):
            if name not in ("ensuremath", "operatorname"):
                return f"\\mathrm{{{name}}}*"
            inside = self.argument()
            return inside if name == "ensuremath" else f"\\operatorname{inside}"
        if name in tex.MATH_TEXTS:
            return f"\\{'textrm' if name == 'text' else name}{{{self.raw_text()}}}"
        if name in tex.MATH_ARGUMENTS:
            option = self.option() if name == "sqrt" else ""
            count = tex.MATH_ARGUMENTS[name]
            name = "boldsymbol" if name == "bm" else name
            return f"\\{name}{option}" + "".join(self.argument() for _ in range(count))
        if name in tex.MATH_SYMBOLS or name in tex.MATH_SWITCHES:
            ends = self.at < len(self.tokens) and self.tokens[self.at][0].isalpha()
            return f"{lexeme} " if ends else lexeme
        if name in _PAIRED:
            raise _NoFormula
        return f"\\mathrm{{{name}}}"

    def line_break(self) -> str:
        """Returns the end of a row; a bracket or an asterisk behind it is none of its options."""
        self.skip_space()
        follows = self.at < len(self.tokens) and self.tokens[self.at] in ("[", "*")
        return r"\\{}" if follows else r"\\ "

    def argument(self) -> str:
        """Returns an argument in braces, as one that is a command with arguments must be."""
        self.skip_space()
        if self.at >= len(self.tokens) or self.tokens[self.at] in ("}", "^", "_", "'", "&"):
            raise _NoFormula
        lexeme = self.tokens[self.at]
        written = self.item().strip()
        if written.startswith("{") and lexeme == "{":
            return written
        short = len(lexeme) == 1 and len(written) == 1 and lexeme.isalnum()
        return written if short and self.tokens[self.at - 2] in ("^", "_") else f"{{{written}}}"

    def option(self) -> str:
        """Returns the degree of a root in its brackets; nothing where there is none."""
        self.skip_space()
        if self.at >= len(self.tokens) or self.tokens[self.at] != "[":
            return ""
        self.at += 1
        inside = self.items(("]",))
        self.expect("]")
        return f"[{inside}]"

    def raw_text(self) -> str:
        """Returns an argument that is text, not mathematics."""
        self.skip_space()
        self.expect("{")
        pieces: list[str] = []
        depth = 1
        while True:
            lexeme = self.take()
            depth += (lexeme == "{") - (lexeme == "}")
            if depth == 0:
                return self.text("".join(pieces))
            if lexeme == "$":
                raise _NoFormula
            pieces.append(lexeme)

    def delimiter(self) -> str:
        r"""Returns a delimiter after ``\left`` or a size."""
        self.skip_space()
        lexeme = self.take()
        if lexeme not in tex.DELIMITERS:
            raise _NoFormula
        lexeme = {r"\{": r"\lbrace", r"\}": r"\rbrace"}.get(lexeme, lexeme)
        return f"{lexeme} " if lexeme[-1].isalpha() else lexeme

    def fenced(self) -> str:
        r"""Returns ``\left`` with all up to its ``\right``."""
        opening = self.delimiter()
        inside = self.items((r"\right",))
        self.expect(r"\right")
        return f"\\left{opening}{inside}\\right{self.delimiter()}"

    def environment(self) -> str:
        r"""Returns an environment from its ``\begin`` to its ``\end``."""
        name = self.name()
        if name not in tex.ENVIRONMENTS:
            raise _NoFormula
        columns = ""
        if name == "array":
            columns = self.name()
            if not _COLUMNS.fullmatch(columns):
                raise _NoFormula
            columns = f"{{{columns}}}"
        inside = self.items((r"\end",), aligned=True)
        self.expect(r"\end")
        if self.name() != name:
            raise _NoFormula
        return f"\\begin{{{name}}}{columns}{inside}\\end{{{name}}}"

    def name(self) -> str:
        """Returns the characters of an argument that is a name."""
        self.skip_space()
        self.expect("{")
        pieces: list[str] = []
        while (lexeme := self.take()) != "}":
            pieces.append(lexeme)
        return "".join(pieces)

    def skip_space(self) -> None:
        """Passes over white space."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def take(self) -> str:
        """Returns the next lexeme."""
        if self.at >= len(self.tokens):
            raise _NoFormula
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, lexeme: str) -> None:
        """Takes a lexeme that must come next."""
        if self.take() != lexeme:
            raise _NoFormula
