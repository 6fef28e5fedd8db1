"""Abbreviations and long forms, each for the other, learnt from the papers.

"convolutional neural network (CNN)" makes each of the two find the other, too.

The papers that use an abbreviation most define it in their abstracts; the long form that most of
them give is asked for beside it. Definitions are read by the algorithm of Schwartz & Hearst 2003,
"A simple algorithm for identifying abbreviation definitions in biomedical text",
https://doi.org/10.1142/9789812776303_0042.

Works on the `Searcher` contract alone, so every engine learns the same.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import Final

from indexer.analysis import STOP_WORDS
from indexer.query import Clause, Match, Or, Part, Phrase, Query, Repair, Word, Words
from indexer.query_analysis.plain_text import is_plain
from indexer.search import Searcher
from indexer.text.folding import fold

LOOKED_AT: Final = 40
"""Papers in which a definition is looked for: those that use the abbreviation most."""
LEAST_DEFINITIONS: Final = 3
"""Papers that must define an abbreviation alike."""
LEAST_SHARE: Final = 0.6
"""Share of the definitions that must agree: "PCA" has one long form, "SSP" several."""
_MOST_FORMS: Final = 3
_MOST_WORDS: Final = 6
"""Words of the longest form whose abbreviation is looked for."""
_BOOST: Final = 0.5
"""Weight of the long form beside the abbreviation as it was typed."""
_ABBREVIATION: Final = re.compile(r"(?=(?:.*[A-Z]){2})[A-Z][A-Za-z]{0,4}[A-Z]|[A-Z]{2,6}")


def read_abbreviations(query: Query, searcher: Searcher) -> Query:
    """Returns a query that finds the long forms of its abbreviations, too.

    Args:
        query: as parsed; a word between quotation marks is found only as typed.
        searcher: of the collection.
    """
    if not is_plain(query.clause):
        return query
    parts = query.clause.parts if isinstance(query.clause, Words) else ()
    if isinstance(query.clause, Word):
        parts = (Part(query.clause),)
    read: list[Part] = []
    repairs: list[Repair] = []
    for part in parts:
        clause: Clause = part.clause
        forms = long_forms(searcher, clause.text) if isinstance(clause, Word) else ()
        if forms and isinstance(clause, Word):
            at = query.text.find(clause.text)
            reason = f"“{clause.text}” also finds “{forms[0]}”; in quotation marks only as typed."
            repairs.append(Repair(max(0, at), max(0, at) + len(clause.text), reason))
            # Snowball leaves the s of "CNNs": no vowel stands before it.
            other = clause.text[:-1] if clause.text.endswith("s") else f"{clause.text}s"
            phrases = (Phrase(form, boost=_BOOST) for form in forms)
            clause = Or((clause, Word(other), *phrases))
        read.append(replace(part, clause=clause))
    if not repairs:
        return _with_short_form(query, searcher)
    whole = read[0].clause if len(read) == 1 else Words(tuple(read))
    return replace(query, clause=whole, repairs=(*query.repairs, *repairs))


def _with_short_form(query: Query, searcher: Searcher) -> Query:
    """Returns a query that finds the abbreviation of all its words, too; else as it is."""
    parts = query.clause.parts if isinstance(query.clause, Words) else ()
    words = [part.clause.text for part in parts if isinstance(part.clause, Word)]
    form = " ".join(words)
    short = short_form(searcher, form) if 2 <= len(words) <= _MOST_WORDS else ""
    if not short or query.clause is None:
        return query
    reason = f"“{form}” also finds “{short}”; in quotation marks only as typed."
    forms = (Word(short, boost=_BOOST), Word(f"{short}s", boost=_BOOST))
    return replace(
        query,
        clause=Or((query.clause, *forms)),
        repairs=(*query.repairs, Repair(0, len(query.text), reason)),
    )


def short_form(searcher: Searcher, text: str) -> str:
    """Returns the abbreviation of a long form; empty where papers define none, or not alike.

    The abbreviation must mean this form more than any other: `long_forms` leads back.

    Args:
        searcher: of the collection.
        text: as typed: "support vector machine", "Markov decision processes".
    """
    folded = _plain(text)
    words = folded.split()
    initials = ("".join(word[0] for word in words),
                "".join(word[0] for word in words if word not in STOP_WORDS))  # fmt: skip
    for short in dict.fromkeys(initials):
        if folded in map(_plain, long_forms(searcher, short.upper())):
            return short.upper()
    asked = Or((Phrase(text, "abstract"), Phrase(_other_number(text), "abstract")))
    form = re.escape(folded).replace("\\ ", "[ -]")
    defined = re.compile(rf"{form}(?:e?s)?\s*\(\s*([A-Za-z]{{2,8}}?)s?\s*[),;]", re.IGNORECASE)
    shorts: Counter[str] = Counter()
    for paper_id in islice(searcher.ids(Query(clause=asked, match=Match.ALL)), LOOKED_AT):
        paper = searcher.get(paper_id)
        match = defined.search(paper.abstract) if paper else None
        if match is not None and _ABBREVIATION.fullmatch(match[1]):
            shorts[match[1]] += 1
    short, count = max(shorts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if count < LEAST_DEFINITIONS or count < LEAST_SHARE * shorts.total():
        return ""
    return short if folded in map(_plain, long_forms(searcher, short)) else ""


def _plain(form: str) -> str:
    """Returns a form in small letters, in the singular, its hyphens as blanks."""
    plain = fold(form).text.casefold().replace("-", " ")
    if plain.endswith("ss"):
        return plain
    return plain.removesuffix("es" if plain.endswith("sses") else "s")


def _other_number(form: str) -> str:
    """Returns a form in the plural, one that ends in s in the singular."""
    return form.removesuffix("s") if form.endswith("s") else f"{form}s"


def long_forms(searcher: Searcher, word: str) -> tuple[str, ...]:
    """Returns the long form of an abbreviation as papers write it, the commonest first.

    Several where they differ in the number of the noun alone; none where the papers do not agree.

    Args:
        searcher: of the collection.
        word: as typed: "CNN", "GANs".
    """
    short = word.removesuffix("s")
    if not _ABBREVIATION.fullmatch(short):
        return ()
    asked = Query(clause=Word(short, "abstract"), match=Match.ALL)
    forms: Counter[str] = Counter()
    for paper_id in islice(searcher.ids(asked), LOOKED_AT):
        paper = searcher.get(paper_id)
        form = definition(short, paper.abstract) if paper else ""
        if form:
            forms[fold(form).text.casefold().replace("-", " ")] += 1
    meanings: Counter[str] = Counter()
    for form, count in forms.items():
        meanings[form.removesuffix("s")] += count
    if not meanings:
        return ()
    best, count = max(meanings.items(), key=lambda meaning: (meaning[1], meaning[0]))
    if count < LEAST_DEFINITIONS or count < LEAST_SHARE * meanings.total():
        return ()
    same = [form for form in forms if form.removesuffix("s") == best]
    same.sort(key=lambda form: (-forms[form], form))
    if not same[0].endswith(("ss", "is", "us")):  # "analysis" is no plural
        same.append(best if same[0].endswith("s") else f"{best}s")
    return tuple(dict.fromkeys(same))[: _MOST_FORMS + 1]


def definition(short: str, text: str) -> str:
    """Returns the long form that a text gives an abbreviation in parentheses; empty where none.

    >>> definition("CNN", "We train a convolutional neural network (CNN) on digits.")
    'convolutional neural network'
    """
    match = re.search(rf"\(\s*{re.escape(short)}s?\s*[),;]", text)
    if match is None:
        return ""
    before = text[: match.start()].split()
    words = before[-min(len(short) + 5, 2 * len(short)) :]
    candidate = re.split(r"[.;:()]\s", " ".join(words))[-1]
    at = len(candidate)
    for number, letter in enumerate(reversed(short.lower())):
        is_first = number == len(short) - 1
        at -= 1
        while at >= 0 and (
            candidate[at].lower() != letter or (is_first and at > 0 and candidate[at - 1].isalnum())
        ):
            at -= 1
        if at < 0:
            return ""
    form = candidate[at:].strip(" ,\"'“”‘’")
    is_longer = len(form.split()) > 1 and len(form) > len(short) + 2
    return form if is_longer and short not in form.split() else ""
