"""Values over a whole generation: author names as they are shown, completion, namesakes.

How two authors are connected: the shortest chain of papers written together.

A search in breadth from both ends, each step one request for all names on the papers of a level,
so that the levels stay small where the names have many coauthors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Final

from indexer.analysis import name_words
from indexer.backends.opensearch.document import bounded, same_names_key
from indexer.backends.opensearch.facets import MOST_VALUES, Spellings, key_of, values_of
from indexer.backends.opensearch.mapping import APART, Body
from indexer.backends.opensearch.term_dictionary import Ask, beginning
from indexer.paper import UNKNOWN, name_key
from indexer.query import FacetField
from indexer.search import FacetValue
from indexer.text.folding import begins, fold, forms

_PATTERN = 900


class ValueLists:
    """Lists the values of one generation; safe to use from several threads."""

    def __init__(self, ask: Ask, spellings: Spellings, variants: tuple[str, ...]) -> None:
        """Asks one generation through `ask`.

        Args:
            ask: sends it a search body.
            spellings: of the names that have several.
            variants: every spelling of these.
        """
        self._ask = ask
        self.several = spellings
        self.variants = variants
        self._known = dict(spellings)
        self._lock = Lock()

    def shown(self, names: Iterable[str]) -> Spellings:
        """Returns how some authors are shown, by key; those there are not are left out."""
        keys = {key_of(name, "author") for name in names} - {UNKNOWN}
        missing = [key for key in sorted(keys - self._known.keys()) if len(key) < _PATTERN // 2]
        if missing:
            aggs: Body = {
                str(index): values_of("author_spelling", 1, beginning(key + APART))
                for index, key in enumerate(missing)
            }
            answer = self._ask({"size": 0, "track_total_hits": False, "aggs": aggs})
            with self._lock:
                for index, key in enumerate(missing):
                    for bucket in answer["aggregations"][str(index)]["buckets"]:
                        self._known[key] = str(bucket["key"]).partition(APART)[2]
        return {key: self._known[key] for key in keys & self._known.keys()}

    def listed(
        self, field: FacetField, prefix: str, contains: str, limit: int
    ) -> tuple[FacetValue, ...]:
        """Lists values, most papers first; see `indexer.search.Searcher.values`."""
        begin, part = fold(prefix).text.strip(), fold(contains).text.strip()
        counts, shown = self._counted(field, begin, few=not (begin or part) and limit > 0)
        counts.pop(UNKNOWN, None)
        values = [
            FacetValue(shown[key], count)
            for key, count in counts.items()
            if any(part in form and begins(form, begin) for form in forms(shown[key]))
        ]
        values.sort(key=lambda value: (-value.count, value.value))
        return tuple(values[: limit if limit > 0 else None])

    def namesakes(self, folded: str) -> tuple[FacetValue, ...]:
        """Lists the names that fold to the same; see `indexer.search.Searcher.names`."""
        wanted = same_names_key(folded)
        query = {"term": {"author_folded": bounded(wanted)}}
        answer = self._ask(_counting({"v": values_of("author_shown", MOST_VALUES)}, query))
        names = [str(bucket["key"]) for bucket in answer["aggregations"]["v"]["buckets"]]
        keys = sorted({bounded(name_key(name)) for name in names})
        same = [
            key
            for key in keys
            if any(same_names_key(name) == wanted for name in names if name_key(name) == key)
        ]
        if not same:
            return ()
        known = self.shown(same)
        answer = self._ask(_counting({"v": values_of("author", len(same), same)}))
        values = [
            FacetValue(known.get(str(bucket["key"]), str(bucket["key"])), int(bucket["doc_count"]))
            for bucket in answer["aggregations"]["v"]["buckets"]
        ]
        kept = [value for value in values if same_names_key(value.value) == wanted]
        return tuple(sorted(kept, key=lambda value: (-value.count, value.value)))

    def _counted(
        self, field: FacetField, begin: str, *, few: bool
    ) -> tuple[Counter[str], Mapping[str, str]]:
        """Counts the papers of each value; of authors only those that may begin so, if asked."""
        counts: Counter[str] = Counter()
        if field != "author":
            column = "year_value" if field == "year" else field
            answer = self._ask(_counting({"v": values_of(column, MOST_VALUES)}))
            for bucket in answer["aggregations"]["v"]["buckets"]:
                counts[str(bucket["key"])] = int(bucket["doc_count"])
            return counts, {key: key for key in counts}
        words = name_words(begin)
        shown = dict(self.several)
        if words and words[0].isascii():
            buckets = self._beginning(words[0])
        else:
            size = 1000 if few else MOST_VALUES
            aggs = {"v": values_of("author_shown", size, exclude=self.variants)}
            if shown:
                aggs["several"] = values_of("author", len(shown), sorted(shown))
            answer_ = self._ask(_counting(aggs))["aggregations"]
            buckets = {
                str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer_["v"]["buckets"]
            }
            several = answer_.get("several", {}).get("buckets", [])
            counts.update({str(bucket["key"]): int(bucket["doc_count"]) for bucket in several})
        sure = frozenset(counts)
        for name, count in buckets.items():
            key = bounded(name_key(name))
            if key not in sure:
                counts[key] += count
                shown.setdefault(key, name)
        return counts, shown

    def _beginning(self, word: str) -> dict[str, int]:
        """Counts the papers of each name with a word that begins so."""
        names = values_of("names.shown", 10_000)
        names["aggs"] = {"papers": {"reverse_nested": {}}}
        begin = {"filter": {"prefix": {"names.words": word}}, "aggs": {"v": names}}
        nested = {"names": {"nested": {"path": "names"}, "aggs": {"begin": begin}}}
        answer = self._ask(_counting(nested, {"prefix": {"author_vocabulary": word}}))
        return {
            str(bucket["key"]): int(bucket["papers"]["doc_count"])
            for bucket in answer["aggregations"]["names"]["begin"]["v"]["buckets"]
        }


def _counting(aggs: Body, query: Body | None = None) -> Body:
    body: Body = {"size": 0, "track_total_hits": False, "aggs": aggs}
    if query is not None:
        body["query"] = {"constant_score": {"filter": query}}
    return body


_TOGETHER: Final = 10_000
"""Names of a level that one request asks for."""


class Coauthors:
    """Follows the papers that authors of one generation wrote together."""

    def __init__(self, ask: Ask, lists: ValueLists) -> None:
        """Asks one generation through `ask`; `lists` knows how names are shown."""
        self._ask = ask
        self._lists = lists

    def chain(self, one: str, other: str, around: Iterable[str] = ()) -> tuple[str, ...]:
        """Returns the shortest chain of names; see `indexer.search.Searcher.chain`.

        Two names are also unconnected when a level between them has more than `MOST_VALUES` names.
        """
        start, goal = key_of(one, "author"), key_of(other, "author")
        ends = {start, goal}
        if UNKNOWN in ends and UNKNOWN not in self._lists.several:
            return ()
        if set(self._papers(ends)) != ends:
            return ()
        closed = {key_of(name, "author") for name in around} - ends
        levels = self._levels(start, goal, closed)
        keys = [start]
        for level in levels[1:]:
            counts = self._papers(self._around({keys[-1]}) & level)
            keys.append(min(counts, key=lambda key: (-counts[key], key)))
        shown = self._lists.shown(keys)
        return tuple(shown.get(key, key) for key in keys) if levels else ()

    def _levels(self, start: str, goal: str, closed: set[str]) -> list[set[str]]:
        """Returns, step by step, all names that lie on a shortest chain; nothing without one."""
        near, far = [{start}], [{goal}]
        while not near[-1] & far[-1]:
            side = near if len(near[-1]) <= len(far[-1]) else far
            reached = self._around(side[-1]) - closed.union(*side)
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
        """Returns everybody on the papers of some keys; nobody where they are too many."""
        keys_: set[str] = set()
        asked = sorted(keys)
        for at in range(0, len(asked), _TOGETHER):
            query = {"terms": {"author": asked[at : at + _TOGETHER]}}
            keys_.update(self._counted(query, values_of("author", MOST_VALUES)))
        return keys_ if len(keys_) < MOST_VALUES else set()

    def _papers(self, keys: Iterable[str]) -> dict[str, int]:
        """Counts the papers of those of some keys that have any."""
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
        return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
