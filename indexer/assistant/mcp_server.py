"""The collection as a server of the Model Context Protocol (modelcontextprotocol.io).

Read-only. The tools `search` and `fetch` are the pair that research assistants expect; the others
count, list facets and authors, find similar papers, check references and write citations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from indexer.assistant import answers
from indexer.assistant.answers import LISTED, MOST_HITS, MOST_IDS, Collection, Json
from indexer.citation import CITATION_FORMATS, REFERENCE_STYLES
from indexer.errors import IndexMissing, QuiverError
from indexer.search import Searcher

OpenSearcher = Callable[[], AbstractContextManager[Searcher]]
"""Opens the newest generation for one answer."""
Answer = Callable[[Callable[[Searcher], Json]], str]
"""Runs a function over a searcher and returns its answer as JSON; its errors become sentences."""
READ_ONLY: Final = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
QueryText = Annotated[str, Field(description="Query; the server's instructions have the syntax.")]
PaperIds = Annotated[
    list[str], Field(description="Ids of papers, or DOIs.", min_length=1, max_length=MOST_IDS)
]
CitationStyle = Annotated[
    str, Field(description=f"One of {', '.join([*CITATION_FORMATS, *REFERENCE_STYLES])}.")
]
HitLimit = Annotated[int, Field(ge=1, le=MOST_HITS)]
INSTRUCTIONS: Final = (
    "Abstracts of research papers. Use search to find papers and fetch to read one; cite writes "
    'references, so never compose one yourself. Queries: words, "phrases", author:NAME, '
    "venue:NAME, year:2019-2022, title:WORDS, AND, OR, NOT; an identifier such as a DOI finds its "
    "paper. Say which generation of the collection an answer came from. " + answers.DATA_NOTE
)
PROMPT: Final = (
    "Search the collection for the literature on this question: {topic}\n\n"
    "1. Put the question as two or three queries with different words; run search on each and note "
    "how each was read and its total.\n"
    "2. Read the papers that bear on the question with fetch; look at similar for those that your "
    "words missed.\n"
    "3. Answer from what the abstracts say, naming the paper after each statement; say what the "
    "collection does not cover.\n"
    "4. End with the references, as cite writes them, and with the queries, totals and generation."
)


def make_server(
    open_searcher: OpenSearcher, collection: Collection, *, title: str, version: str
) -> MCPServer[Any]:
    """Returns a server with all tools; the caller runs it over a transport.

    Args:
        open_searcher: called for each answer, so that a new generation is seen at once.
        collection: what answers are written with.
        title: name of the collection, for people.
        version: of Quiver.
    """
    server: MCPServer[Any] = MCPServer(
        "quiver", title=title, version=version, instructions=INSTRUCTIONS, log_level="WARNING",
        subscriptions=False,
    )  # fmt: skip

    def answered(answer: Callable[[Searcher], Json]) -> str:
        try:
            with open_searcher() as searcher:
                return json.dumps(answer(searcher.for_page()), ensure_ascii=False)
        except IndexMissing as error:
            raise ToolError("There is no index yet.") from error
        except QuiverError as error:
            raise ToolError(str(error)) from error

    _add_search_tools(server, answered, collection)
    _add_paper_tools(server, answered, collection)
    return server


def _add_search_tools(server: MCPServer[Any], answered: Answer, collection: Collection) -> None:
    """Adds the tools that take a query, and the prompt that goes through them."""
    tool = server.tool(annotations=READ_ONLY, structured_output=False)

    @tool
    def search(
        query: QueryText,
        limit: HitLimit = LISTED,
        cursor: Annotated[str, Field(description="next_cursor of the previous page.")] = "",
        sort: Literal["relevance", "newest", "oldest"] = "relevance",
    ) -> str:
        """Search for papers; returns ids, titles, links and the passage that matches."""
        return answered(
            lambda searcher: answers.search(
                searcher, collection, query, limit=limit, cursor=cursor, sort=sort
            )
        )

    @tool
    def count(query: QueryText) -> str:
        """Counts the papers that a query finds, exactly."""
        return answered(lambda searcher: answers.count(searcher, collection, query))

    @tool
    def facets(
        query: QueryText,
        field: Literal["venue", "year", "type", "author"],
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
    ) -> str:
        """Counts the papers that a query finds by venue, year, type or author."""
        return answered(
            lambda searcher: answers.facets(searcher, collection, query, field, limit=limit)
        )

    @tool
    def author(name: Annotated[str, Field(description="Author name as printed on papers.")]) -> str:
        """Describes the papers of an author name: years, co-authors, newest papers."""
        return answered(lambda searcher: answers.author(searcher, collection, name))

    @server.prompt(title="Literature search")
    def literature_search(topic: str) -> str:
        """Search the literature on a question and answer it with references."""
        return PROMPT.format(topic=topic[: answers.MOST_QUERY])


def _add_paper_tools(server: MCPServer[Any], answered: Answer, collection: Collection) -> None:
    """Adds the tools that take papers or references, and papers as resources."""
    tool = server.tool(annotations=READ_ONLY, structured_output=False)

    @tool
    def fetch(id: Annotated[str, Field(description="Id of a paper, or a DOI.")]) -> str:
        """Reads one paper: its abstract and everything that the collection has of it."""
        return answered(lambda searcher: answers.fetch(searcher, collection, id))

    @tool
    def similar(ids: PaperIds, limit: HitLimit = LISTED) -> str:
        """Finds papers like one or several others, with the words they share."""
        return answered(lambda searcher: answers.similar(searcher, collection, ids, limit=limit))

    @tool
    def references(
        text: Annotated[str, Field(description="BibTeX, RIS, CSL-JSON, or a list in any style.")],
    ) -> str:
        """Checks references: found, found but different, or not in this collection."""
        return answered(lambda searcher: answers.references(searcher, collection, text))

    @tool
    def cite(ids: PaperIds, style: CitationStyle = "bibtex") -> str:
        """Writes the references of papers, to be copied as they are."""
        return answered(lambda searcher: answers.cite(searcher, ids, style))

    @server.resource("quiver://paper/{id}", mime_type="application/json", title="A paper")
    def paper(id: str) -> str:
        """One paper in full."""
        return answered(lambda searcher: answers.fetch(searcher, collection, id))
