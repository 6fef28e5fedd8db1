"""What one term of a query says: a token and the field before it become one clause.

Every function takes `report`, which it calls with one sentence when it had to mend something, and
gives None for a term that asks nothing (``-``, ``*``, ``""``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, cast

from indexer.cleaning.languages import language_of
from indexer.language.lexer import LEADING, TRAILING, Kind, Token, is_operator
from indexer.language.years import read_years
from indexer.paper import CONFERENCE, JOURNAL, PAPER_TYPES
from indexer.query import (
    And,
    AuthorName,
    Clause,
    Fuzzy,
    Has,
    HasField,
    LikelyPerson,
    Not,
    Phrase,
    Position,
    TextField,
    Value,
    ValueField,
    Wildcard,
    Word,
)
from indexer.record.identifier_forms import FIELD_SCHEMES, Identifier, identifier_of
from indexer.record.identifiers import orcid_of
from indexer.record.record_fields import RECORD_FIELDS, kind_named
from indexer.text.scripts import SIGNS

Report = Callable[[str], None]

MAX_WORD: Final = 256
"""Characters of one word that are read."""
MAX_PHRASE: Final = 256
"""Words between two quotation marks that are read."""
MAX_STARS: Final = 8
"""Stars of one pattern that are read; a matcher's work may grow with every star."""
MAX_SLOP: Final = 1000
MAX_BOOST: Final = 100.0

_SIGN = re.compile(f"[∞{SIGNS}]")  # the sign of infinity is folded to its name in TeX
_POWER = re.compile(r"[A-Z]\^[0-9]")
_SUFFIX = re.compile(r"(?:~([0-9]*(?:\.[0-9]*)?)|\^([0-9]+(?:\.[0-9]*)?|\.[0-9]+))$")
_BOOST = re.compile(r"\^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_SLOP = re.compile(r"~([0-9]*)")
_NUMBER = re.compile(r"#([0-9]{1,9})(?=\$?$)")
_ADDRESS = re.compile(r"://\S*\w")
_STRANGE = re.compile(r"[^\w'’.*?-]+")
_NAME = re.compile(r"[A-Z]\*(?:-\w.*)?", re.DOTALL)
_HAS: Final[tuple[tuple[HasField, str], ...]] = (
    ("abstract", "abstract abstracts abs"),
    ("authors", "author authors au"),
    ("venue", "venue"),
    ("year", "year date"),
    ("type", "type"),
    ("doi", "doi"),
    ("url", "url link"),
    ("keywords", "keyword keywords"),
)
_LABELS: Final = {
    "included": "included", "relevant": "included", "1": "included",
    "excluded": "excluded", "irrelevant": "excluded", "0": "excluded", "any": "any", "*": "any",
}  # fmt: skip
_TYPES: Final = (
    (CONFERENCE, ("conference", "conf", "proceedings", "inproceedings", "conference paper")),
    (JOURNAL, ("journal", "article", "journal article")),
)
_WHOLE: Final[tuple[tuple[str, HasField], ...]] = (
    ("abstract", "abstract"),
    ("author", "authors"),
    ("venue", "venue"),
    ("type", "type"),
)


def read_leaf(token: Token, field: str, report: Report) -> Clause | None:
    """Reads a WORD or QUOTED token as a clause of the field typed before it ("" where none was)."""
    if field in ("has", "no"):
        return _presence(token, absent=field == "no", report=report)
    if field == "label":
        return _label(token, report)
    if token.text.strip() == "*" and token.kind is Kind.WORD:
        whole = next((has for name, has in _WHOLE if name == field), None)
        if whole is not None:
            return Has(whole)
    if field in ("year", "author"):
        return read_years(token.text, report) if field == "year" else _author(token, report)
    if field in ("venue", "type", "id") or field in RECORD_FIELDS:
        return _value(token, cast("ValueField", field), report)
    if field in FIELD_SCHEMES:
        identifier = identifier_of(field, token.text)
        if identifier is not None:
            return Value("identifier", str(identifier))
        report(f"This is no {Identifier(field, '').name}, so it was read as a word.")
    text_field = cast("TextField | None", field if field in ("title", "abstract") else None)
    if token.kind is Kind.QUOTED:
        return _quoted(token, text_field, report)
    return read_word(token.text, text_field, report)


def plain_word(text: str) -> str:
    """Strips the marks around a word, and its sense as an operator ("AND," is the word "and")."""
    text = text.lstrip(LEADING).rstrip(TRAILING)
    if is_operator(text):
        text = text.lower()
    return text.replace("/", "-") if is_operator(text) else text


def has_letters(text: str) -> bool:
    """Returns whether the text has a letter, digit or emoji, and so something to search for."""
    return any(char.isalnum() for char in text) or _SIGN.search(text) is not None


def _presence(token: Token, *, absent: bool, report: Report) -> Clause | None:
    wanted = token.text.strip().lower()
    for field, names in _HAS:
        if wanted in names.split():
            return Not(Has(field)) if absent else Has(field)
    fields = ", ".join(field for field, _ in _HAS)
    report(f"Only these can be asked for here: {fields}; so it was read as a word.")
    is_quoted = token.kind is Kind.QUOTED
    return _quoted(token, None, report) if is_quoted else read_word(token.text, None, report)


def _label(token: Token, report: Report) -> Clause | None:
    """Reads the label of a screened paper; ``label:none`` is a paper without any."""
    wanted = token.text.strip().lower()
    if wanted == "none":
        return Not(Value("label", "any"))
    if (label := _LABELS.get(wanted)) is not None:
        return Value("label", label)
    report("Labels are included, excluded, any and none; so it was read as a word.")
    is_quoted = token.kind is Kind.QUOTED
    return _quoted(token, None, report) if is_quoted else read_word(token.text, None, report)


def _cut(text: str, report: Report) -> str:
    """Shortens an overlong word, never inside a ``$…$``."""
    if len(text) <= MAX_WORD:
        return text
    report(f"Only the first {MAX_WORD} characters of this word were read.")
    text = text[:MAX_WORD]
    return text[: text.rindex("$")] if text.count("$") % 2 else text


def _factor(number: str, report: Report) -> float:
    boost = float(number)
    if boost > MAX_BOOST:
        report(f"The factor was lowered to {MAX_BOOST:g}, the most there is.")
    return round(min(boost, MAX_BOOST), 3)


def read_boost(suffix: str, report: Report) -> float:
    """Reads the factor of a ``^2`` behind a quotation or groups; 1 where there is none."""
    number = _BOOST.search(suffix)
    return 1.0 if number is None else _factor(number[1], report)


def read_word(raw: str, field: TextField | None, report: Report) -> Clause | None:
    """Reads a bare word with what stands behind it: ``~2``, ``^3``, punctuation."""
    if len(raw) <= MAX_WORD and raw.isascii() and raw.isalpha() and raw.islower():
        return Word(raw, field)
    if _POWER.fullmatch(raw):
        return Word(raw, field)
    text = _cut(raw, report)
    fuzzy: str | None = None
    boost = 1.0
    marks = tuple(TRAILING.replace("~", ""))
    while True:
        suffix = _SUFFIX.search(text)
        if suffix is not None:
            text = text[: suffix.start()]
            if suffix[2] is not None:
                boost = _factor(suffix[2], report)
            else:
                fuzzy = suffix[1]
        elif text.endswith(marks) or (text.endswith(("?", "*")) and _ADDRESS.search(text)):
            text = text[:-1]
        else:
            break
    is_address = _ADDRESS.search(text) is not None
    exact = text.startswith("=")
    text = re.sub(r"\*+", "*", plain_word(text))
    if not has_letters(text):
        return None
    if exact:
        return Word(text, field, exact=True, boost=boost)
    if ("*" in text or "?" in text) and not is_address and not _NAME.fullmatch(text):
        return _wildcard(text, field, boost, report)
    if fuzzy is not None and (distance := _distance(fuzzy, report)):
        return Fuzzy(text, distance, field, boost)
    return Word(text, field, boost=boost)


def _wildcard(
    pattern: str, field: TextField | None, boost: float, report: Report
) -> Wildcard | None:
    pieces = pattern.split("*")
    if len(pieces) > MAX_STARS + 1:
        report(f"Only the first {MAX_STARS} stars of this pattern were read.")
        pattern = "*".join(pieces[:MAX_STARS]) + "*"
        if not has_letters(pattern):
            return None
    return Wildcard(pattern, field, boost)


def _distance(number: str, report: Report) -> int:
    if not number.strip("."):
        return 1
    asked = float(number)
    if asked > 2:
        report("A fuzzy word may differ in at most 2 letters, so ~2 was read.")
    return min(2, 1 if 0 < asked < 1 else int(asked))


def _quoted(token: Token, field: TextField | None, report: Report) -> Clause | None:
    words = token.text.split()
    if not has_letters(token.text):
        report("There is no word between these quotation marks, so they were left out.")
        return None
    boost = read_boost(token.after, report)
    if len(words) > MAX_PHRASE:
        report(f"Only the first {MAX_PHRASE} words of this phrase were read.")
        words = words[:MAX_PHRASE]
    words = [_cut(word, report) for word in words]
    text = " ".join(words)
    if not has_letters(text):
        return None
    if re.search(r"\w{3}\*", text):
        report("Inside quotation marks a star stands for itself.")
    if len(words) == 1:
        return Word(text, field, exact=True, boost=boost)
    return Phrase(text, field, _slop(token.after, report), boost)


def _slop(suffix: str, report: Report) -> int:
    number = _SLOP.search(suffix)
    if number is None:
        return 0
    if not number[1]:
        report('How near is said in whole words, as in "a b"~3; this was read as a phrase.')
        return 0
    return min(int(number[1]), MAX_SLOP)


def _author(token: Token, report: Report) -> Clause | None:
    text, marks, last = token.text, token.before, "$" in token.after
    numbered = _NUMBER.search(token.after if token.kind is Kind.QUOTED else text)
    if numbered is not None and token.kind is Kind.WORD:
        text = text[: numbered.start()] + text[numbered.end() :]
    if token.kind is Kind.WORD and (suffix := _SUFFIX.search(text)) is not None:
        name = _cut(text[: suffix.start()], report)
        if suffix[2] is not None:
            report("A factor weighs words of the text, not names, so it was left out.")
        elif has_letters(name) and (distance := _distance(suffix[1], report)):
            return Fuzzy(plain_word(_STRANGE.sub("", name)), distance, "author")
        text = name
    is_pattern = token.kind is Kind.WORD and re.search(r"[*?]", text) is not None
    text = _cut(text if is_pattern else text.replace("_", " "), report).strip()
    bare = text.lstrip("=^,;: ")
    marks += text[: len(text) - len(bare)]
    name = bare.rstrip("$,;: ")
    last = last or "$" in bare[len(name) :]
    if not has_letters(name):
        return None
    if is_pattern:
        if last or marks:
            report("A pattern of a name stands anywhere in the list, so its marks were left out.")
        pattern = re.sub(r"\*+", "*", _STRANGE.sub("", name).lstrip(LEADING))
        return _wildcard(pattern, "author", 1.0, report)
    name = " ".join(name.split())
    exact = "=" in marks
    places = [Position.FIRST] if "^" in marks else []
    places += [Position.LAST] if last else []
    if numbered is not None:
        person = LikelyPerson(name, int(numbered[1]))
        placed = tuple(AuthorName(name, place, exact=True) for place in places)
        return And((*placed, person)) if placed else person
    names = tuple(AuthorName(name, place, exact) for place in places or [Position.ANY])
    return names[0] if len(names) == 1 else And(names)


def _value(token: Token, field: ValueField, report: Report) -> Value | None:
    text = token.text if field == "id" else token.text.lstrip("=").strip(",; ")
    value = _cut(" ".join(text.split()), report)
    if not value:
        return None
    if field == "type":
        value = next((name for name, words in _TYPES if value.lower() in words), value)
    elif field == "venue" and token.kind is Kind.WORD and "*" in value:
        report("The name of a venue is compared whole; a star stands for itself there.")
    if field in RECORD_FIELDS:
        return _record_value(Value(field, value), report)
    if field == "type" and value not in PAPER_TYPES and kind_named(value):
        return _record_value(Value("kind", value), report)
    return Value(field, value)


def _record_value(value: Value, report: Report) -> Value | None:
    """Returns a value of a record field as its field writes it; says where it can match nothing."""
    text = value.value
    if "*" in text:
        report("A star stands for itself here: only whole words of this field are compared.")
    match value.field:
        case "orcid":
            orcid = orcid_of(text)
            if not orcid:
                report("This is not an ORCID iD (its check digit is wrong), so no paper has it.")
            return Value("orcid", orcid or text)
        case "language":
            tag = language_of(text)
            return Value("language", tag or text)
        case "kind":
            kind = kind_named(text)
            if not kind:
                known = "journal, conference, preprint, chapter, book, thesis, report, dataset"
                report(f"“{text}” is not a kind of work; kinds are {known} and others of CSL.")
            # CSL's "article" is a preprint, which is not what people mean by the word.
            return Value("kind", "preprint" if kind == "article" else kind or text)
    return value if has_letters(text) else None
