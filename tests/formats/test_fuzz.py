"""Any bytes at all: papers, skips or a `DumpError`, never another error, never for long."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.cleaning.clean_record import clean
from indexer.cleaning.venues import load_venues
from indexer.errors import DumpError, RecordError
from indexer.formats import Format, built_in_formats, detect, load_formats
from indexer.intake.dump import Dump
from indexer.intake.record import Deletion, Notice, Read, Record
from indexer.intake.unpack import Counted, unpack

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "formats"
DUMPS = {
    str(path.relative_to(GOLDEN)): path.read_bytes()
    for path in sorted(GOLDEN.glob("*/*"))
    if not path.name.endswith(".golden.json")
}
FORMATS = load_formats()
VENUES = load_venues()
ODD = [
    b"\0", b"\xff", b"{", b"}", b"[", b"]", b'"', b"<", b">", b"&", b"\\", b"\n", b"\r", b"$", b"@",
    b"ER  - \n", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"&#xD800;", b"<!--", b"]]>", b"null", b"1e999",
]  # fmt: skip
PACK: list[Callable[[bytes], bytes]] = [
    bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress
]  # fmt: skip


def read_all(name: str, data: bytes) -> int:
    """Read as a build does; give the number of papers and skipped records."""
    count = 0
    with suppress(DumpError):
        for inside, content in unpack(name, Counted(io.BytesIO(data))):
            dump = Dump(inside, content)
            format = detect(dump, FORMATS)
            for item in format.read(dump) if format is not None else ():
                assert isinstance(item, Record | RecordError | Notice | Deletion)
                count += not isinstance(item, Notice)
                if isinstance(item, Record):
                    paper = clean(item, inside, VENUES, this_year=2026).paper
                    json.dumps(paper.title + paper.abstract).encode()
                    f"{paper.id}{paper.authors}{paper.venue}{paper.keywords}".encode()
                    assert paper.id.isprintable()
                    assert not any(char.isspace() for char in paper.id)
    return count


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    read_all("any", data)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_damaged_dumps(data: st.DataObject) -> None:
    """Dumps with pieces cut out, doubled, or overwritten by what means something in a format."""
    name = data.draw(st.sampled_from(sorted(DUMPS)))
    content = bytearray(DUMPS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 80)))
        how = data.draw(st.sampled_from(["cut", "double", "odd", "end"]))
        if how == "cut":
            del content[start:end]
        elif how == "double":
            content[start:start] = content[start:end]
        elif how == "odd":
            content[start:end] = data.draw(st.sampled_from(ODD))
        else:
            del content[end:]
    packed = data.draw(st.sampled_from(PACK))(bytes(content))
    if data.draw(st.booleans()):
        packed = packed[: data.draw(st.integers(0, len(packed)))]

    read_all(name, packed)


@pytest.mark.parametrize("format", built_in_formats(), ids=lambda one: one.name)
def test_every_format_survives_the_dumps_of_the_others(format: Format) -> None:
    """Sniffing goes wrong, or a person forces a format: still no other error than `DumpError`."""
    for name, data in sorted(DUMPS.items()):
        with suppress(DumpError):
            for item in format.read(Dump(name, io.BytesIO(data))):
                assert isinstance(item, Record | RecordError | Notice | Deletion), name


MANY = 60_000
HOSTILE = {
    "comments never closed.jsonl": b'{"title": "t", "abstract": "%s"}' % (b"<!-- " * MANY),
    "tags never closed.jsonl": b'{"title": "t", "abstract": "%s"}' % (b"<a " * MANY),
    "tags of attributes.jsonl": b'{"title": "t", "abstract": "<a%s"}' % (b" b=c" * MANY),
    "ampersands.jsonl": b'{"title": "t", "abstract": "%s"}' % (b"&amp" * MANY),
    "links.jsonl": b'{"title": "t", "abstract": "%s"}' % (b"[abs] [x]" * MANY),
    "capitals.jsonl": b'{"title": "%s", "abstract": "t"}' % (b"A WORD " * MANY),
    "stars.jsonl": b'{"title": "t", "authors": ["%s"]}' % (b"*" * MANY + b"b"),
    "spaces.jsonl": b'{"title": "t", "authors": ["a%sb"]}' % (b" " * 10 * MANY),
    "and.jsonl": b'{"title": "t", "authors": "%s"}' % (b"a and " * MANY),
    "dois.jsonl": b'{"title": "t", "doi": "%s"}' % (b"10.1000." * MANY),
    "venue.jsonl": b'{"title": "t", "venue": "(ab)%s a"}' % (b"-" * MANY),
    "digits.jsonl": b'{"title": "t", "year": %s}' % (b"1" * MANY),
    "deep.json": b"[" * MANY,
    "deep.jsonl": b'{"title": %s}' % (b"[" * MANY),
    "objects.json": b'[{"title": "a", "year": 1},' + b"{" * MANY,
    "numbers.json": b'[{"title": "a", "year": 1},' + b"1 " * MANY,
    "braces.bib": b"@article{a, title = {" + b"{" * MANY + b"}" * MANY + b"}}",
    "word.bib": b"@article{a, title = {t}, " + b"a" * 10 * MANY + b"}",
    "spaces.bib": b"@article{a, title = {t}, author = {a%sb}}" % (b" " * 10 * MANY),
    "starts.bib": b"@article{a,\n" * MANY,
    "strings.bib": b"@string{a = a # a}\n" * 5000 + b"@article{a, title = a}",
    "lines.ris": b"TY  - JOUR\nTI  - t\nAB  - " + b"x\n" * 10 * MANY + b"ER  - \n",
    "references.ris": b"TY  - JOUR\n" * MANY,
    "open.xml": b'<dblp><article key="a">' + b"<title>" * MANY,
    "entities.xml": b'<dblp><article key="a"><title>' + b"&ouml;" * MANY + b"</title></article>",
    "attribute.xml": b"<dblp><article " + b'a="b" ' * MANY,
    "quotes.csv": b'title,authors\n"' + b'""' * 10 * MANY,
    "commas.csv": b"title,authors\n" + b"," * 10 * MANY,
    "bullets.txt": b"Author name cluster\n\nA\n\nICML Conference 2020 Conference Paper\n\nT\n\n"
    + "  • A B\n".encode() * MANY,
    "headers.txt": b"Author name cluster\n" + b"a " * 60 + b"ICML Conference " * MANY,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_dumps_take_no_long_time(name: str) -> None:
    """What would take a bad pattern hours takes seconds at most, on a busy machine."""
    started = time.process_time()

    read_all(name, HOSTILE[name])

    assert time.process_time() - started < 5


def read_xml(declared: bytes, title: bytes) -> Read:
    text = b"<!DOCTYPE dblp [%s]><dblp><article key='a'><title>%s</title></article></dblp>"
    dump = Dump("bomb.xml", io.BytesIO(text % (declared, title)))
    format = detect(dump, FORMATS)
    assert format is not None
    [item] = format.read(dump)
    return item


def test_entities_of_a_document_are_never_expanded() -> None:
    secret = read_xml(b'<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY a "b">', b"&file; &a;")
    assert isinstance(secret, Record)
    assert secret.title == "&file; &a;"

    laughs = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 50) for n in range(1, 8)
    )
    bomb = read_xml(laughs, b"&h;")
    assert isinstance(bomb, Record)
    assert bomb.title == "&h;"
