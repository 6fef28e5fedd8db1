"""How many live papers hold each word of a segment, in texts and in names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.occurrences import distinct, spread
from indexer.backends.whoosh.lookup.reader import SegmentReader


def word_papers(reader: SegmentReader) -> NDArray[np.int32]:
    """int32[W], live papers that hold each surface word of title and abstract."""
    arrays = reader.arrays
    if reader.live is None:
        return arrays.word_df
    gone = ~reader.live[arrays.docs]
    stems = np.repeat(np.arange(len(arrays.stems)), np.diff(arrays.stem_ptr))
    counts = arrays.title_tf[:].astype(np.int64) + arrays.abstract_tf[:]
    lost = np.repeat(gone, counts)
    words = arrays.stem_words[
        arrays.stem_word_ptr[np.repeat(stems, counts)[lost]] + arrays.forms[np.flatnonzero(lost)]
    ]
    papers = np.repeat(arrays.docs, counts)[lost]
    pairs = np.unique(words.astype(np.int64) << 32 | papers)
    fewer = np.bincount(pairs >> 32, minlength=len(arrays.word_df))
    return (arrays.word_df - fewer).astype(np.int32)


def name_word_papers(reader: SegmentReader) -> NDArray[np.int64]:
    """int64[K], live papers that have an author with each name word."""
    arrays = reader.arrays
    names = arrays.name_word_names.astype(np.int64)
    counts = np.diff(arrays.name_papers_ptr)[names]
    papers = arrays.name_papers[spread(arrays.name_papers_ptr[names], counts)]
    words = np.repeat(np.arange(len(arrays.name_words)), np.diff(arrays.name_word_ptr))
    pairs = distinct(np.repeat(words, counts) << 32 | papers)
    if reader.live is not None:
        pairs = pairs[reader.live[pairs & 0xFFFFFFFF]]
    return np.bincount(pairs >> 32, minlength=len(arrays.name_words))
