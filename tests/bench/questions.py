"""Questions of every class, drawn from the corpus; the same seed draws the same ones."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from indexer.analysis import STOP_WORDS
from indexer.paper import Paper

_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in no engine's syntax.

    Attributes:
        kind: its class.
        words: lower case, plain letters, no stop word except inside a phrase.
        phrase: the words must stand side by side.
        every: all words are needed instead of any.
        author: words of one author's name, asked for in the names alone.
        venue: the only venue.
        years: first and last year.
        facets: count venues, years and the 20 most frequent authors over all matches.
        distinct: with facets, count how many authors differ, too.
    """

    kind: str
    words: tuple[str, ...]
    phrase: bool = False
    every: bool = False
    author: bool = False
    venue: str = ""
    years: tuple[int, int] | None = None
    facets: bool = False
    distinct: bool = False


def draw(papers: list[Paper], each: int, seed: int) -> list[Question]:
    """Draw `each` questions of every class."""
    chance = random.Random(seed)
    return [
        question
        for make in _Drawing(papers, chance).kinds()
        for question in (make() for _ in range(each))
    ]


class _Drawing:
    """Draws from one corpus."""

    def __init__(self, papers: list[Paper], chance: random.Random) -> None:
        self.papers = [paper for paper in papers if len(paper.abstract) > 200 and paper.authors]
        self.chance = chance
        counts = Counter(
            word for paper in self.papers for word in set(_words(f"{paper.title} {paper.abstract}"))
        )
        size = len(self.papers)
        self.common = sorted(word for word, count in counts.items() if count > 0.05 * size)
        self.rare = sorted(word for word, count in counts.items() if 5 <= count <= 50)

    def kinds(self) -> list[Callable[[], Question]]:
        return [
            lambda: Question("one_common", (self.chance.choice(self.common),)),
            lambda: Question("one_rare", (self.chance.choice(self.rare),)),
            lambda: Question("kw", self.keywords()),
            lambda: Question("nat", self.sentence()),
            lambda: Question("phrase", self.phrase(), phrase=True),
            lambda: Question("and", self.keywords(), every=True),
            lambda: Question("author", self.author(), author=True),
            lambda: Question("kw_venue", self.keywords(), venue=self.paper().venue),
            lambda: Question("kw_year", self.keywords(), years=self.years()),
            lambda: Question("kw_facet", self.keywords(), facets=True),
            lambda: Question("nat/and", self.sentence()[:5], every=True),
            lambda: Question("kw_facet/and", self.keywords(), every=True, facets=True),
            lambda: Question("kw_facet/distinct", self.keywords(), facets=True, distinct=True),
            lambda: Question("two", self.keywords()[:2]),
        ]

    def paper(self) -> Paper:
        while True:
            paper = self.chance.choice(self.papers)
            if paper.venue and paper.year and len(_words(paper.title)) > 2:
                return paper

    def keywords(self) -> tuple[str, ...]:
        """Two to four words of one title."""
        words = _words(self.paper().title)
        return tuple(self.chance.sample(words, min(len(words), self.chance.randint(2, 4))))

    def sentence(self) -> tuple[str, ...]:
        """Eight to fourteen words in a row of one abstract, stop words left out."""
        while True:
            words = _words(self.paper().abstract)
            if len(words) > 15:
                at = self.chance.randrange(len(words) - 14)
                return tuple(words[at : at + self.chance.randint(8, 14)])

    def phrase(self) -> tuple[str, ...]:
        """Two or three words that stand side by side in one abstract."""
        while True:
            abstract = self.paper().abstract.lower()
            runs = re.findall(r"(?<![\w-])[a-z]{3,}(?: [a-z]{3,}){1,2}(?![\w-])", abstract)
            runs = [run for run in runs if not STOP_WORDS & set(run.split())]
            if runs:
                return tuple(self.chance.choice(runs).split())

    def author(self) -> tuple[str, ...]:
        while True:
            name = self.chance.choice(self.paper().authors).lower()
            words = name.split()
            if len(words) == 2 and all(_WORD.fullmatch(word) for word in words):
                return tuple(words)

    def years(self) -> tuple[int, int]:
        year = self.paper().year or 2020
        return year - 2, year + 2


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]
