"""How much memory the caches of an opened generation may take, all of them together.

Beside these a process keeps what has a fixed number of entries: pieces of text
(`highlighting.spans.MOST_CHUNKS`, `query_analysis.relevance_model.MOST_PIECES`) and names as they
are shown (`facets.author_index`), 52 MB at most, and `web.page_cache` of finished pages.

`CACHE_BYTES` is what a worker may have beside the program (some 190 MB), the index that it maps
(143 MB for 86,867 papers) and what single queries need, so that it stays below 700 MB. Each cache
has a share of it. The scores of all terms of 86,867 papers take 55 MB; with half of the shares of
`SCORE_BYTES` and `TERM_BYTES` common words are scored again and again, twice as much gains nothing
up to 100,000 papers. Beyond 400,000 papers these two grow by `PAPER_BYTES`.
"""

from __future__ import annotations

from typing import Final

CACHE_BYTES: Final = 192 << 20
SCORE_BYTES: Final = 72 << 20
"""Scores of terms."""
TERM_BYTES: Final = 48 << 20
"""What is known of terms beside their scores."""
PAPER_BYTES: Final = (128, 192)
"""Where there are many papers, so much of both for each: the terms used last."""
OCCURRENCE_BYTES: Final = 16 << 20
"""What says where the occurrences of each posting begin; in large collections 64 bytes a paper."""
FILTER_BYTES: Final = 8 << 20
STORE_BYTES: Final = 16 << 20
"""Unpacked papers, some 3,500."""
STEM_BYTES: Final = 12 << 20
"""Stems of the best papers, a third of it for where their postings are."""
LEAF_BYTES: Final = 3 << 20
"""Each of six caches of how a query was read."""
