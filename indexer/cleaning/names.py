"""Author names: split lists of them, turn "Last, First" round, mend what printing did to them."""

from __future__ import annotations

import ast
import re
import unicodedata

from indexer.cleaning.tex_letters import without_tex_letters
from indexer.record.author_name import inverted_name

_LONGEST_LIST = 500_000
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.[\s-]*){1,5}|[A-Z]{1,3}")
_INITIALS_LAST = re.compile(
    r"([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){0,3}) "
    r"((?:[A-ZÀ-ÖØ-Þ]\.[ -]?){1,5}|[A-ZÀ-ÖØ-Þ]{1,3}|[A-ZÀ-ÖØ-Þ](?:[ -][A-ZÀ-ÖØ-Þ]){1,4})"
)
_INITIAL_FIRST = re.compile(r"[^\W\d_]\.")
_ROMAN = re.compile(r"[IVX]{2,5}")
_AND = re.compile(r"\s+and\s+|\s*&\s*", re.IGNORECASE)
_LIST_END = re.compile(r"(?:(?:^|[\s,(]+)(?:et\.?\s*al\.?,?|and\s+others)\)?)$", re.IGNORECASE)
_OTHERS = frozenset(("others", "et al", "…", ""))
"""What stands for names not given, without the full stops and commas around it."""
_USUAL = re.compile(r"[A-Z][A-Za-z]{0,30}\.?(?:[ -][A-Z][A-Za-z]{0,30}\.?){1,9}")
_UNUSUAL_ENDS = ("al", "al.", "others", "others.", "unknown author")
_NO_NAME = frozenset(
    (
        "", "n/a", "na", "none", "null", "unknown", "unknown author", "anonymous",
        "[anonymous]", "nan", "-",
    )
)  # fmt: skip
_MARKS = re.compile(r"^[\s*†‡§¶∗⋆#,;:.\d]*[*†‡§¶∗⋆#,;:]\s*|^\d{1,2}(?=[^\W\d_])|[\s,;:*†‡§¶∗⋆#]+$")
_GLUED_NUMBER = re.compile(r"(?<= )([^\W\d_]{2,})\d{1,2}(?:,\d{1,2})*$")
_AFFILIATED = re.compile(r"_aff[\dn]+$")
_DASHES = re.compile(r"[\u2010-\u2014\u2212]")
_GAP = re.compile(r"[ \u00a0]{4,}")
_GLUE = re.compile(rf" and |;|{_GAP.pattern}")


def natural_order(name: str) -> str:
    """Turn "Jaggi, Martin" and "King, Jr., Martin Luther" round; other names stay.

    >>> natural_order("de la Cruz, Ana"), natural_order("King, Martin Luther, Jr.")
    ('Ana de la Cruz', 'Martin Luther King, Jr.')
    """
    return inverted_name(name).name if "," in name else name


def initials_first(name: str) -> str:
    """Turns "Liu R." and "Brownstein C D" round, as MEDLINE, Embase and EPPI print names.

    >>> initials_first("Liu R."), initials_first("de la Cruz AM"), initials_first("Henry VIII")
    ('R. Liu', 'AM de la Cruz', 'Henry VIII')
    """
    parts = family_and_initials(name)
    return name if parts is None else f"{parts[1]} {parts[0]}"


def family_and_initials(name: str) -> tuple[str, str] | None:
    """Returns the two parts of a name such as "Liu R."; None where it is written otherwise."""
    match = _INITIALS_LAST.fullmatch(name)
    if match is None or _SUFFIX.fullmatch(match[2]) or _ROMAN.fullmatch(match[2]):
        return None
    return match[1], match[2]


def split_listed(name: str) -> tuple[str, ...]:
    """Splits what stands where one author should, if it is a list with commas; else turns it round.

    >>> split_listed("Ann Lee, Bo Xu, C. Noether"), split_listed("King, Jr., Martin Luther")
    (('Ann Lee', 'Bo Xu', 'C. Noether'), ('Martin Luther King, Jr.',))
    """
    pieces = [piece.strip() for piece in name.split(",")]
    pieces = [piece for piece in pieces if piece]
    suffixed = any(_SUFFIX.fullmatch(piece) for piece in pieces)
    whole = all(len(piece.split()) > 1 for piece in pieces)
    paired = len(pieces) % 2 == 0 and all(_INITIALS.fullmatch(piece) for piece in pieces[1::2])
    listed = len(pieces) > 2 and not suffixed and (whole or (paired and len(pieces) > 3))
    initial = len(pieces) == 2 and whole and all(_INITIAL_FIRST.match(piece) for piece in pieces)
    return _split_at_commas(name) if listed or initial else (natural_order(name),)


def split_names(text: str) -> tuple[str, ...]:
    """Splits a list of authors that is one text: "A B; C D", "A B and C D", "A B, C D and E F".

    Semicolons come first, then "and", then commas. A comma inside a name ("Smith, J.") is told
    from one between names by what stands around it.
    """
    text = " ".join(text.split())
    if text.startswith("[") and text.endswith("]") and (listed := _python_list(text)):
        return tuple(natural_order(name) for name in listed)
    if "|" in text and ";" not in text:
        text = text.replace("|", ";")
    if ";" in text:
        return tuple(natural_order(part.strip()) for part in text.split(";") if part.strip())
    parts = [part.strip(" ,") for part in _AND.split(text)]
    parts = [part for part in parts if part]
    if len(parts) > 1 and all(_is_inverted(part) for part in parts):
        return tuple(natural_order(part) for part in parts)
    return tuple(name for part in parts for name in _split_at_commas(part))


def _python_list(text: str) -> tuple[str, ...]:
    """Reads a list of texts as Python and JSON write it, which pandas puts into cells."""
    if len(text) > _LONGEST_LIST or text.count("[") > 1:
        return ()
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ()
    listed = tuple(item.strip() for item in value if isinstance(item, str) and item.strip())
    return listed if len(listed) == len(value) else ()


def _is_inverted(text: str) -> bool:
    pieces = [piece.strip() for piece in text.split(",")]
    return len(pieces) == 2 and len(pieces[0].split()) <= 3


def _split_at_commas(text: str) -> tuple[str, ...]:
    pieces = [piece.strip() for piece in text.split(",")]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) == 2 and len(pieces[0].split()) == 1 and len(pieces[1].split()) <= 2:
        return (natural_order(text),)
    paired = len(pieces) % 2 == 0 and all(_INITIALS.fullmatch(piece) for piece in pieces[1::2])
    if pieces and paired:
        pairs = zip(pieces[::2], pieces[1::2], strict=True)
        return tuple(f"{given} {last}" for last, given in pairs)
    names: list[str] = []
    for piece in pieces:
        if names and _SUFFIX.fullmatch(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return tuple(names)


def halved(names: tuple[str, ...]) -> tuple[str, ...]:
    """Undo a list that was written twice (A, B, C, A, B, C), or four times.

    Equal names elsewhere in a list are two people and stay.
    """
    half, odd = divmod(len(names), 2)
    while half and not odd and names[:half] == names[half:]:
        names = names[:half]
        half, odd = divmod(half, 2)
    return names


def unglued(names: tuple[str, ...]) -> tuple[str, ...]:
    """Split items that hold several names ("Ann Lee and Bo Xu", "Ann Lee      Bo Xu")."""
    if not any(_GLUE.search(name) for name in names):
        return names
    pieces_: list[str] = []
    for name in names:
        pieces = split_names(_GAP.sub(";", name)) if _GLUE.search(name) else (name,)
        whole = all(len(piece.split()) > 1 for piece in pieces)
        pieces_.extend(pieces) if whole else pieces_.append(name)
    return tuple(pieces_)


def unmarked(name: str) -> str:
    """Drops footnote marks and affiliation numbers ("*Ann Lee", "Ann Lee1"), straightens dashes.

    A DBLP number stands apart ("Tao Lin 0004") and stays. The "and" before the last name of a list
    goes, too.
    """
    name = name.removeprefix("and ")
    if name.isascii() and name.replace(" ", "").replace(".", "").replace("-", "").isalpha():
        return name
    name = _DASHES.sub("-", _AFFILIATED.sub("", name))
    name = _GLUED_NUMBER.sub(r"\1", _MARKS.sub("", name))
    if name.count("(") != name.count(")"):
        name = name.strip("()")
    return name.strip()


def is_usual(name: str) -> bool:
    """Returns whether no rule of this module changes a name, which holds for nine names of ten.

    Two words or more of ASCII letters, each with a capital, that are no "Et Al.".

    >>> is_usual("Ann-Kathrin B. Lee"), is_usual("Ann Lee1"), is_usual("Unknown Author")
    (True, False, False)
    """
    return _USUAL.fullmatch(name) is not None and not name.lower().endswith(_UNUSUAL_ENDS)


def spelled_out(name: str) -> str:
    r"""Undo TeX in a name ("Jo\~{a}o"), where no backslash can be the name's own."""
    if "\\" not in name:
        return name
    return without_tex_letters(name).replace("\\", "")


def is_others(name: str) -> bool:
    """Returns whether this item of a list stands for names not given ("et al.", "others")."""
    return name.casefold().strip(" .,") in _OTHERS


def without_et_al(name: str) -> str:
    """Drops an "et al." glued to the end of a name."""
    if name.lower().rstrip(" .,)").endswith(("al", "others")):
        return _LIST_END.sub("", name)
    return name


def is_nobody(name: str) -> bool:
    """Returns whether the item is no name at all ("N/A", "unknown")."""
    return unicodedata.normalize("NFKC", name).casefold().strip() in _NO_NAME
