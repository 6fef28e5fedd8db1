"""Papers to measure on, and bigger collections made of their sentences."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from indexer.paper import Paper

DEFAULT = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "papers"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def read(path: Path, limit: int = 0) -> list[Paper]:
    """Read papers of JSON lines, the first `limit` of them; 0 = all."""
    return list(islice(_papers(path), limit or None))


def _papers(path: Path) -> Iterator[Paper]:
    if path.is_dir():
        path = path / "papers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            value = json.loads(line)
            yield Paper(
                id=f"p{number}",
                title=" ".join(value["title"].split()) or "untitled",
                abstract=" ".join((value.get("abstract") or "").split()),
                authors=tuple(" ".join(one.split()) for one in value.get("authors") or ()),
                venue=value.get("venue") or "",
                year=value.get("year"),
                type=value.get("type") or "",
            )


def grown(papers: list[Paper], count: int, seed: int) -> Iterator[Paper]:
    """Make a collection of `count` papers: the real ones, then new ones of their sentences.

    A new paper has the title words, venue, year and authors of one paper and sentences of six
    others, so that lengths, vocabulary and the frequencies of words stay those of real papers.
    """
    chance = random.Random(seed)
    sentences = [_SENTENCE.split(paper.abstract) for paper in papers if paper.abstract]
    yield from papers[:count]
    for number in range(len(papers), count):
        model = papers[chance.randrange(len(papers))]
        words = f"{model.title} {papers[chance.randrange(len(papers))].title}".split()
        chance.shuffle(words)
        abstract = " ".join(chance.choice(chance.choice(sentences)) for _ in range(6))
        yield Paper(
            id=f"g{number}",
            title=" ".join(words[: max(3, len(model.title.split()))]),
            abstract=abstract,
            authors=model.authors,
            venue=model.venue,
            year=model.year,
            type=model.type,
        )
