"""Identifiers in any spelling that people paste, and the keys under which a paper is found.

A DOI may come bare, as ``doi:…``, with its resolver or inside a publisher's address; an arXiv
number with a version, as the address of its page or PDF, or as its DOI. Each spelling comes down
to one key, ``scheme:value``, and a paper has one key for each of its identifiers and addresses, so
that a search by identifier is one look-up in a dictionary of keys.

Address forms are those of the sites themselves; the DOI's syntax is ANSI/NISO Z39.84, its older
forms with ``<>();`` are SICIs (ANSI/NISO Z39.56).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from indexer.paper import Paper
from indexer.record.identifiers import LONGEST, SCHEMES, arxiv_of, isbn_of, normalised
from indexer.record.pasted_text import shown_at, unwrapped

LONGEST_TYPED: Final = 600
"""Characters of a text that may be an identifier; addresses of publishers are long."""
FIELD_SCHEMES: Final = (
    *(
        "doi",
        "arxiv",
        "pmid",
        "pmcid",
        "isbn",
        "acl",
        "dblp",
        "openalex",
        "s2",
        "openreview",
        "cat",
        "url",
        "pii",
    ),
)
"""Schemes that are fields of the query language."""
_NAMES: Final = MappingProxyType({"doi": "DOI", "arxiv": "arXiv number", "pmid": "PubMed number",
    "pmcid": "PubMed Central number", "isbn": "ISBN", "acl": "ACL Anthology number",
    "dblp": "DBLP key", "openalex": "OpenAlex number", "s2": "Semantic Scholar number",
    "openreview": "OpenReview number", "cat": "arXiv category",
    "url": "address", "id": "id", "pii": "PII",
})  # fmt: skip
_RESOLVERS: Final = MappingProxyType({
    "doi": "https://doi.org/{}", "arxiv": "https://arxiv.org/abs/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/", "acl": "https://aclanthology.org/{}/",
    "dblp": "https://dblp.org/rec/{}", "openalex": "https://openalex.org/{}",
    "s2": "https://www.semanticscholar.org/paper/{}",
    "openreview": "https://openreview.net/forum?id={}", "url": "https://{}",
})  # fmt: skip

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WRAPPED = re.compile(r"[<\[({\"'“”‘’`]*(.*?)[>\])}\"'“”‘’`.,;:!?]*", re.DOTALL)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"“”]+", re.IGNORECASE)
_DOI_LABEL = re.compile(
    r"(?:(?:info:|urn:)?doi\s*[:=]?\s*(?:org/)?|(?:https?://)?(?:dx\.|www\.)?doi\.org[:/]\s*)+",
    re.IGNORECASE,
)
_DOI_TAIL = re.compile(
    r"(?:/(?:full|fulltext|abstract|abs|pdf|epdf|pdfft|html|meta|summary|references|"
    r"reader|citation)(?:[/.].*)?|\.(?:pdf|full(?:\.pdf)?|abstract|html)|v[0-9]{1,2}(?:\.[a-z.-]+))$",
    re.IGNORECASE,
)
_BIORXIV = re.compile(r"(10\.1101/\d[\d.]*)v\d+.*", re.IGNORECASE)
_LABEL = re.compile(
    r"(arxiv(?:\.org)?|pmid|pubmed|pmcid|pmc|isbn(?:-1[03])?|acl|dblp|openalex|s2|corpusid|"
    r"openreview)\s*(?:id|no\.?|number)?\s*[:#=]?\s*(?=\S)",
    re.IGNORECASE,
)
_LABELLED: Final = MappingProxyType({"pubmed": "pmid", "pmc": "pmcid", "corpusid": "s2",
                                     "isbn-10": "isbn", "isbn-13": "isbn",
                                     "arxiv.org": "arxiv"})  # fmt: skip
_ARXIV_NEW = re.compile(r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d+)?")
_ARXIV_OLD = re.compile(
    r"(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|"
    r"comp-gas|cond-mat|cs|dg-ga|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|mtrl-th|"
    r"nlin|nucl-(?:ex|th)|patt-sol|physics|plasm-ph|q-(?:alg|bio)|quant-ph|solv-int|"
    r"supr-con)(?:\.[a-z]{2})?/\d{7}(?:v\d+)?",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    r"(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|"
    r"comp-gas|cond-mat|cs|dg-ga|econ|eess|funct-an|gr-qc|hep-(?:ex|lat|ph|th)|math|math-ph|"
    r"mtrl-th|nlin|nucl-(?:ex|th)|patt-sol|physics|plasm-ph|q-(?:alg|bio|fin)|quant-ph|"
    r"solv-int|stat|supr-con)(?:\.[a-z]{2,3}(?:-[a-z]{2,4})?)?",
    re.IGNORECASE,
)
_WRAPPING_DOI = re.compile(r"10\.(?:48550/arxiv\.|(18653/v1|3115/v1)/)(.+)")
_ACL_OLD = re.compile(r"[a-z]\d{2}-\d{4,5}", re.IGNORECASE)
_ACL_NEW = re.compile(r"(?:19|20)\d\d\.[a-z][a-z0-9]*-[a-z0-9]+\.\d+", re.IGNORECASE)
_DBLP = re.compile(r"(?:conf|journals|books|phd|series|reference|tr)/[\w-]+/[\w-]+")
_OPENALEX = re.compile(r"W\d{4,12}", re.IGNORECASE)
_S2 = re.compile(r"[0-9a-f]{40}|\d{1,12}", re.IGNORECASE)
_BARE = (
    ("acl", _ACL_NEW),
    ("acl", re.compile(r"[A-Z]\d{2}-\d{4,5}")),
    ("dblp", _DBLP),
    ("openalex", re.compile(r"W\d{6,12}")),
    ("s2", re.compile(r"[0-9a-f]{40}")),
)
"""Schemes whose identifiers show by their form what they are."""
_OPENREVIEW = re.compile(r"[\w-]{6,30}")
_ADDRESS = re.compile(r"(?:https?://|(?:www|dx|dl|arxiv|doi)\.)\S+", re.IGNORECASE)
_WEB_ADDRESS = re.compile(
    r"https?://(?P<host>[a-z0-9.-]+)(?P<path>(?:/[!-\"$->@-~]*)?)(?:\?(?P<query>[!-\"$-~]*))?(?:#[!-~]*)?"
)
"""The usual address, in ASCII with neither port nor user: read four times as fast as `urlsplit`."""
_BARE_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,12}/\S+", re.IGNORECASE)
_ARXIV_WITH_CATEGORY = re.compile(r"(\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?\s*\[[\w.-]+\]")
_PMCID = re.compile(r"PMC\d{3,9}(?:\.\d+)?", re.IGNORECASE)
_ISBN_13 = re.compile(r"97[89][\d -]{10,16}")
_ISBN_10 = re.compile(r"(?=[\dXx -]{13}$)\d{1,5}([- ])\d{1,7}\1\d{1,6}\1[\dXx]")
_NATURE = re.compile(r"/articles/(s?\d[\w.-]+?)(?:\.pdf)?/?")
_DOI_SIGNS = frozenset("%&")
_REFERRER = re.compile(r"utm_|ref=|source=|via=", re.IGNORECASE)
_PII = re.compile(r"/pii/([0-9SX()-]{15,30})", re.IGNORECASE)
_RECORD = re.compile(r"/paper/(.+?)(?:\.(?:json|bib|ris|csl\.json|enw|csv|jsonl))?")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of a paper.

    Attributes:
        scheme: "doi", "arxiv" and others of `indexer.record.identifiers.SCHEMES`; "url" for an
            address without its scheme, "id" for the paper's own id.
        value: in the one form of its scheme.
    """

    scheme: str
    value: str

    def __str__(self) -> str:
        """Writes it as the query language has it."""
        return f"{self.scheme}:{self.value}"

    @property
    def name(self) -> str:
        """What the scheme calls its identifiers, for a sentence: "DOI", "arXiv number"."""
        return _NAMES.get(self.scheme) or SCHEMES.get(self.scheme, self.scheme)

    @property
    def address(self) -> str:
        """Address under which the scheme shows the work; empty where it has none."""
        pattern = _RESOLVERS.get(self.scheme, "")
        value = f"CorpusID:{self.value}" if self.scheme == "s2" and self.value.isdecimal() else ""
        return pattern.format((value or self.value).replace("<", "%3C").replace(">", "%3E"))

    @property
    def key(self) -> str:
        """The text under which papers are listed; spellings of one identifier share it.

        DOIs that only wrap another number (arXiv's 10.48550, the ACL Anthology's 10.18653/v1)
        share the key of that number; an ISBN of 10 digits that of its 13 digits.
        """
        scheme, value = self.scheme, self.value.casefold()
        if scheme == "doi":
            wrapped = _WRAPPING_DOI.fullmatch(value)
            if wrapped is not None:
                number = wrapped[2] if wrapped[1] else arxiv_of(wrapped[2])
                scheme, value = ("acl" if wrapped[1] else "arxiv", number or wrapped[2])
        elif scheme == "arxiv":  # the subject class of an old number may be left out
            value = re.sub(r"\.[a-z]{2}/", "/", value)
        elif scheme == "isbn" and len(value) == 10:
            body = f"978{value[:9]}"
            total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(body))
            value = f"{body}{-total % 10}"
        return f"{scheme}:{value}"


def doi_in(text: str) -> str:
    """Returns the DOI in a text that is one, labelled or inside an address; empty where none is.

    Brackets that have no partner and what publishers append to addresses fall away.

    >>> doi_in("https://onlinelibrary.wiley.com/doi/abs/10.1002/asi.1?casa_token=x")
    '10.1002/asi.1'
    """
    match = _DOI.search(html.unescape(unquote(text)))
    if match is None:
        return ""
    doi = match[0]
    if "://" in text or text[:4].lower() == "www.":
        doi = re.split(r"[?#&]", doi)[0]
        doi = _BIORXIV.sub(r"\1", _DOI_TAIL.sub("", doi))
    doi = doi.rstrip(".,;:!?'’\"")
    for opening, closing in ("()", "[]", "<>", "{}"):
        while doi.endswith(closing) and doi.count(closing) > doi.count(opening):
            doi = doi[:-1].rstrip(".,;:")
    return doi.lower() if len(doi) <= LONGEST and doi.isprintable() else ""


def identifier_of(scheme: str, text: str) -> Identifier | None:
    """Returns the identifier that stands behind the name of its scheme; None where none does."""
    text = _INVISIBLE.sub("", text).strip()
    if scheme == "doi":
        value = doi_in(text)
    elif scheme == "cat":
        value = text.rstrip("*.") if is_arxiv_category(text.rstrip("*.")) else ""
    elif scheme == "url":
        value = _plain_address(text) if "." in text else ""
    elif scheme == "id":
        value = text
    else:
        forms = _FORMS.get(scheme)
        inside = _in_address(text) if "://" in text else None
        if inside is not None and inside.scheme == scheme:
            return inside
        value = normalised(scheme, text.rstrip(".,;")) if scheme in SCHEMES else ""
        if forms is not None and value:
            value = forms(value)
    return Identifier(scheme, value) if value else None


def identifiers_in(text: str) -> tuple[Identifier, ...]:
    """Returns what a text that is nothing but one identifier may mean, likeliest first.

    More than one only for an address that may be that of a page of this program, and for a DOI
    that holds the number of a page. A number or a word that is no identifier gives none.

    >>> [str(one) for one in identifiers_in("https://arxiv.org/pdf/1706.03762v5.pdf")]
    ['arxiv:1706.03762']
    """
    text = _INVISIBLE.sub("", text).strip()
    if not text or len(text) > LONGEST_TYPED or not re.search(r"\d|:", text):
        return ()
    text = unwrapped(text)
    form = _labelled(text) or _bare(text)
    if form is None and "<" not in text[1:] and "(" not in text[1:]:
        wrapped = _WRAPPED.fullmatch(text)
        text = wrapped[1].strip() if wrapped else text
        form = _labelled(text) or _bare(text)
    if form is not None:
        return _readings(form)
    record = _RECORD.fullmatch(text if text[:1] == "/" else _split(text)[1])
    if re.search(r"\s", text):
        return ()
    own = (Identifier("id", unquote(record[1])),) if record else ()
    if text[:1] == "/":
        return own
    if not (_ADDRESS.fullmatch(text) or _BARE_ADDRESS.fullmatch(text)):
        return ()
    inside = _in_address(text)
    if inside is None:
        return own
    return _readings(inside) if inside.scheme != "url" else (inside, *own)


def _readings(form: Identifier) -> tuple[Identifier, ...]:
    """Returns an identifier, and the address of the page whose number it holds."""
    address = shown_at(form.value.lower()) if form.scheme == "doi" else ""
    return (form, Identifier("url", address)) if address else (form,)


def read_identifier(text: str) -> Identifier:
    """Returns the identifier that ``scheme:value`` writes."""
    scheme, _, value = text.partition(":")
    return Identifier(scheme, value)


def identifier_key(text: str) -> str:
    """Returns the key of ``scheme:value``; empty where nothing stands behind the colon."""
    identifier = read_identifier(text)
    return identifier.key if identifier.value else ""


def is_arxiv_category(text: str) -> bool:
    """Whether a text is a category of arXiv ("cs.LG", "hep-th") or an archive of it ("cs")."""
    return _CATEGORY.fullmatch(text) is not None


def paper_keys(paper: Paper) -> tuple[str, ...]:
    """Returns the keys of all identifiers and addresses of a paper, sorted, each once."""
    keys = {identifier.key for identifier in _of_paper(paper)}
    return tuple(sorted(key for key in keys if len(key) <= LONGEST_TYPED))


def _of_paper(paper: Paper) -> Iterator[Identifier]:
    yield Identifier("id", paper.id)
    if paper.doi:
        yield Identifier("doi", paper.doi)
    for scheme, value in paper.identifiers:
        yield Identifier(scheme, value)
    for category in {*paper.publication.subjects, *paper.keywords}:
        if ("." in category or "-" in category) and _CATEGORY.fullmatch(category):
            yield Identifier("cat", category)
            if "." in category:
                yield Identifier("cat", category.partition(".")[0])
    own = _bare(paper.id)
    if own is not None:
        yield own
    for address in (paper.url, paper.publication.pdf_url):
        if address and len(address) <= LONGEST_TYPED:
            inside = _in_address(address)
            if inside is not None:
                yield inside
            if address == paper.url and (inside is None or inside.scheme != "url"):
                yield Identifier("url", _plain_address(address))


def _labelled(text: str) -> Identifier | None:
    """Reads "doi: 10.…", "arXiv:…", "PMID 123" and the like."""
    label = _DOI_LABEL.match(text)
    if label is not None and (match := _DOI.match(text, label.end())) is not None:
        return None if text[match.end() :].strip() else identifier_of("doi", match[0])
    label = _LABEL.match(text)
    if label is None or "://" in text:
        return None
    typed = label[1].lower()
    scheme = _LABELLED.get(typed, typed)
    rest = text[label.end() :].strip()
    if scheme == "pmcid":
        rest = rest if rest.upper().startswith("PMC") else f"PMC{rest}"
        is_number = re.fullmatch(r"(?i)PMC\d+(?:\.\d+)?", rest) is not None
    elif scheme in ("isbn", "arxiv"):
        is_number = True  # their own forms are narrow enough
    else:
        separated = text[len(label[1]) : label.end()].strip() or scheme == "pmid"
        is_number = bool(separated) and re.search(r"\s", rest) is None
        is_number &= re.search(r"\d", rest) is not None or scheme == "openreview"
    return identifier_of(scheme, rest) if is_number else None


def _bare(text: str) -> Identifier | None:
    """Reads an identifier that shows by its form what it is."""
    if text[:3] == "10." and _DOI.fullmatch(text):
        return identifier_of("doi", text)
    if _ARXIV_NEW.fullmatch(text) or _ARXIV_OLD.fullmatch(text):
        return Identifier("arxiv", arxiv_of(text))
    number = _ARXIV_WITH_CATEGORY.fullmatch(text) if text[-1:] == "]" else None
    if number is not None and arxiv_of(number[1]):
        return Identifier("arxiv", arxiv_of(number[1]))
    if text[:3].upper() == "PMC" and _PMCID.fullmatch(text):
        return identifier_of("pmcid", text)
    is_isbn = _ISBN_13.fullmatch(text) if text[:2] == "97" else _ISBN_10.fullmatch(text)
    if is_isbn and isbn_of(text):
        return Identifier("isbn", isbn_of(text))
    plain = (scheme for scheme, pattern in _BARE if pattern.fullmatch(text))
    return next((Identifier(scheme, text) for scheme in plain), None)


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def _split(address: str) -> tuple[str, str, str]:
    """Returns host, path and query of an address; empty where it is no such thing."""
    usual = _WEB_ADDRESS.fullmatch(address)
    if usual is not None:
        host, path, query = usual["host"], usual["path"], usual["query"] or ""
    else:
        try:
            parts = urlsplit(_with_scheme(address))
            host, path, query = (parts.hostname or "").lower(), parts.path, parts.query
        except ValueError:
            return "", "", ""
    if host.startswith(("www.", "m.", "export.")):
        host = host.partition(".")[2]
    return host, path, query


@lru_cache(maxsize=1024)
def _sites_of(host: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Returns pattern and scheme of the sites that a host belongs to, in the order of `_SITES`."""
    labels = host.split(".")
    ends = {".".join(labels[first:]) for first in range(len(labels) - 1)}
    return tuple((re.compile(pattern), scheme) for end, pattern, scheme in _SITES if end in ends)


def _in_address(address: str) -> Identifier | None:
    """Returns the identifier that an address holds, else the address itself."""
    address = html.unescape(address.strip())
    host, path, query = _split(address)
    if not host:
        return None
    for pattern, scheme in _sites_of(host):
        match = pattern.search(f"{path}?{query}" if query else path)
        identifier = identifier_of(scheme, unquote(match[1])) if match else None
        if identifier is not None:
            return identifier
    # Most addresses hold no DOI, as it is or escaped.
    if not _DOI_SIGNS.isdisjoint(address) or "10." in address:
        doi = doi_in(_with_scheme(address))
        if doi:
            return Identifier("doi", doi)
    article = _NATURE.fullmatch(path) if host == "nature.com" else None
    if article is not None:
        return Identifier("doi", f"10.1038/{article[1].lower()}")
    pii = _PII.search(path)
    if pii is not None:
        return Identifier("pii", re.sub(r"[()-]", "", pii[1]).upper())
    for name in ("doi", "id") if query else ():
        given = parse_qs(query).get(name, [""])[0]
        if doi := doi_in(given):
            return Identifier("doi", doi)
    plain = _plain_form(host, path, query)
    return Identifier("url", plain) if plain else None


def _plain_address(address: str) -> str:
    """Returns an address without scheme, in the one form of its page, PDF and old hosts."""
    return _plain_form(*_split(address))


def _plain_form(host: str, path: str, query: str) -> str:
    """Returns `_plain_address` of an address given by its parts."""
    host = _HOSTS.get(host, host)
    path = unquote(path).rstrip("/")
    if host in _PAGES:
        pattern, form = _PAGES[host]
        path = pattern.sub(form, path)
    is_ieee = bool(query) and host == "ieeexplore.ieee.org"
    number = parse_qs(query).get("arnumber", [""])[0] if is_ieee else ""
    if number:
        path, query = f"/document/{number.lstrip('0')}", ""
    # What only says where a reader came from.
    asked = "&".join(part for part in query.split("&") if part and not _REFERRER.match(part))
    return f"{host}{path}{'?' if asked else ''}{asked}" if host else ""


def _matched(pattern: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: text if pattern.fullmatch(text) else ""


def _s2(text: str) -> str:
    text = re.sub(r"(?i)^corpusid:\s*", "", text)
    return text if _S2.fullmatch(text) else ""


def _last(text: str) -> str:
    return text.removeprefix("DBLP:").removesuffix(".html").removesuffix(".bib")


_FORMS: Final = MappingProxyType({
    "acl": lambda text: text if _ACL_OLD.fullmatch(text) or _ACL_NEW.fullmatch(text) else "",
    "dblp": lambda text: _last(text) if _DBLP.fullmatch(_last(text)) else "",
    "openalex": lambda text: text.upper() if _OPENALEX.fullmatch(text) else "",
    "s2": _s2, "openreview": _matched(_OPENREVIEW),
})  # fmt: skip
_SITES: Final = (
    ("arxiv.org", r"^/(?:abs|pdf|html|format|ps)/(.+?)(?:\.pdf)?/?(?:\?.*)?$", "arxiv"),
    ("huggingface.co", r"^/papers/(\d{4}\.\d{4,5})", "arxiv"),
    ("alphaxiv.org", r"^/(?:abs|pdf|overview)/(\d{4}\.\d{4,5})", "arxiv"),
    ("ar5iv.org", r"^/(?:abs|html)/(.+?)/?$", "arxiv"),
    ("ar5iv.labs.arxiv.org", r"^/html/(.+?)/?$", "arxiv"),
    ("pubmed.ncbi.nlm.nih.gov", r"^/(\d+)", "pmid"),
    ("ncbi.nlm.nih.gov", r"/pubmed/(\d+)", "pmid"),
    ("ncbi.nlm.nih.gov", r"/(PMC\d+)", "pmcid"),
    ("europepmc.org", r"/(PMC\d+)", "pmcid"),
    ("europepmc.org", r"/MED/(\d+)", "pmid"),
    ("aclanthology.org", r"^/(?:anthology/)?([A-Za-z]\d\d-\d{4,5}|\d{4}\.[\w-]+\.\d+)", "acl"),
    ("aclweb.org", r"^/anthology/(?:[A-Z]/[A-Z]\d\d/)?([A-Za-z]\d\d-\d{4,5}|\d{4}\.[\w-]+\.\d+)",
     "acl"),
    ("dblp.org", r"^/rec/(?:html/|bibtex/|xml/)?((?:\w+)/[\w-]+/[\w-]+)", "dblp"),
    ("dblp.uni-trier.de", r"^/rec/(?:html/|bibtex/|xml/)?((?:\w+)/[\w-]+/[\w-]+)", "dblp"),
    ("openalex.org", r"/(W\d+)", "openalex"),
    ("semanticscholar.org", r"^/paper/(?:[^/]*/)?([0-9a-f]{40})", "s2"),
    ("semanticscholar.org", r"CorpusI[dD]:(\d+)", "s2"),
    ("openreview.net", r"^/(?:forum|pdf|attachment)\?(?:.*&)?id=([\w-]+)", "openreview"),
)  # fmt: skip
"""Host, pattern of path and query, scheme: pages that are the page of an identifier."""
_HOSTS: Final = MappingProxyType({
    "papers.nips.cc": "proceedings.neurips.cc", "nips.cc": "proceedings.neurips.cc",
    "papers.neurips.cc": "proceedings.neurips.cc", "jmlr.csail.mit.edu": "jmlr.org",
    "jmlr.org": "jmlr.org",
})  # fmt: skip
_PAGES: Final = MappingProxyType({
    "proceedings.mlr.press":
        (re.compile(r"^/(v\d+|r\d+)/([\w-]+)(?:/\2)?(?:\.html|\.pdf)?$"), r"/\1/\2"),
    "proceedings.neurips.cc":
        (re.compile(r"^(?:/paper_files)?/paper/(\d{4})/(?:hash|file)/([0-9a-f]+)-.*$"),
         r"/paper/\1/\2"),
    "openaccess.thecvf.com":
        (re.compile(r"^/(.+?)/(?:html|papers)/(.*?)_paper\.(?:html|pdf)$"), r"/\1/\2"),
    "jmlr.org":
        (re.compile(r"^/papers/(?:v|volume)(\d+)/(?:[\w-]+/)?([\w-]+)\.(?:html|pdf)$"),
         r"/papers/\1/\2"),
    "ieeexplore.ieee.org":
        (re.compile(r"^/(?:abstract/)?document/0*(\d+)(?:/.*)?$"), r"/document/\1"),
})  # fmt: skip
"""By host the pattern of a path and its one form: a page and its PDF are one paper."""
