"""Hand-made papers whose every match can be seen by reading them."""

from __future__ import annotations

import unicodedata

from indexer.author import Author
from indexer.paper import CONFERENCE, JOURNAL, Paper
from indexer.publication import Publication

_TAKAC = unicodedata.normalize("NFD", "Martin Takáč")
PAPERS = (
    Paper(
        "attention",
        "Attention Is All You Need",
        "We propose a network based on attention. It is all you need to translate.",
        ("Ashish Vaswani", "Noam Shazeer", "Niki Parmar"),
        "NeurIPS",
        2017,
        CONFERENCE,
        keywords=("transformers",),
        author_details=(
            Author("Ashish Vaswani", affiliations=("New York University", "York, GB")),
            Author("Noam Shazeer", orcid="0000-0002-1825-0097"),
            Author("Niki Parmar", affiliations=("ETH Zürich",)),
        ),
        publication=Publication(
            language="pt-BR", subjects=("Neural Networks, Computer/methods", "cs.LG")
        ),
    ),
    Paper(
        "grape",
        r"$\textbf{G}$roup $\textbf{R}$obust preference",
        r"An $\ell_2$ ball. Robust to a group of users, up to 15\% better.",
        ("Martin Jaggi", "Tao Lin 0004"),
        "ICML",
        2021,
        CONFERENCE,
        doi="10.1000/grape",
        url="https://example.org/grape",
    ),
    Paper(
        "surgery",
        "Non-invasive learning",
        "Learned objectives for noninvasive surgery in space.",
        ("Simon Lacoste-Julien", "M. Jaggi"),
        "JMLR",
        2021,
        JOURNAL,
    ),
    Paper(
        "invasive",
        "On the invasive object",
        "What is non is not invasive; learning objects.",
        (_TAKAC, "Yang Liu"),
        "",
        None,
        "",
        author_details=(
            Author(_TAKAC, affiliations=("University of York",)),
            Author("Yang Liu", affiliations=("University of York",)),
        ),
        publication=Publication(kind="thesis", language="en"),
    ),
    Paper(
        "engle",
        "A wrinkle: L'Engle, to be or not to be",
        "",
        ("Madeleine L'Engle", "François Fleuret", "Yang Liu", "Yang Liu"),
        "Zürich Workshop",
        1999,
        JOURNAL,
        authors_complete=False,
        source="a.bib:7",
    ),
    Paper(
        "nothing",
        "中文 c++ 2.0",
        "",
        (),
        "icml",
        2016,
        CONFERENCE,
    ),
)
EVERY = {paper.id for paper in PAPERS}
