"""Makes the table of likely people that a generation carries, from its segments."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import perf_counter
from typing import Final

from indexer.authors.clustering.calibration import shipped_weights
from indexer.authors.clustering.certain_evidence import CertainEvidence
from indexer.authors.clustering.likely_people import table_of_people
from indexer.authors.clustering.people_table import read_table
from indexer.authors.curation import ATTACHED as CURATED
from indexer.authors.curation import read_curated
from indexer.backends.whoosh.indexing.authorships import Authorships
from indexer.errors import IndexDamaged
from indexer.generations.publishing import MOST_ATTACHED

_LOG: Final = logging.getLogger(__name__)


def people_of(
    authorships: Authorships,
    attached: Mapping[str, bytes],
    before: bytes | None,
    *,
    reuse: bool,
    identified: bool,
) -> bytes:
    """Returns the table of people; empty where no name has two papers.

    Args:
        authorships: the papers of the new generation.
        attached: its documents, among them what is curated.
        before: the table of the generation before.
        reuse: leave names as they are there whose papers did not change.
        identified: a new paper tells ids of its authors.
    """
    started = perf_counter()
    collection = authorships.collection
    try:
        old = None if before is None else read_table(before)
    except IndexDamaged:  # of another version: the numbers begin anew
        old = None
    curated = read_curated(attached.get(CURATED))
    identified = identified or (reuse and old is not None and old.identified)
    evidence = None
    if identified or curated.papers:
        evidence = CertainEvidence(
            curated.papers,
            collection.name_keys,
            authorships.number,
            authorships.paper if identified else None,
        )
    data = table_of_people(
        collection,
        shipped_weights(),
        authorships.paper_id,
        before=old,
        reuse=reuse,
        evidence=evidence,
        identified=identified,
    )
    _LOG.info("people of %d names in %.1f s", len(collection.name_keys), perf_counter() - started)
    if len(data) > MOST_ATTACHED:
        _LOG.warning("the table of people has %d bytes, too many to keep: left out", len(data))
        return b""
    return data
