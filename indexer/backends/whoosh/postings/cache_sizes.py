"""Memory of the caches of an opened generation, in bytes.

Beside these a process keeps the tokens and the stems of chunks of text (two caches of
`text.chunk_cache.CHUNK_BYTES`), display names (`facets.author_index`, 3 MB), the last
queries read (`language.parse`, 10 MB at most), and `web.page_cache` of finished pages. A generation
that is not the newest has little of all this (`SHRUNK`), so that the limits hold for the process,
whatever generations its requests read.

`CACHE_BYTES` is what a worker may use beside the program (some 190 MB), the index that it maps
(143 MB for 86,867 papers) and what single queries need, so that it stays below 700 MB; each cache
has a share. The scores of all terms of 86,867 papers take 55 MB. With half of `SCORE_BYTES` and
`TERM_BYTES` frequent terms are scored again and again; twice as much gains nothing up to 100,000
papers (`python -m tests.bench`). Beyond 400,000 papers these two grow by `PAPER_BYTES` a paper.
"""

from __future__ import annotations

from typing import Final

CACHE_BYTES: Final = 192 << 20
SCORE_BYTES: Final = 72 << 20
"""Scores of posting lists."""
TERM_BYTES: Final = 48 << 20
"""What is derived of terms beside their scores."""
PAPER_BYTES: Final = (128, 192)
"""In large collections, bytes a paper of each of these two caches."""
OCCURRENCE_BYTES: Final = 16 << 20
"""Offsets of the positions of each posting; in large collections 64 bytes a paper."""
FILTER_BYTES: Final = 8 << 20
"""Masks and bitsets of filters."""
STORE_BYTES: Final = 16 << 20
"""Decoded papers, some 3,500."""
STEM_BYTES: Final = 12 << 20
"""Stems of the top docs, for pseudo-relevance feedback; a third of it for their postings."""
SHRUNK: Final = 8
"""The caches of a generation that is no longer the newest, or that is opened by its name, have one
in so many of these bytes."""
LEAF_BYTES: Final = 3 << 20
"""Each of six caches of query plans and leaves."""
