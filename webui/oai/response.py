"""Writes responses of OAI-PMH (www.openarchives.org/OAI/2.0/OAI-PMH.xsd)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from indexer import (
    OAI_DC,
    OAI_DC_SCHEMA,
    PAPER_NAMESPACE,
    Paper,
    dublin_core_element,
    is_host_name,
    legal_xml,
    paper_element,
    write_identifier,
)
from webui.oai.arguments import OaiError, write_set
from webui.oai.record_list import RecordHeader

_OAI: Final = "http://www.openarchives.org/OAI/2.0/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_IDENTIFIER: Final = "http://www.openarchives.org/OAI/2.0/oai-identifier"


@dataclass(frozen=True, slots=True)
class Site:
    """What responses say of the site.

    Attributes:
        base_url: address of the provider.
        host: that identifiers begin with.
        schema: address of the XML schema of the format ``quiver``.
    """

    base_url: str
    host: str
    schema: str


def oai_time(time: str) -> str:
    """Returns a time in UTC as the protocol writes it ("2024-03-05T10:00:00Z")."""
    return time.replace("+00:00", "Z")


def add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    """Adds an element of the protocol."""
    element = etree.SubElement(parent, f"{{{_OAI}}}{name}")
    if text:
        element.text = legal_xml(text)
    return element


def response(site: Site, request: Mapping[str, str]) -> etree._Element:
    """Returns the beginning of a response.

    Args:
        site: whose it is.
        request: the arguments; none where they or the verb are wrong.
    """
    root = etree.Element(f"{{{_OAI}}}OAI-PMH", nsmap={None: _OAI, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{_OAI} {_OAI}OAI-PMH.xsd")
    add(root, "responseDate", oai_time(datetime.now(UTC).isoformat(timespec="seconds")))
    asked = add(root, "request", site.base_url)
    for name, value in request.items():
        asked.set(name, legal_xml(value))
    return root


def add_error(root: etree._Element, error: OaiError) -> None:
    """Adds an error."""
    add(root, "error", str(error)).set("code", error.code)


def add_identify(root: etree._Element, site: Site, name: str, admin: str, earliest: str) -> None:
    """Adds what the repository is.

    Args:
        root: the response.
        site: whose it is.
        name: of the repository.
        admin: e-mail address of whoever runs it.
        earliest: the earliest datestamp.
    """
    identify = add(root, "Identify")
    add(identify, "repositoryName", name)
    add(identify, "baseURL", site.base_url)
    add(identify, "protocolVersion", "2.0")
    add(identify, "adminEmail", admin)
    add(identify, "earliestDatestamp", oai_time(earliest))
    add(identify, "deletedRecord", "transient")
    add(identify, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    add(identify, "compression", "gzip")
    if is_host_name(site.host):  # else identifiers are not of the form that this describes
        description = add(identify, "description")
        scheme = etree.SubElement(
            description, f"{{{_IDENTIFIER}}}oai-identifier", nsmap={None: _IDENTIFIER}
        )
        scheme.set(f"{{{_XSI}}}schemaLocation", f"{_IDENTIFIER} {_IDENTIFIER}.xsd")
        for tag, text in (
            ("scheme", "oai"),
            ("repositoryIdentifier", site.host),
            ("delimiter", ":"),
            ("sampleIdentifier", write_identifier(site.host, "nips2018-11127")),
        ):
            etree.SubElement(scheme, f"{{{_IDENTIFIER}}}{tag}").text = text


def add_formats(root: etree._Element, site: Site) -> None:
    """Adds the metadata formats, which all records have."""
    formats = add(root, "ListMetadataFormats")
    for prefix, schema, namespace in (
        ("oai_dc", OAI_DC_SCHEMA, OAI_DC),
        ("quiver", site.schema, PAPER_NAMESPACE),
    ):
        element = add(formats, "metadataFormat")
        add(element, "metadataPrefix", prefix)
        add(element, "schema", schema)
        add(element, "metadataNamespace", namespace)


def add_header(parent: etree._Element, site: Site, header: RecordHeader, venue: str) -> None:
    """Adds the header of a record; `venue` is its set, empty where it is in none."""
    element = add(parent, "header")
    if header.is_deleted:
        element.set("status", "deleted")
    add(element, "identifier", write_identifier(site.host, header.paper_id))
    add(element, "datestamp", oai_time(header.datestamp))
    if venue:
        add(element, "setSpec", write_set(venue))


def add_record(  # noqa: PLR0913, PLR0917 - what a record is made of
    parent: etree._Element,
    site: Site,
    header: RecordHeader,
    paper: Paper | None,
    prefix: str,
    address: str,
) -> None:
    """Adds a record.

    Args:
        parent: the list.
        site: whose it is.
        header: of the record.
        paper: None where it is deleted.
        prefix: metadata format.
        address: of the paper's page.
    """
    record = add(parent, "record")
    add_header(record, site, header, paper.venue if paper else header.venue)
    if paper is None:
        return
    metadata = add(record, "metadata")
    if prefix == "oai_dc":
        metadata.append(dublin_core_element(paper, address))
    else:
        element = paper_element(paper)
        element.set(f"{{{_XSI}}}schemaLocation", f"{PAPER_NAMESPACE} {site.schema}")
        metadata.append(element)


def add_token(parent: etree._Element, token: str, cursor: int, total: int) -> None:
    """Adds a resumption token; an empty one ends a list of several parts."""
    element = add(parent, "resumptionToken", token)
    element.set("completeListSize", str(total))
    element.set("cursor", str(cursor))


def as_bytes(root: etree._Element) -> bytes:
    """Returns a response as it is sent."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
