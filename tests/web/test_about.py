"""What the pages tell of the index itself."""

from __future__ import annotations

from flask.testing import FlaskClient

from indexer.generations.record_flow import SourceFlow, attach_flow
from tests.oracle import MemoryIndex
from tests.web.conftest import PAPERS
from webui import create_app


def test_dumps_are_named_without_saying_where_they_lie() -> None:
    index = MemoryIndex()
    dumps = ("/srv/secret/papers.jsonl.gz", "plain.bib", "-", "https://example.org/a/b.xml")
    with index.writer(dumps=dumps) as writer:
        writer.add(PAPERS[0])
        attach_flow(writer, [SourceFlow(dump, 1) for dump in dumps])
    client: FlaskClient = create_app(index=index).test_client()

    for address in ("/about", "/record?q=federated", "/info.json", "/record.json?q=federated"):
        told = client.get(address).text
        assert "papers.jsonl.gz" in told
        assert "plain.bib" in told
        assert "https://example.org/a/b.xml" in told
        assert "secret" not in told
    assert client.get("/info.json").json["dumps"][2] == "-"  # type: ignore[index]
