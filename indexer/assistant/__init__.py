"""The collection as tools of an assistant, by the Model Context Protocol.

`answers` says what each tool returns, bounded and as JSON values, and knows no protocol;
`mcp_server` offers these as tools, resources and a prompt through the official SDK, which the extra
`mcp` brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.assistant.answers import Collection
from indexer.system.extras import require_extra

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

    from indexer.assistant.mcp_server import OpenSearcher

__all__ = ["Collection", "assistant_server"]


def assistant_server(
    open_searcher: OpenSearcher, collection: Collection, *, title: str, version: str
) -> MCPServer[Any]:
    """Returns the server of `mcp_server.make_server`; the SDK is imported by the first call.

    Raises:
        ExtraMissing: when the extra `mcp` is not installed.
    """
    require_extra("mcp")
    from indexer.assistant.mcp_server import make_server

    return make_server(open_searcher, collection, title=title, version=version)
