"""A search engine over abstracts of research papers: dumps in, ranked, faceted answers out.

The whole use in three steps:

    from indexer import build_index, open_index, parse_query

    index = open_index("data/index")
    build_index(["data/martin-jaggi.txt"], index)
    with index.searcher() as searcher:
        results = searcher.search(parse_query("federated learning venue:ICML"))

Everything listed here is public; the modules behind it may move.
"""

from indexer.alerts import (
    Alert,
    AlertPages,
    AlertReport,
    AlertsFile,
    Delivery,
    StateFolder,
    Target,
    WatchedPage,
    mail_settings,
    preview_alerts,
    read_alerts,
    run_alerts,
)
from indexer.assistant import Collection, assistant_server
from indexer.author import Author
from indexer.authors.author_profile import title_words
from indexer.authors.clusters import AuthorCluster, author_cluster, namesakes, similar_names
from indexer.authors.coauthors import CoAuthor, Ties
from indexer.authors.disambiguation import Suggestion
from indexer.authors.labelled_people import CERTAIN as CERTAIN_PERSON
from indexer.authors.labelled_people import LIKELY as LIKELY_PERSON
from indexer.authors.labelled_people import (
    LabelledPerson,
    group_topics,
    labelled_people,
    shared_coauthor_names,
)
from indexer.authors.same_name_groups import Group
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
from indexer.cleaning.languages import language_name
from indexer.cleaning.venues import Venues, load_venues
from indexer.configuration.config import Config, load_config
from indexer.configuration.networks import Network, networks_of
from indexer.errors import (
    AlertError,
    ConfigError,
    DeliveryError,
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
    SearchStringError,
)
from indexer.generations.generation_history import GenerationHistory, history_of
from indexer.generations.integrity import Integrity
from indexer.generations.record_flow import REASONS as RECORD_REMOVALS
from indexer.generations.record_flow import flow_json, flow_of
from indexer.generations.report import BuildReport
from indexer.language.parse import parse_query
from indexer.language.syntax import SYNTAX, compose_query
from indexer.language.unparse import format_clause
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
from indexer.publication import TEXT_FIELDS as PUBLICATION_FIELDS
from indexer.query import (
    FACET_FIELDS,
    And,
    AuthorName,
    Clause,
    FacetField,
    Filter,
    Has,
    LikelyPerson,
    Match,
    NamedAuthor,
    Not,
    Or,
    Phrase,
    Query,
    RecordField,
    Repair,
    Sort,
    TypedFilter,
    TypedName,
    Value,
    Word,
    Words,
    YearRange,
    inner_clauses,
    leaves_of,
)
from indexer.query_analysis.typed_filters import as_words, read_typed_filters
from indexer.query_analysis.typed_text import read_typed_text
from indexer.ranking import BM25F, Ranking
from indexer.record.author_name import parse_name, people_of
from indexer.record.identifier_forms import is_arxiv_category
from indexer.record.identifiers import SCHEMES as IDENTIFIER_SCHEMES
from indexer.references.bibliography import read_bibliography
from indexer.references.known_item import named_paper
from indexer.references.report import (
    STATUS_WORDS,
    ReferenceReport,
    check_references,
    corrected_bibtex,
    report_json,
)
from indexer.related.duplicates import DuplicateDecisions, decisions_of
from indexer.related.more_like_this import NOTHING as NO_RELATED
from indexer.related.more_like_this import (
    Related,
    Shares,
    related_papers,
    shared_terms,
    versions_of_paper,
)
from indexer.related.topics import Topic, topics_of
from indexer.related.versions import find_versions
from indexer.related.works import MOST_TOGETHER, Works, put_together, versions_among
from indexer.reviews.label_clauses import depends_on_labels, label_asked, without_label
from indexer.reviews.labels import PaperLabels, labels_of
from indexer.reviews.screening_order import ScreeningOrder, screening_order, screening_sentences
from indexer.reviews.screening_table import FORMAT as SCREENING_FORMAT
from indexer.reviews.screening_table import write_screening_table
from indexer.reviews.search_databases import DATABASES as SEARCH_DATABASES
from indexer.reviews.search_strings.reading import LONGEST as LONGEST_SEARCH_STRING
from indexer.reviews.search_strings.reading import SearchStringReading, read_search_string
from indexer.reviews.translation import Translation
from indexer.reviews.translation import translate as translate_clause
from indexer.search import (
    DEFAULT_FACETS,
    Alternative,
    ClauseReading,
    Contribution,
    DatedIds,
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
from indexer.serialization.author_json_types import AuthorClusterJson, ConnectionJson
from indexer.serialization.dublin_core import OAI_DC, OAI_DC_SCHEMA, dublin_core_element
from indexer.serialization.json_objects import (
    cluster_json,
    connection_json,
    hit_json,
    info_json,
    paper_json,
    results_json,
)
from indexer.serialization.json_types import (
    ClauseJson,
    HitJson,
    IndexInfoJson,
    PaperJson,
    RepairJson,
    ResultsJson,
)
from indexer.serialization.oai_identifier import is_host_name, read_identifier, write_identifier
from indexer.serialization.paper_xml import NAMESPACE as PAPER_NAMESPACE
from indexer.serialization.paper_xml import legal_xml, paper_element
from indexer.suggestions.identifier_sentence import IdentifierAnswer, identifier_answer
from indexer.suggestions.name_sentence import OFFERED_AUTHORS, name_sentence, other_authors
from indexer.suggestions.query_correction import search_corrected
from indexer.suggestions.relaxation_text import offer_some_words, relaxation_sentence
from indexer.text.display import display, plain
from indexer.text.folding import fold
from indexer.text.formula import Formulas

__version__ = "0.1.0"

__all__ = [
    "BM25F",
    "CERTAIN_PERSON",
    "CITATION_FORMATS",
    "CONFERENCE",
    "DEFAULT_FACETS",
    "DEFAULT_KEY",
    "FACET_FIELDS",
    "IDENTIFIER_SCHEMES",
    "JOURNAL",
    "KIND_LABELS",
    "LIKELY_PERSON",
    "LONGEST_SEARCH_STRING",
    "MOST_TOGETHER",
    "NO_RELATED",
    "OAI_DC",
    "OAI_DC_SCHEMA",
    "OFFERED_AUTHORS",
    "PAPER_NAMESPACE",
    "PAPER_TYPES",
    "PUBLICATION_FIELDS",
    "RECORD_REMOVALS",
    "REFERENCE_STYLES",
    "SCREENING_FORMAT",
    "SEARCH_DATABASES",
    "STATUS_WORDS",
    "SYNTAX",
    "UNKNOWN",
    "Alert",
    "AlertError",
    "AlertPages",
    "AlertReport",
    "AlertsFile",
    "Alternative",
    "And",
    "Author",
    "AuthorCluster",
    "AuthorClusterJson",
    "AuthorName",
    "BuildReport",
    "CitationFormat",
    "Clause",
    "ClauseJson",
    "ClauseReading",
    "CoAuthor",
    "Collection",
    "Config",
    "ConfigError",
    "Connection",
    "ConnectionJson",
    "Contribution",
    "DatedIds",
    "Delivery",
    "DeliveryError",
    "DumpError",
    "DuplicateDecisions",
    "ExtraMissing",
    "Facet",
    "FacetField",
    "FacetRequest",
    "FacetValue",
    "Filter",
    "Formulas",
    "GenerationHistory",
    "Group",
    "Has",
    "Hit",
    "HitJson",
    "IdentifierAnswer",
    "Index",
    "IndexDamaged",
    "IndexError_",
    "IndexInfo",
    "IndexInfoJson",
    "IndexLocked",
    "IndexMissing",
    "IndexUnavailable",
    "Integrity",
    "LabelledPerson",
    "LikelyPerson",
    "Link",
    "Match",
    "NamedAuthor",
    "Network",
    "Not",
    "Or",
    "OutputError",
    "Paper",
    "PaperJson",
    "PaperLabels",
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
    "RecordField",
    "Reference",
    "ReferenceReport",
    "Related",
    "Repair",
    "RepairJson",
    "Results",
    "ResultsJson",
    "ScreeningOrder",
    "SearchStringError",
    "SearchStringReading",
    "Searcher",
    "Shares",
    "Snippet",
    "Sort",
    "Span",
    "StateFolder",
    "Suggestion",
    "Target",
    "Ties",
    "Topic",
    "Translation",
    "TypedFilter",
    "TypedName",
    "Value",
    "Venues",
    "WatchedPage",
    "Word",
    "Words",
    "Works",
    "Writer",
    "YearRange",
    "as_words",
    "assistant_server",
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
    "decisions_of",
    "depends_on_labels",
    "display",
    "dublin_core_element",
    "find_versions",
    "flow_json",
    "flow_of",
    "fold",
    "format_clause",
    "format_reference",
    "group_topics",
    "history_of",
    "hit_json",
    "identifier_answer",
    "info_json",
    "inner_clauses",
    "is_arxiv_category",
    "is_host_name",
    "known_name",
    "label_asked",
    "labelled_people",
    "labels_of",
    "language_name",
    "leaves_of",
    "legal_xml",
    "load_config",
    "load_venues",
    "mail_settings",
    "name_key",
    "name_of_slug",
    "name_sentence",
    "name_slug",
    "named_paper",
    "namesakes",
    "networks_of",
    "offer_some_words",
    "open_index",
    "other_authors",
    "paper_element",
    "paper_json",
    "parse_name",
    "parse_query",
    "people_of",
    "plain",
    "preview_alerts",
    "put_together",
    "read_alerts",
    "read_bibliography",
    "read_identifier",
    "read_search_string",
    "read_typed_filters",
    "read_typed_text",
    "related_papers",
    "relaxation_sentence",
    "report_json",
    "results_json",
    "run_alerts",
    "screening_order",
    "screening_sentences",
    "search_corrected",
    "shared_coauthor_names",
    "shared_terms",
    "similar_names",
    "title_words",
    "topics_of",
    "translate_clause",
    "unnumbered",
    "versions_among",
    "versions_of_paper",
    "without_label",
    "write_citations",
    "write_identifier",
    "write_references",
    "write_screening_table",
]
