"""Twice the text takes at most about twice as long: no pattern and no loop over input is quadratic.

Every function that reads text from outside meets every pump. Where some take long enough to be
told from noise, twice the text is read, too; only what is slow again and again is a failure.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import pytest

from indexer.citation.texsafe import tex_text
from indexer.cleaning.characters import mend_characters, one_line
from indexer.cleaning.clean_record import clean
from indexer.cleaning.dates import iso_date
from indexer.cleaning.markup import without_boilerplate, without_entities, without_tags
from indexer.cleaning.names import split_names, unglued, unmarked, without_et_al
from indexer.cleaning.tex_letters import without_tex_letters
from indexer.cleaning.venues import load_venues
from indexer.evaluation.judged import _topic
from indexer.formats.arrow import _BULLET, _DECLARED
from indexer.formats.arxiv import _VOLUME, NUMBER, listed_names, publication_of_arxiv, venue_of
from indexer.formats.bibtex_names import authors_of
from indexer.formats.bibtex_names import plain as plain_name
from indexer.intake.record import Record
from indexer.language.parse import parse_clause
from indexer.record.identifier_forms import identifiers_in
from indexer.references.parse import is_reference, parse_reference
from indexer.text.display import plain
from indexer.text.folding import fold, forms

SIZE: Final = 1_000
"""Characters of the shorter text."""
SLOW: Final = 0.02
"""Seconds for the longer text that are worth a second look: 10 µs a character."""
GROWTH: Final = 3.0
"""Times as long for twice the text: 2 is linear, 4 quadratic."""
LOOKS: Final = 4
PUMPS: Final = (
    *" \n\\a A0.,;:-_/{}()[]\"'<>&$@#*~^=\u0301\u4e2d",
    *(
        "a ",
        "A. ",
        "a.",
        "a-",
        "a, ",
        "a; ",
        "1 ",
        "1.",
        "10.",
        "2000 ",
        "\\a",
        "\\a{",
        "{a",
        "{a}",
    ),
    *("{\\", "<a", "<a ", "<a>", "&#", "&a", "&amp", "$a", " and ", "a'", "a=", "http://", "20"),
    *(". ", "/*", "<!--", "\\ ", "\\\\", "\\'", "et al", "(a", "[a", "a~ ", "NOT ", "a*", "-a"),
    *("doi:", "pp. 1-"),
)
VENUES = load_venues()


def cleaned(text: str) -> object:
    record = Record(1, f"x {text}", abstract=text, authors=(text, "A B"), venue=text, doi=text)
    return clean(record, "x", VENUES, this_year=2026)


READERS: Final[tuple[Callable[[str], object], ...]] = (
    fold, forms, plain, tex_text, without_tex_letters, plain_name, authors_of, split_names,
    unmarked, without_et_al, mend_characters, one_line, iso_date, without_boilerplate,
    without_entities,
    without_tags, venue_of, listed_names, parse_clause, identifiers_in, parse_reference,
    is_reference, cleaned, lambda text: unglued((text,)),
    lambda text: publication_of_arxiv("0704.0001", text, {}, ()),
    lambda text: [one.fullmatch(text) for one in _VOLUME],
    lambda text: _topic("", f"<num>1 <title>{text}"),
    lambda text: (_BULLET.fullmatch(text), _DECLARED.fullmatch(text), NUMBER.fullmatch(text)),
)  # fmt: skip


def seconds(reader: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    reader(text)
    return time.thread_time() - began


def is_linear(reader: Callable[[str], object], pump: str) -> bool:
    """Whether twice the text takes no more than about twice as long, at one of several looks."""
    for look in range(LOOKS):
        # A cache may know a text: each look reads another one.
        short = f"{look} " + pump * (SIZE // len(pump))
        long = f"{look} " + pump * (2 * SIZE // len(pump))
        whole = seconds(reader, long)
        if whole < SLOW or whole < GROWTH * seconds(reader, short):
            return True
    return False


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_twice_the_text_takes_twice_as_long(reader: Callable[[str], object]) -> None:
    assert [pump for pump in PUMPS if not is_linear(reader, pump)] == []
