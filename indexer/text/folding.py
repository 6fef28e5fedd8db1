r"""Fold a paper's own text into search text, with a way back to the original characters.

Search text is lower case ASCII where that is possible: accents, typography and TeX are gone, so
that ``$\textbf{G}$roup``, ``Group`` and ``GROUP`` are one word. A `Folded` text remembers which
stretch of the original each of its characters came from; a stretch is never half a TeX formula or
half a combining character, so a mark around it can always be drawn.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from indexer.text.folded import Folded
from indexer.text.letters import UMLAUTS, fold_letter, greek, spellings, umlaut
from indexer.text.scripts import is_arabic
from indexer.text.symbols import symbol

_SILENT = frozenset(
    "text textbf textit texttt textrm textsf textsc textsl textnormal textup textmd emph underline "
    "mathbf mathit mathrm mathsf mathtt mathcal mathbb mathfrak mathscr boldsymbol bm mbox hbox "
    "operatorname bf it rm sf tt sc em sl cal bfseries itshape scshape ttfamily rmfamily sffamily "
    "left right big Big bigg Bigg bigl bigr Bigl Bigr displaystyle textstyle scriptstyle limits "
    "nolimits hat tilde bar widehat widetilde overline vec dot ddot acute grave check breve "
    "ensuremath protect relax noindent small large Large huge normalsize footnotesize tiny "
    "math item par centering url href xspace quad qquad hspace vspace phantom".split()
)
_SPACED = frozenset(
    "quad qquad hspace vspace newline linebreak frac dfrac tfrac sqrt binom".split()
)
_DROPPED = re.compile(
    r"\\(?:cite[a-z]*|ref|eqref|label|footnote)\*?\s*"
    r"(?:\[[^\]]{0,300}\])?\{[^{}]{0,500}\}"
)
_ACCENT = re.compile(
    r"""\\(?:(?P<sign>['"`^~=.])|(?P<letter>[uvHtcdbrk])(?=[\s{\\]))\s*"""
    r"""(?:\{\\?(?P<braced>[A-Za-z])\}|\\(?P<dotless>[ij])(?![A-Za-z])|(?P<bare>[A-Za-z]))"""
)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]+)\*?(?P<gap>[ \t]*)")
_ESCAPED = re.compile(r"\\(?P<char>[^A-Za-z])")
MATH = re.compile(
    r"\$\$[^$]{1,400}\$\$|(?<![\\$])\$(?!\s)(?:[^$\\]|\\.){1,400}?(?<!\s)\$(?!\d)"
    r"|\\\((?:(?!\\\)).){1,400}\\\)|\\\[(?:(?!\\\]).){1,400}\\\]"
)
"""A formula: dollars that hug what they enclose (a lone dollar is money), or TeX's brackets."""
_SPACED_NUMBER = re.compile(r"(?<=\d\.) (?=\d)")
_DOTTED = re.compile(r"\.(?:(?<=\d\.) \d|(?<=[^\W\d_]\.) ?[^\W\d_]\.)")
"""Where one of the two around can match at all; begins with a character to look for."""
_SPACED_LETTERS = re.compile(
    r"(?<![^\W\d_])(?:(?:[^\W\d_A-Z]\.){2,}|(?:[A-Z]\.){2,}"
    r"|[^\W\d_A-Z]\.(?: [^\W\d_A-Z]\.)+|[A-Z]\.(?: [A-Z]\.)+)(?![^\W\d_]\w)"
)
_SUBSCRIPT = re.compile(r"(?<![A-Za-z0-9_\\$])(?:[eE][lL][lL]|[A-Za-z])_(?=\{?[A-Za-z0-9](?!\w))")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SUPERSCRIPT = re.compile(r"(?<![A-Za-z0-9_\\$^])[A-Za-z](\^)(?=\{?[0-9](?!\w))")
_SPECIAL = re.compile(r"[^\x00-\x7f]|[\\${}`^]|(?<=[A-Za-z])_|&[#A-Za-z]")
_ANY = re.compile(r"[^\x00-\x7f]+|[\\${}_^~`&]")


def fold(text: str, *, name: bool = False, umlauts: bool = False) -> Folded:
    """Fold a text for matching; see the module for what becomes of it.

    ASCII without TeX is only lower-cased, which takes next to no time.

    Args:
        text: any string; this never raises.
        name: it is a person's name, whose initials ("J. R. R.") stay words of their own.
        umlauts: keep ä, ö, ü, ø and å, for analysis, which makes words of both their spellings.
    """
    if not _special(text) and (name or not _needs_joining(text)):
        return Folded(text.lower())
    if _SPREAD_HANGUL.search(text):  # never in a paper, whose texts are NFC: no offset moves there
        text = _SPREAD_HANGUL.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    return _Folding(text, joining=not name, umlauts=umlauts).fold()


_SPREAD_HANGUL = re.compile("[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
"""A syllable of Hangul in NFD (The Unicode Standard, section 3.12)."""


def _special(text: str) -> bool:
    # Looking for a few characters takes far less than the pattern, and mostly none is there.
    hinted = (
        not text.isascii()
        or "$" in text
        or "\\" in text
        or "{" in text
        or "}" in text
        or "_" in text
        or "&" in text
        or "`" in text
        or "^" in text
    )
    return hinted and _SPECIAL.search(text) is not None


def forms(text: str) -> tuple[str, ...]:
    """Fold a value of which a part may be looked for: simply and, with an umlaut, the German way.

    >>> forms("Zürich"), forms("Martin Takáč")
    (('zurich', 'zuerich'), ('martin takac',))
    """
    folded = fold(text, umlauts=True).text
    return (folded,) if folded.isascii() else tuple(dict.fromkeys(spellings(folded)))


def begins(value: str, prefix: str) -> bool:
    """Returns whether a word of a folded value and what follows it start with a folded prefix."""
    at = value.find(prefix)
    while at >= 0:
        if at == 0 or not value[at - 1].isalnum():
            return True
        at = value.find(prefix, at + 1)
    return False


def _needs_joining(text: str) -> bool:
    return next(_joints(text), None) is not None


def _joints(text: str) -> Iterator[int]:
    """Yields the offsets of the dots and spaces that are dropped to make one word, in order."""
    dotted = _DOTTED.search(text)
    while dotted is not None:
        dot = dotted.start()
        after = dot + 1
        if _SPACED_NUMBER.match(text, after) is not None:
            yield after
        elif dot and (letters := _SPACED_LETTERS.match(text, dot - 1)) is not None:
            after = letters.end()
            yield from (at for at in range(dot, after - 1) if text[at] in ". ")
        dotted = _DOTTED.search(text, after)


class _Folding:
    """One pass over one text that cannot be folded by lower-casing alone."""

    def __init__(self, text: str, *, joining: bool, umlauts: bool) -> None:
        self.text = text
        self.joining = joining
        self.umlauts = umlauts
        self.planned: dict[int, tuple[int, str]] = {}
        self.stops: list[int] = []
        self.special = 0  # the next special character, which is looked for once
        self.out: list[str] = []
        self.length = 0
        self.edits: list[tuple[int, int, int, int]] = []
        self.atoms: list[tuple[int, int]] = []

    def fold(self) -> Folded:
        """Walk from one special character to the next, copying what is plain."""
        text = self.text
        formulas = "$" in text or "\\" in text
        maths = [match.span() for match in MATH.finditer(text)] if formulas else []
        self.atoms.extend(maths)
        self._plan()
        at, math = 0, 0
        while at < len(text):
            while math < len(maths) and maths[math][1] <= at:
                math += 1
            inside = math < len(maths) and maths[math][0] <= at
            char = text[at]
            if at in self.planned:
                end, shown = self.planned[at]
                at = self._replace(at, end, shown)
            elif char == "\\":
                at = self._command(at, inside=inside)
            elif char in "${}_^" and (inside or char in "${}"):
                at = self._replace(at, at + 1, " " if char == "$" and not inside else "")
            elif char == "~":
                at = self._replace(at, at + 1, " ")
            elif char == "`" or char > "\x7f":
                at = self._letter(at)
            elif char == "&":
                at = self._entity(at, inside=inside)
            else:
                at = self._copy(at)
        self.atoms.sort()
        atoms = tuple(self.atoms) if not maths else _apart(self.atoms)
        return Folded("".join(self.out), tuple(self.edits), atoms)

    def _plan(self) -> None:
        """Find what is joined in plain text: ``2. 0``, ``i. e.``, and one-letter subscripts."""
        text = self.text
        if self.joining:
            self.planned.update((at, (at + 1, "")) for at in _joints(text))
        if "_" in text:
            for match in _SUBSCRIPT.finditer(text):
                self.planned[match.start()] = (match.end(), match[0][-2].lower())
        if "^" in text:
            self.planned.update((m.start(1), (m.end(1), "")) for m in _SUPERSCRIPT.finditer(text))
        self.stops = sorted(self.planned)

    def _copy(self, at: int) -> int:
        if self.special <= at:
            match = _ANY.search(self.text, at + 1)
            self.special = match.start() if match else len(self.text)
        end = self.special
        if self.stops:
            stop = bisect_right(self.stops, at)
            if stop < len(self.stops):
                end = min(end, self.stops[stop])
        self.out.append(self.text[at:end].lower())
        self.length += end - at
        return end

    def _replace(self, start: int, end: int, text: str) -> int:
        self.edits.append((self.length, self.length + len(text), start, end))
        self.out.append(text)
        self.length += len(text)
        return end

    def _letter(self, at: int) -> int:
        """Fold one character and the combining marks after it as one stretch."""
        text = self.text
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if unicodedata.combining(text[at]):
            return self._marks(at, end)
        if end > at + 1:
            self.atoms.append((at, end))
        return self._replace(at, end, self._folded(at, end))

    def _folded(self, at: int, end: int) -> str:
        """Fold a letter with its marks; a Greek letter in no Greek word is spoken by its name."""
        letter = umlaut(self.text[at:end])
        if letter:
            return self._umlaut(letter)
        if self.text[at] == "\u200c" and self._within_arabic(at):
            return "-"  # Persian writes it between a noun and its ending
        folded = fold_letter(self.text[at])
        if not greek(folded):
            return folded
        before = at - 1
        while before > 0 and unicodedata.combining(self.text[before]):
            before -= 1
        around = (self.text[before:at][:1], self.text[end : end + 1])
        return (
            folded
            if any(greek(fold_letter(letter_)) for letter_ in around if letter_)
            else greek(folded)
        )

    def _within_arabic(self, at: int) -> bool:
        around = self.text[at - 1 : at] + self.text[at + 1 : at + 2]
        return len(around) == 2 and all(map(is_arabic, around))

    def _marks(self, at: int, end: int) -> int:
        """Fold marks on the plain letter before them: its stretch takes them in."""
        if self.edits and self.edits[-1][3] == at:
            start, stop, source, _ = self.edits[-1]
            self.edits[-1] = (start, stop, source, end)
            self.atoms = [(low, end if high == at else high) for low, high in self.atoms]
        elif self.length:
            # The letter was copied with what stood before it.
            last = self.out.pop()
            letter = umlaut(last[-1:] + self.text[at:end])
            self.out.append(last[:-1] + (self._umlaut(letter) if letter else last[-1:]))
            self.edits.append((self.length - 1, self.length, at - 1, end))
            self.atoms.append((at - 1, end))
        else:
            return self._replace(at, end, "")
        return end

    def _umlaut(self, letter: str) -> str:
        return letter if self.umlauts else UMLAUTS[letter][0]

    def _entity(self, at: int, *, inside: bool) -> int:
        """Fold an entity that the dump has left in."""
        entity = _ENTITY.match(self.text, at)
        meant = html.unescape(entity[0]) if entity is not None else ""
        if entity is None or meant == entity[0]:
            return self._replace(at, at + 1, "&")
        self._atom(at, entity.end(), inside=inside)
        shown = meant.lower() if meant.isascii() else umlaut(meant) or fold_letter(meant[0])
        return self._replace(at, entity.end(), self._umlaut(shown) if shown in UMLAUTS else shown)

    def _command(self, at: int, *, inside: bool) -> int:
        """Fold what begins with a backslash."""
        text = self.text
        accent = _ACCENT.match(text, at)
        if accent is not None:
            letter = (accent["braced"] or accent["dotless"] or accent["bare"]).lower()
            sign = {'"': "\u0308", "r": "\u030a"}.get(accent["sign"] or accent["letter"], "")
            self._atom(at, accent.end(), inside=inside)
            marked = umlaut(letter + sign)
            return self._replace(at, accent.end(), self._umlaut(marked) if marked else letter)
        dropped = _DROPPED.match(text, at)
        if dropped is not None:
            self._atom(at, dropped.end(), inside=inside)
            return self._replace(at, dropped.end(), " ")
        command = _COMMAND.match(text, at)
        if command is not None:
            self._atom(at, command.end(), inside=inside)
            return self._replace(at, command.end(), self._named(command["name"], command["gap"]))
        escaped = _ESCAPED.match(text, at)
        if escaped is not None and escaped["char"] in "%&#_${}":
            self._atom(at, escaped.end(), inside=inside)
            return self._replace(at, escaped.end(), escaped["char"])
        # A thin space, a line break, a bracket of a formula or a stray backslash.
        end = escaped.end() if escaped is not None and ord(escaped["char"]) < 128 else at + 1
        return self._replace(at, end, "" if escaped and escaped["char"] in "()[]!" else " ")

    def _named(self, name: str, gap: str) -> str:
        """Fold a command: what it looks like is silent, what it stands for is spoken."""
        if name in _SILENT or name in _SPACED:
            return " " if name in _SPACED else ""
        shown = symbol(name)
        if shown is None:
            for length in range(len(name) - 1, 3, -1):
                if name[:length] in _SILENT:  # a dump that has lost its braces: \mathcalO
                    return name[length:].lower() + gap
            # A function or a command of the authors' own is a word by itself.
            return f" {name.lower()} "
        letter = umlaut(shown)
        if letter:
            return self._umlaut(letter)
        folded = "".join(map(fold_letter, shown)) if not shown.isascii() else shown.lower()
        return greek(folded) or (folded if folded.isalnum() else " ")

    def _atom(self, start: int, end: int, *, inside: bool) -> None:
        if not inside:
            self.atoms.append((start, end))


def _apart(atoms: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Merge stretches that overlap; `atoms` is sorted."""
    merged: list[tuple[int, int]] = []
    for start, end in atoms:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
