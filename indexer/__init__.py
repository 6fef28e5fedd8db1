"""A search engine over abstracts of research papers: dumps in, ranked, faceted answers out.

The whole use in three steps:

    from indexer import build_index, open_index, parse_query

    index = open_index("data/index")
    build_index(["data/martin-jaggi.txt"], index)
    with index.searcher() as searcher:
        results = searcher.search(parse_query("federated learning venue:ICML"))

Everything listed here is public; the modules behind it may move.
"""

from indexer.author import Author
from indexer.author_name import parse_name, people_of
from indexer.authors.clusters import AuthorCluster, author_cluster, namesakes, similar_names
from indexer.authors.coauthors import CoAuthor, Ties
from indexer.authors.disambiguation import Suggestion
from indexer.authors.shortest_path import Connection, Link, connect, known_name
from indexer.backends import open_index
from indexer.build import build_index, check_dumps
from indexer.citation import (
    CITATION_FORMATS,
    DEFAULT_KEY,
    REFERENCE_STYLES,
    CitationFormat,
    Reference,
    citation_format,
    format_reference,
    write_citations,
    write_references,
)
from indexer.config import Config, load_config
from indexer.correction import search_corrected
from indexer.errors import (
    ConfigError,
    DumpError,
    ExtraMissing,
    IndexDamaged,
    IndexError_,
    IndexLocked,
    IndexMissing,
    IndexUnavailable,
    OutputError,
    QueryError,
    QueryTimedOut,
    QuiverError,
    RecordError,
)
from indexer.identifier_forms import is_arxiv_category
from indexer.identifier_sentence import IdentifierAnswer, identifier_answer
from indexer.identifiers import SCHEMES as IDENTIFIER_SCHEMES
from indexer.intake.venues import Venues, load_venues
from indexer.integrity import Integrity
from indexer.language.parse import parse_query
from indexer.language.syntax import SYNTAX, compose_query
from indexer.language.unparse import format_clause
from indexer.more_like_this import (
    Related,
    related_papers,
    shared_terms,
    versions_of_paper,
)
from indexer.networks import Network, networks_of
from indexer.paper import (
    CONFERENCE,
    JOURNAL,
    PAPER_TYPES,
    UNKNOWN,
    Paper,
    name_key,
    name_of_slug,
    name_slug,
    unnumbered,
)
from indexer.publication import KIND_LABELS, Publication
from indexer.query import (
    FACET_FIELDS,
    And,
    AuthorName,
    Clause,
    FacetField,
    Filter,
    Has,
    Match,
    Not,
    Or,
    Phrase,
    Query,
    Repair,
    Sort,
    TypedFilter,
    Value,
    Word,
    YearRange,
)
from indexer.query_analysis.typed_filters import as_words, read_typed_filters
from indexer.ranking import BM25F, Ranking
from indexer.references.bibliography import read_bibliography
from indexer.references.known_item import named_paper
from indexer.references.report import (
    STATUS_WORDS,
    ReferenceReport,
    check_references,
    corrected_bibtex,
    report_json,
)
from indexer.relaxation import relaxation_sentence
from indexer.report import BuildReport
from indexer.search import (
    DEFAULT_FACETS,
    Alternative,
    ClauseReading,
    Contribution,
    Facet,
    FacetRequest,
    FacetValue,
    Hit,
    Index,
    IndexInfo,
    PaperTimes,
    Receipt,
    Results,
    Searcher,
    Snippet,
    Span,
    Writer,
)
from indexer.text.display import display, plain
from indexer.text.folding import fold
from indexer.text.formula import Formulas
from indexer.topics import Topic, topics_of
from indexer.wire import (
    cluster_json,
    connection_json,
    hit_json,
    info_json,
    paper_json,
    results_json,
)
from indexer.works import MOST_TOGETHER, Works, put_together, versions_among

__version__ = "0.1.0"

__all__ = [
    "BM25F",
    "CITATION_FORMATS",
    "CONFERENCE",
    "DEFAULT_FACETS",
    "DEFAULT_KEY",
    "FACET_FIELDS",
    "IDENTIFIER_SCHEMES",
    "JOURNAL",
    "KIND_LABELS",
    "MOST_TOGETHER",
    "PAPER_TYPES",
    "REFERENCE_STYLES",
    "STATUS_WORDS",
    "SYNTAX",
    "UNKNOWN",
    "Alternative",
    "And",
    "Author",
    "AuthorCluster",
    "AuthorName",
    "BuildReport",
    "CitationFormat",
    "Clause",
    "ClauseReading",
    "CoAuthor",
    "Config",
    "ConfigError",
    "Connection",
    "Contribution",
    "DumpError",
    "ExtraMissing",
    "Facet",
    "FacetField",
    "FacetRequest",
    "FacetValue",
    "Filter",
    "Formulas",
    "Has",
    "Hit",
    "IdentifierAnswer",
    "Index",
    "IndexDamaged",
    "IndexError_",
    "IndexInfo",
    "IndexLocked",
    "IndexMissing",
    "IndexUnavailable",
    "Integrity",
    "Link",
    "Match",
    "Network",
    "Not",
    "Or",
    "OutputError",
    "Paper",
    "PaperTimes",
    "Phrase",
    "Publication",
    "Query",
    "QueryError",
    "QueryTimedOut",
    "QuiverError",
    "Ranking",
    "Receipt",
    "RecordError",
    "Reference",
    "ReferenceReport",
    "Related",
    "Repair",
    "Results",
    "Searcher",
    "Snippet",
    "Sort",
    "Span",
    "Suggestion",
    "Ties",
    "Topic",
    "TypedFilter",
    "Value",
    "Venues",
    "Word",
    "Works",
    "Writer",
    "YearRange",
    "as_words",
    "author_cluster",
    "build_index",
    "check_dumps",
    "check_references",
    "citation_format",
    "cluster_json",
    "compose_query",
    "connect",
    "connection_json",
    "corrected_bibtex",
    "display",
    "fold",
    "format_clause",
    "format_reference",
    "hit_json",
    "identifier_answer",
    "info_json",
    "is_arxiv_category",
    "known_name",
    "load_config",
    "load_venues",
    "name_key",
    "name_of_slug",
    "name_slug",
    "named_paper",
    "namesakes",
    "networks_of",
    "open_index",
    "paper_json",
    "parse_name",
    "parse_query",
    "people_of",
    "plain",
    "put_together",
    "read_bibliography",
    "read_typed_filters",
    "related_papers",
    "relaxation_sentence",
    "report_json",
    "results_json",
    "search_corrected",
    "shared_terms",
    "similar_names",
    "topics_of",
    "unnumbered",
    "versions_among",
    "versions_of_paper",
    "write_citations",
    "write_references",
]
