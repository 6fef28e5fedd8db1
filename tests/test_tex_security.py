r"""TeX that leaves in BibTeX reads no file, runs nothing, defines nothing and ends.

A bibliography is typeset on the machine of whoever cites, so a title is hostile input.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.author import Author
from indexer.citation import tex_commands as tex
from indexer.citation import write_citations
from indexer.citation.texsafe import tex_text, tex_title
from indexer.paper import CONFERENCE, Paper
from indexer.publication import Publication

HOSTILE = (
    r"\input{/etc/hostname}",
    r"\input/etc/passwd ",
    r"\InputIfFileExists{/etc/passwd}{a}{b}",
    r"\include{x}\openin5=/etc/passwd \read5 to\a \a",
    r"\immediate\write18{touch /tmp/x}",
    r"\def\a{\a}\a",
    r"\gdef\a{b} \let\a=\input \edef\a{\jobname} \xdef\a{}",
    r"\newcommand{\a}{\a}\a \renewcommand\emph[1]{\input{#1}}",
    r"\loop\iftrue\repeat",
    r"\catcode`\%=12 \catcode64=0 @input{x}",
    r"\csname input\endcsname{x}",
    r"\expandafter\csname in\ifx put\fi put\endcsname",
    r"^^5cinput{/etc/passwd} ^^\x ^^^^005c",
    r"$^^5cinput$ $^²^5c$ $a^^5c$",
    r"$\input{/etc/passwd}$ \(\write18{x}\) $\def\x{y}\x$",
    r"$\text{\input{x}}$ $\mathrm{\input{x}}$ $\left\input($",
    r"\begin{filecontents}{x} \end{document} \begin{verbatim}",
    r"\emph{\input{x}} \textbf{\def\a{\a}\a}",
    r"\'\input{x} \c\input \v{\input{x}}",
    r"\verb|\input| \lstinputlisting{/etc/passwd}",
    r"\special{x} \pdfobj stream file {/etc/passwd} \directlua{os.execute('x')}",
    r"\href{run:/bin/sh}{x} \url{run:/bin/sh} \includegraphics{/etc/passwd}",
    r"\usepackage{shellesc} \ShellEscape{x} \RequirePackage{x} \documentclass{x}",
    r"\char92 input \symbol{92} \string\input \uppercase{x} \lowercase{\input}",
    r"} \input{x} { \input{x} }} {{",
    r"\} \input{x} \{ \\} \\{",
    "% } comment \\input{x}",
    "@article{evil, title={\\input{x}}}",
    "\\\ninput{x} \\i\x00nput \x1b[31m \\i\u200bnput{x} \\i\ufffcnput",
    "\\iﬀ \\dﬁ \\i\\ensuremath\u200bnput{x} \\i\u00adnput $\\i\u200bnput$ \\i\ufefff",
    r"\toks0={\input} \the\toks0 \errmessage{x} \batchmode \shipout\box255",
    r"\hskip 1000000cm \rule{9999cm}{9999cm} \vspace{99cm} \newpage \kern9999cm",
)
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_ALLOWED = (
    {*tex.TEXT_LETTERS, *tex.TEXT_FONTS, *tex.TEXT_SWITCHES, *tex.MATH_SYMBOLS}
    | {*tex.MATH_ARGUMENTS, *tex.MATH_TEXTS, *tex.MATH_SWITCHES, *tex.DELIMITER_SIZES}
    | {*tex.TEXT_SIGNS, *tex.MATH_SIGNS, *tex.ACCENT_SIGNS, *tex.ACCENT_LETTERS}
    | {"left", "right", "begin", "end"}
)
_DANGEROUS = re.compile(
    r"\\(?:[A-Za-z]*(?:input|include|write|open|read|def|let|csname|catcode|loop|repeat|newcommand"
    r"|special|pdf|lua|href|url|usepackage|char|string|verb|toks|the|newpage|kern|rule|skip))"
    r"(?![A-Za-z])"
)


def assert_harmless(written: str) -> None:
    """Every command is on the list, braces are pairs, nothing comments, nothing is spelled ^^."""
    commands = _COMMAND.findall(written)
    assert [one for one in commands if one not in _ALLOWED] == []
    assert not _DANGEROUS.search(written)
    assert "^^" not in written
    assert not re.search(r"(?<!\\)%", written)
    depth = 0
    for char in written:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    for environment in re.findall(r"\\begin\{([^}]*)\}", written):
        assert environment in tex.ENVIRONMENTS
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", written)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("ascii", [True, False])
def test_hostile_text_becomes_text(text: str, *, ascii: bool) -> None:
    assert_harmless(tex_text(text, ascii=ascii))
    assert_harmless(tex_title(text, ascii=ascii))


@pytest.mark.parametrize("format", ["bibtex", "biblatex"])
def test_no_field_of_an_entry_passes_on_what_is_active(format: str) -> None:
    for text in HOSTILE:
        person = Author(text, family=text, given=text, suffix=text)
        paper = Paper(
            id=text,
            title=text,
            abstract=text,
            authors=(text, text),
            venue=text,
            year=2020,
            type=CONFERENCE,
            doi=f"10.1/{text}",
            url=f"https://example.org/{text}",
            keywords=(text,),
            author_details=(person, Author(text, literal=True)),
            identifiers=(("arxiv", text), ("isbn", text), ("pmid", text)),
            publication=Publication(
                genre=text, venue_printed=text, venue_short=text, volume=text, issue=text,
                chapter=text, pages=text, article_number=text, number=text, publisher=text,
                place=text, event=text, event_place=text, editors=(person,), series=text,
                series_number=text, edition=text, language=text, licence=text,
                pdf_url=f"https://example.org/{text}", subjects=(text, text), note=text,
            ),
        )  # fmt: skip

        entry = "".join(write_citations([paper], format, abstract=True))

        head, *lines, last, _, _ = entry.split("\n")
        assert re.fullmatch(r"@inproceedings\{[A-Za-z0-9_:./+-]+,", head)
        assert last == "}"
        for line in lines:
            match = re.fullmatch(r"  ([a-z-]+) = (?:\{(.*)\}|[a-z]{3}),", line)
            assert match, line
            value = match[2] or ""
            if match[1] in ("doi", "url", "eprint", "pdf"):
                assert not re.search(r"[\\{}^\s\x00-\x1f]", value), line
            else:
                assert_harmless(value)


PIECES = st.sampled_from((
    *HOSTILE, "\\", "{", "}", "$", "^", "^^", "_", "%", "#", "&", "~", "\\\\", "\\(", "\\)", "\\[",
    "\\]", "\\{", "\\}", "\\emph", "\\emph{", "\\'", "\\c", "\\input", "\\def", "\\ensuremath",
    "\\mathbb", "\\frac", "\\left(", "\\right)", "\\begin{array}", "{cc}", "\\end{array}", "\\text",
    "\\alpha", "\\ell_1", "é", "²", "α", "\u0301", "a", "x y", " ", "5c", "input", "-", "'", '"',
))  # fmt: skip


@given(text=st.lists(PIECES, max_size=14).map("".join), ascii=st.booleans())
def test_no_mixture_of_pieces_is_active(text: str, *, ascii: bool) -> None:
    assert_harmless(tex_text(text, ascii=ascii))
    assert_harmless(tex_title(text, ascii=ascii))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"\input{x}", r"\textbackslash{}input{x}"),
        (r"$\R^d$", r"$\mathrm{R}^d$"),
        (r"$a^^5c$", r"\$a\textasciicircum{}\textasciicircum{}5c\$"),
        (r"\ell_1-norm of \log n", r"{$\ell_1$}-norm of {$\log$} n"),
        (r"\ensuremathα-Former", r"{$\alpha$}-Former"),
        (r"\ensuremath{\alpha}", r"{$\alpha$}"),
        (r"$\widetilde\mathcal{O}(n)$", r"$\widetilde{\mathcal{O}}(n)$"),
        (r"$x^2^3$", r"$x^2{}^3$"),
        (r"$\left( a$", r"\$\textbackslash{}left( a\$"),
        (r"$\frac12$", r"$\frac{1}{2}$"),
        (r"$\frac1$", r"\$\textbackslash{}frac1\$"),
        (r"$50\%$ & $a&b$ $#$", r"$50\%$ \& $a\&b$ $\#$"),
        (r"\emph{a $x$ b}", r"\emph{a $x$ b}"),
        (r"a \emph", r"a \textbackslash{}emph"),
        (r"a\\b", r"a\textbackslash{}\textbackslash{}b"),
        ("Roberto Martín-Martín", r"Roberto Mart{\'i}n-Mart{\'i}n"),
        ("using a \ufffcLaplacian", "using a Laplacian"),
        ("x ~ y", r"x \textasciitilde{} y"),
    ],
)
def test_what_is_written_for_what(text: str, written: str) -> None:
    assert written == tex_text(text)
    assert_harmless(written)


def test_a_long_text_takes_time_in_proportion() -> None:
    """Counted in characters written: nothing is written twice."""
    for pump in (r"\input{", "{", "}", "$", r"\ell_", "^^", r"\'", r"\emph{a ", "$x$ ", "a_{b"):
        assert len(tex_text(pump * 4000)) < 4000 * (len(pump) * 16 + 32)
