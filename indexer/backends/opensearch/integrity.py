"""Is a published generation what was published?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from indexer.backends.opensearch.generations import Generations
from indexer.backends.opensearch.ledger import take_census
from indexer.backends.opensearch.transport import patiently_done
from indexer.errors import IndexDamaged
from indexer.search import IndexInfo

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


def verify(
    client: OpenSearch, generations: Generations, index: str, info: IndexInfo, *, retries: int
) -> int:
    """Compares a generation with its facts; gives its number of papers.

    Args:
        client: of the cluster.
        generations: of the index.
        index: the cluster's index of the generation.
        info: its facts.
        retries: times that a busy cluster is asked again.

    Raises:
        IndexDamaged: says everything that is wrong.
        IndexUnavailable: when the cluster does not answer.
    """
    faults: list[str] = []
    params = {"timeout": "5s", "request_timeout": 30}
    health = patiently_done(partial(client.cluster.health, index=index, params=params), retries)
    if health["status"] == "red":
        faults.append("a part of the index has no copy left; bring its node back")
    elif health["status"] == "yellow":
        faults.append(f"{health['unassigned_shards']} copies of parts are missing")
    if health["status"] != "red":
        census = take_census(generations.asking(index))
        if census.collection.papers != info.papers:
            faults.append(f"{census.collection.papers:,} papers instead of {info.papers:,}")
        if (census.authors, census.venues) != (info.authors, info.venues):
            faults.append("the numbers of authors and venues are not those that were published")
    settings = client.indices.get_settings(index=index, name="index.blocks.write")
    if not settings.get(index, {}).get("settings"):
        faults.append("the index is open to writing; only a new generation may change it")
    if faults:
        raise IndexDamaged(f"{index}: {'; '.join(faults)}")
    return info.papers
