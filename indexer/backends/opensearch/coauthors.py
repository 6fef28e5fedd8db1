"""How two authors are connected: the shortest chain of papers written together.

A search in breadth from both ends, each step one request for all names on the papers of a level,
so that the levels stay small where the names have many coauthors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from indexer.backends.opensearch.facets import MOST_VALUES, key_of, values_of
from indexer.backends.opensearch.lexicon import Ask
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.people import ValueLists
from indexer.paper import UNKNOWN

_TOGETHER: Final = 10_000
"""Names of a level that one request asks for."""


class Coauthors:
    """Follows the papers that authors of one generation wrote together."""

    def __init__(self, ask: Ask, lists: ValueLists) -> None:
        """Ask one generation through `ask`; `lists` knows how names are shown."""
        self._ask = ask
        self._lists = lists

    def chain(self, one: str, other: str) -> tuple[str, ...]:
        """Give the shortest chain of names; see `indexer.search.Searcher.chain`.

        Two names are also unconnected when a level between them has more than `MOST_VALUES` names.
        """
        start, goal = key_of(one, "author"), key_of(other, "author")
        ends = {start, goal}
        if UNKNOWN in ends and UNKNOWN not in self._lists.several:
            return ()
        if set(self._papers(ends)) != ends:
            return ()
        levels = self._levels(start, goal)
        keys = [start]
        for level in levels[1:]:
            counts = self._papers(self._around({keys[-1]}) & level)
            keys.append(min(counts, key=lambda key: (-counts[key], key)))
        shown = self._lists.shown(keys)
        return tuple(shown.get(key, key) for key in keys) if levels else ()

    def _levels(self, start: str, goal: str) -> list[set[str]]:
        """Give, step by step, all names that lie on a shortest chain; nothing without one."""
        near, far = [{start}], [{goal}]
        while not near[-1] & far[-1]:
            side = near if len(near[-1]) <= len(far[-1]) else far
            reached = self._around(side[-1]) - set().union(*side)
            if not reached:
                return []
            side.append(reached)
        middle = near[-1] & far[-1]
        before, after = [middle], [middle]
        for level in near[-2::-1]:
            before.append(self._around(before[-1]) & level)
        for level in far[-2::-1]:
            after.append(self._around(after[-1]) & level)
        return [*before[::-1], *after[1:]]

    def _around(self, keys: set[str]) -> set[str]:
        """Give everybody on the papers of some keys; nobody where they are too many."""
        found: set[str] = set()
        asked = sorted(keys)
        for at in range(0, len(asked), _TOGETHER):
            query = {"terms": {"author": asked[at : at + _TOGETHER]}}
            found.update(self._counted(query, values_of("author", MOST_VALUES)))
        return found if len(found) < MOST_VALUES else set()

    def _papers(self, keys: Iterable[str]) -> dict[str, int]:
        """Count the papers of those of some keys that have any."""
        asked = sorted(keys)
        query = {"terms": {"author": asked}}
        return self._counted(query, values_of("author", max(1, len(asked)), asked))

    def _counted(self, query: Body, values: Body) -> dict[str, int]:
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"constant_score": {"filter": query}},
            "aggs": {"keys": values},
        }
        buckets = self._ask(body)["aggregations"]["keys"]["buckets"]
        return {str(one["key"]): int(one["doc_count"]) for one in buckets}
