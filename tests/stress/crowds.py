"""One record with very many authors, in every format: as many as 10 MB hold, or a million.

A failure is more than ten seconds of the processor, more than 300 MB of memory, an exception other
than `DumpError`, or a record that is lost without a word.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Final

LIMIT: Final = 10.0
"""Seconds of the processor for one file."""
MEMORY: Final = 300.0
"""MB that reading it may take."""
LARGEST: Final = 10_000_000
"""Bytes of a file."""
_TEI: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PUBMED: Final = (
    f"{_TEI}<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
    "<ArticleTitle>On crowds</ArticleTitle><AuthorList>"
)
_JATS: Final = (
    f'{_TEI}<article article-type="research-article"><front><article-meta><title-group>'
    "<article-title>On crowds</article-title></title-group><contrib-group>"
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A file of one record: its beginning, an author, what stands between two, and its end."""

    head: str
    author: str
    joint: str
    tail: str

    def of(self, authors: int) -> bytes:
        """Returns the file with so many authors, or fewer where it would be too large."""
        size = max(1, min(authors, LARGEST // len(self.author + self.joint)))
        return (self.head + self.joint.join([self.author] * size) + self.tail).encode()


CROWDS: Final[Mapping[str, Crowd]] = MappingProxyType(
    {
        "x.bib": Crowd("@article{a,\n title={On crowds},\n author={", "A B", " and ", "}}\n"),
        "short.bib": Crowd("@article{a,\n title={On crowds},\n author={", "A", " and ", "}}\n"),
        "commas.bib": Crowd("@article{a,\n title={On crowds},\n author={", "A B", ", ", "}}\n"),
        "braces.bib": Crowd(
            "@article{a,\n title={On crowds},\n author={", "{A B}", " and ", "}}\n"
        ),
        "biblatex.bib": Crowd(
            "@article{a,\n title={On crowds},\n author={", "family=B, given=A", " and ", "}}\n"
        ),
        "editors.bib": Crowd("@book{a,\n title={On crowds},\n editor={", "A B", " and ", "}}\n"),
        "keywords.bib": Crowd("@article{a,\n title={On crowds},\n keywords={", "ab", ", ", "}}\n"),
        "x.ris": Crowd("TY  - JOUR\nTI  - On crowds\n", "AU  - B, A", "\n", "\nER  - \n"),
        "x.enw": Crowd("%0 Journal Article\n%T On crowds\n", "%A B, A", "\n", "\n\n"),
        "x.nbib": Crowd("PMID- 1\nTI  - On crowds\n", "FAU - B, A\nAU  - B A", "\n", "\n\n"),
        "wos.txt": Crowd(
            "FN Clarivate\nVR 1.0\nPT J\nTI On crowds\nAU ", "B, A", "\n   ", "\nER\nEF\n"
        ),
        "x.csv": Crowd('title,authors\n"On crowds","', "A B", "; ", '"\n'),
        "commas.csv": Crowd('title,authors\n"On crowds","', "A B", ", ", '"\n'),
        "x.jsonl": Crowd('{"title": "On crowds", "authors": [', '"A B"', ",", "]}\n"),
        "objects.jsonl": Crowd(
            '{"title": "On crowds", "authors": [', '{"name":"A B"}', ",", "]}\n"
        ),
        "crossref.json": Crowd(
            '{"DOI":"10.1/a","type":"journal-article","title":["On crowds"],"author":[',
            '{"family":"B","given":"A"}', ",", "]}\n",
        ),
        "csl.json": Crowd(
            '[{"id":"a","type":"article-journal","title":"On crowds","author":[',
            '{"family":"B","given":"A"}', ",", "]}]\n",
        ),
        "openalex.json": Crowd(
            '{"id":"https://openalex.org/W1","display_name":"On crowds","title":"On crowds",'
            '"authorships":[',
            '{"author":{"display_name":"A B"}}', ",", "]}\n",
        ),
        "datacite.json": Crowd(
            '{"data":[{"id":"10.1/a","type":"dois","attributes":{"doi":"10.1/a","titles":'
            '[{"title":"On crowds"}],"creators":[',
            '{"name":"B, A"}', ",", "]}}]}\n",
        ),
        "s2.jsonl": Crowd(
            '{"corpusid":1,"paperId":"a","title":"On crowds","authors":[',
            '{"authorId":"1","name":"A B"}', ",", "]}\n",
        ),
        "arxiv.jsonl": Crowd(
            '{"id":"0704.0001","title":"On crowds","abstract":"x","categories":"cs.LG",'
            '"authors_parsed":[',
            '["B","A",""]', ",", "]}\n",
        ),
        "dblp.xml": Crowd(
            f'{_TEI}<dblp><article key="journals/a/B1"><title>On crowds.</title>',
            "<author>A B</author>", "", "</article></dblp>\n",
        ),
        "pubmed.xml": Crowd(
            _PUBMED,
            "<Author><LastName>B</LastName><ForeName>A</ForeName></Author>", "",
            "</AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>\n",
        ),
        "jats.xml": Crowd(
            _JATS,
            '<contrib contrib-type="author"><name><surname>B</surname></name></contrib>', "",
            "</contrib-group></article-meta></front></article>\n",
        ),
        "mods.xml": Crowd(
            f'{_TEI}<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods><titleInfo>'
            "<title>On crowds</title></titleInfo>",
            "<name><namePart>A B</namePart></name>", "", "</mods></modsCollection>\n",
        ),
        "x.cff": Crowd(
            "cff-version: 1.2.0\nmessage: cite\ntitle: On crowds\nauthors:\n",
            "  - family-names: B\n    given-names: A", "\n", "\n",
        ),
        "aminer.txt": Crowd("#*On crowds\n#@", "A B", ";", "\n#t2001\n#index1\n\n"),
        "paperlist.json": Crowd(
            '[{"id":"a","title":"On crowds","status":"Poster","author":"', "A B", ";", '"}]\n'
        ),
    }
)  # fmt: skip


def read_crowd(name: str, data: bytes, answer: Connection) -> None:
    """Reads a file in a process of its own.

    It sends seconds, MB, papers, skips, the most authors of a paper, a fault, and a refusal.
    """
    from indexer.cleaning.clean_record import clean
    from indexer.errors import DumpError, RecordError
    from indexer.formats import detect
    from indexer.intake.dump import Dump
    from indexer.intake.record import Record
    from indexer.intake.unpack import Counted, unpack
    from tests.formats.test_fuzz import FORMATS, VENUES

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    papers = skips = authors = 0
    fault = refusal = ""
    try:
        ((inside, content),) = unpack(name, Counted(io.BytesIO(data)))
        dump = Dump(inside, content)
        format = detect(dump, FORMATS)
        if format is None:  # which a build tells so
            skips, refusal = skips + 1, "has no known format"
        for item in format.read(dump) if format is not None else ():
            if isinstance(item, Record):
                try:
                    paper = clean(item, name, VENUES, this_year=2026).paper
                    papers, authors = papers + 1, max(authors, len(paper.authors))
                except RecordError as error:
                    skips, refusal = skips + 1, str(error)
            elif isinstance(item, RecordError):
                skips, refusal = skips + 1, str(item)
    except DumpError as error:
        skips, refusal = skips + 1, str(error)
    except Exception:  # noqa: BLE001 - whatever it is, it is a failure of the trial
        fault = traceback.format_exc()
    seconds = time.process_time() - began
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    answer.send((seconds, memory, papers, skips, authors, fault, refusal))


def run(authors: int, names: tuple[str, ...] = ()) -> list[tuple[str, int, str, str]]:
    """Reads a crowd in each format; returns its name, bytes, figures, and what failed."""
    from tests.formats import test_fuzz  # noqa: F401 - loaded once, before the processes part

    fork = multiprocessing.get_context("fork")
    rows = []
    for name, crowd in CROWDS.items():
        if names and name not in names:
            continue
        data = crowd.of(authors)
        ours, theirs = fork.Pipe()
        process = fork.Process(target=read_crowd, args=(name, data, theirs))
        process.start()
        theirs.close()
        try:
            seconds, memory, papers, skips, kept, fault, refusal = ours.recv()
        except EOFError:
            seconds, memory, papers, skips, kept = 0.0, 0.0, 0, 0, 0
            fault, refusal = "the process died", ""
        process.join()
        told = f"{seconds:7.2f} {memory:7.0f} {papers:7,} {skips:6,} {kept:8,}  {refusal}"
        if seconds > LIMIT or memory > MEMORY:
            fault = fault or "beyond the limits"
        elif not papers and not skips:
            fault = fault or "nothing was read and nothing said"
        rows.append((name, len(data), told, fault))
    return rows


def main(given: list[str]) -> int:
    """Runs the trial and prints its table; returns 1 where something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.stress crowds", description=__doc__)
    parser.add_argument("--authors", type=int, default=1_000_000, help="of each record")
    parser.add_argument("--short", action="store_true", help="60,000 authors")
    parser.add_argument("--only", default="", help="files, by comma")
    options = parser.parse_args(given)
    names = tuple(one for one in options.only.split(",") if one)
    rows = run(60_000 if options.short else options.authors, names)
    lines = [f"{'file':<16} {'bytes':>11}   CPU s      MB  papers  skips  authors"]
    lines += [f"{name:<16} {size:>11,} {told}  {fault[-300:]}" for name, size, told, fault in rows]
    print("\n".join(lines))  # noqa: T201 - a program
    return int(any(fault for *_, fault in rows))
