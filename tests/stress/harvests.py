"""A large collection harvested by two foreign clients and by our own, compared with the index.

    python -m tests.stress.harvests INDEX URL

INDEX is an index and URL the ``/oai`` of a server over it. Sickle reads the whole of ``oai_dc``,
oaipmh-scythe that of ``quiver``, and our own harvest is cut off in the middle and goes on. Each
must have every paper of the index once, and no other.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record
from sickle import Sickle

from indexer import Paper, Query, load_config, open_index, read_identifier
from indexer.build import read_papers
from indexer.harvest.oai_harvest import Harvest, harvest

_CUT = 5_000


def by_sickle(url: str) -> dict[str, str]:
    """Returns the title of each paper by its id."""
    records = Sickle(url, max_retries=5).ListRecords(metadataPrefix="oai_dc")
    return titles((one.header.identifier, str(one.metadata["title"][0])) for one in records)


def by_scythe(url: str) -> dict[str, str]:
    """Returns the same, of the format ``quiver``."""
    with Scythe(url) as scythe:
        records = scythe.list_records(metadata_prefix="quiver")
        return titles(
            (str(one.header.identifier), str(one.metadata["title"][0]))
            for one in records
            if isinstance(one, Record)
        )


def by_our_own(url: str, dump: str) -> list[Paper]:
    """Returns the papers of a harvest that is cut off in the middle and goes on."""

    def cut_off(records: int) -> None:
        if records >= _CUT:
            raise KeyboardInterrupt

    what = Harvest(url, prefix="quiver", pause=0.0)
    with suppress(KeyboardInterrupt):
        harvest(what, dump, progress=cut_off)
    if not harvest(what, dump).went_on:
        raise SystemExit("the harvest did not go on where it was cut off")
    return list(read_papers([dump]))


def titles(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns titles by paper id; stops where a record comes twice."""
    found: dict[str, str] = {}
    for identifier, title in pairs:
        paper_id = read_identifier(identifier)
        if paper_id in found:
            raise SystemExit(f"{identifier} came twice")
        found[paper_id] = title
    return found


def main(folder: str, url: str) -> None:
    """Harvest and compare."""
    index = open_index(folder, config=load_config(overrides={"search.timeout": 60.0}))
    with index.searcher() as searcher:
        ids = set(searcher.ids(Query()))
    for name, client in (("sickle", by_sickle), ("oaipmh-scythe", by_scythe)):
        started = time.monotonic()
        found = client(url)
        told = "equal" if found.keys() == ids else f"{len(found.keys() ^ ids)} papers differ"
        print(f"{name}: {len(found):,} records in {time.monotonic() - started:.0f} s, {told}")  # noqa: T201
    with tempfile.TemporaryDirectory() as scratch, index.searcher() as searcher:
        papers = by_our_own(url, str(Path(scratch) / "harvest.xml"))
        same = sum(
            without_source(searcher.get(paper.id)) == without_source(paper) for paper in papers
        )
        print(f"our own, cut off once: {len(papers):,} papers, {same:,} of {len(ids):,} equal")  # noqa: T201


def without_source(paper: Paper | None) -> Paper | None:
    """Returns a paper without the place that it was read from."""
    return None if paper is None else replace(paper, source="")


if __name__ == "__main__":
    main(*sys.argv[1:])
