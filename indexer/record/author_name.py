"""Parts of author names: those a source gives, put into natural order, and those that are guessed.

The guess follows BibTeX's rules and adds what they miss: particles with capitals ("Luc Van Gool"),
"y" between two family names, organisations, degrees. No rule is right for all names of the world,
so parts that a source gives are never guessed anew; see `people_of`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from indexer.author import Author, joined
from indexer.paper import Paper, unnumbered

_EAST_ASIAN: Final = 0x2E80
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_DEGREE = re.compile(
    r"(?:ph\.?\s?d|m\.?d|d\.?phil|m\.?sc|b\.?sc|m\.?a|m\.?s|b\.?a|b\.?s|m\.?p\.?h|d\.?d\.?s|d\.?v\.?m"
    r"|pharm\.?d|ed\.?d|dr\.?p\.?h|mbbs|mb\s?ch\.?b|r\.?n|m\.?b\.?a|j\.?d|f\.?r\.?c\.?[ps]|esq|d\.?sc)"
    r"\.?",
    re.IGNORECASE,
)
_PLAIN_DEGREE = re.compile(r"(?:Ph\.?\s?D|MD|M\.D|D\.?Phil|MPH|MBBS|PharmD|M\.?Sc|Dr\.?PH)\.?")
_TITLE = re.compile(r"(?:dr|prof|professor|mr|mrs|ms|sir)\.?", re.IGNORECASE)
_LOWER: Final = frozenset(
    "van von der den de del della dello degli dei da dal dalla das do dos di du des d' d’ la las "
    "los le les lo el al ter ten te 't ’t 's ’s in op zu zum zur vom vander vande ver af av bin "
    "bint ibn ben abu abd st st. san santa dela vom und of och ul ur".split()
)
"""Particles in small letters."""
_CAPITAL: Final = frozenset(
    "Van Von De Del Della Dello Degli Dei Da Dal Dalla Das Dos Di Du Des D' D’ La Las Los Le Les "
    "Lo El Al Der Den Ter Ten Vande Vander Mac Mc Saint St St. San Santa Abu Ibn".split()
)
_ALSO_GIVEN: Final = frozenset(("Da", "Di", "Du", "La", "Le", "Lo", "San", "Mac", "Al", "El"))
_EAST_ASIAN_FAMILIES: Final = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng "
    "liang xie song tang deng han feng cao peng zeng xiao tian dong pan yuan cai jiang yu du "
    "ye cheng wei su lu lv ding ren shen yao cui zhong tan fan liao shi jin jia xia fu fang "
    "bai zou meng qin qiu hou yan xue long kim lee park choi jung jeong kang cho yoon jang "
    "lim chang chan wong ho ng lai hsu hsieh tsai chou kuo nguyen tran le pham hoang phan vu "
    "vo dang bui do ngo duong mai huynh dinh truong doan luong trinh dao ha lam luu ly "
    "vuong".split()
)
_CONJUNCTIONS: Final = frozenset(("y", "e", "i"))
_ORGANISATION = re.compile(
    r"\b(?:organi[sz]ation|collaboration|consortium|universit(?:y|é|ä|at|eit)\w*|universidad\w*"
    r"|institut\w*|committee|commission|association|societ(?:y|é)|groups?|teams?|network"
    r"|foundation|council|agency|ministry|department|laborator(?:y|ies)|investigators|initiative"
    r"|federation|authority|bureau|corporation|incorporated|inc|ltd|llc|gmbh|office|alliance"
    r"|task force|cent(?:er|re)|academy|college|hospital|collaborators|programme|government"
    r"|researchers|developers|contributors|participants|secretariat)\b",
    re.IGNORECASE,
)


def people_of(paper: Paper) -> tuple[Author, ...]:
    """Returns the authors of a paper with name parts: known ones, and guessed ones where not."""
    if not paper.author_details:
        return tuple(parse_name(name) for name in paper.authors)
    return tuple(with_parts(author) for author in paper.author_details)


def with_parts(author: Author) -> Author:
    """Returns an author whose name is in parts; guessed where the source gives none."""
    if author.has_parts:
        return author
    return replace(
        parse_name(author.name),
        orcid=author.orcid,
        affiliations=author.affiliations,
        source_id=author.source_id,
    )


def parse_name(name: str) -> Author:
    """Returns an author with the parts that a printed name most likely has.

    DBLP's number is no part of it. Names in Chinese characters and the like stay whole.

    >>> [(a.given, a.particle, a.family) for a in map(parse_name, ("Ludwig van Beethoven", "Ng"))]
    [('Ludwig', 'van', 'Beethoven'), ('', '', 'Ng')]
    """
    plain = unnumbered(name).strip()
    words = plain.split()
    if is_east_asian(plain):
        return Author(name, literal=True)
    if "," in plain:
        inverted = inverted_name(plain)
        if inverted.has_parts:
            return replace(inverted, name=name)
        words = inverted.name.split() or words
    if " and " in plain or " & " in plain or is_organisation(plain):
        return Author(name, literal=True)
    suffix = ""
    while len(words) > 1 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    while len(words) > 2 and _PLAIN_DEGREE.fullmatch(words[-1].rstrip(",")):
        words = words[:-1]
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix, words = words[-1], words[:-1]
        words[-1] = words[-1].rstrip(",")
    first = _family_start(words)
    particles = first
    while particles < len(words) - 1 and words[particles] in _LOWER:
        particles += 1
    return Author(
        name,
        family=" ".join(words[particles:]) or plain,
        given=" ".join(words[:first]),
        particle=" ".join(words[first:particles]),
        suffix=suffix,
    )


def _family_start(words: list[str]) -> int:
    """Returns the place of the first word of the family name, its particles with it."""
    last = len(words) - 1
    for place in range(1, last):
        if words[place] in _CONJUNCTIONS:
            return place - 1
        if words[place] in _LOWER:
            start = place
            while start > 1 and words[start - 1] in _CAPITAL:
                start -= 1
            return start
    start = last
    while start > 1 and _is_capital_particle(words[start - 1], words[start]):
        start -= 1
    return max(start, 0)


def _is_capital_particle(word: str, after: str) -> bool:
    if word not in _CAPITAL:
        return False
    return not (word in _ALSO_GIVEN and after.casefold() in _EAST_ASIAN_FAMILIES)


def inverted_name(text: str) -> Author:
    """Returns an author whose name is written "Family, Given" or "Family, Given, Suffix".

    "Family, Suffix, Given" is read, too; degrees are dropped; a text that ends in a comma is the
    name of an organisation, as in RIS. The name of the author is in natural order. A text without
    such a comma gives an author without parts.

    >>> a = inverted_name("de la Cruz, Ana"); a.name, a.particle, a.family
    ('Ana de la Cruz', 'de la', 'Cruz')
    """
    stripped = text.strip()
    parts = [part for piece in stripped.split(",") if (part := piece.strip())]
    if len(parts) == 1 and stripped.endswith(",") and " " in parts[0]:
        return Author(parts[0], literal=True)
    while len(parts) > 2 and _DEGREE.fullmatch(parts[-1]):
        del parts[-1]
    if len(parts) == 2 and " " in parts[0] and _PLAIN_DEGREE.fullmatch(parts[1]):
        return Author(parts[0])
    family, given, suffix = "", "", ""
    if len(parts) == 2 and not _SUFFIX.fullmatch(parts[1]):
        family, given = parts
    elif len(parts) == 3 and _SUFFIX.fullmatch(parts[2]):
        family, given, suffix = parts
    elif len(parts) == 3 and _SUFFIX.fullmatch(parts[1]):
        family, suffix, given = parts
    else:
        return Author(", ".join(parts) if len(parts) != len(stripped.split(",")) else stripped)
    words = given.split()
    while len(words) > 1 and _PLAIN_DEGREE.fullmatch(words[-1]) and len(words[0].rstrip(".")) > 1:
        words = words[:-1]
    given = " ".join(words)
    return person(family=family, given=given, suffix=suffix)


def person(  # noqa: PLR0913 - the parts that a name has
    *,
    family: str,
    given: str = "",
    particle: str = "",
    dropping_particle: str = "",
    suffix: str = "",
    suffix_separator: str = ", ",
) -> Author:
    """Returns an author of known parts, the name made of them in natural order.

    Particles in small letters that lead the family name become its particle.
    """
    if not particle and not is_east_asian(family):
        particle, family = split_particle(family)
    return Author(
        natural_name(family, given, joined(dropping_particle, particle), suffix, suffix_separator),
        family=family,
        given=given,
        particle=particle,
        dropping_particle=dropping_particle,
        suffix=suffix,
    )


def split_particle(family: str) -> tuple[str, str]:
    """Returns the particles in small letters that lead a family name, and the rest of it.

    >>> split_particle("van der Plas"), split_particle("Van Gool")
    (('van der', 'Plas'), ('', 'Van Gool'))
    """
    words = family.split(" ")
    count = 0
    while count < len(words) - 1 and words[count] in _LOWER:
        count += 1
    return " ".join(words[:count]), " ".join(words[count:])


def natural_name(
    family: str, given: str, particle: str = "", suffix: str = "", suffix_separator: str = ", "
) -> str:
    """Returns a name as it is printed: given name first but for names in Chinese characters."""
    if is_east_asian(family) and is_east_asian(given):
        name = family + given
    else:
        name = joined(given, particle, family)
    return f"{name}{suffix_separator}{suffix}" if suffix and name else name


def is_east_asian(text: str) -> bool:
    """Whether every letter of a text is Chinese, Japanese or Korean, and there is one."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all(ord(char) >= _EAST_ASIAN for char in letters)


def is_organisation(name: str) -> bool:
    """Whether a name is most likely that of an organisation or a group.

    "The" is a given name in Vietnam, too.

    >>> is_organisation("World Health Organization"), is_organisation("The Tien Mai")
    (True, False)
    """
    plain = name.strip()
    if " " not in plain:
        return False
    if plain.startswith("The ") and plain.split()[-1].casefold() not in _EAST_ASIAN_FAMILIES:
        return True
    return _ORGANISATION.search(plain) is not None


def family_and_given(name: str) -> tuple[str, str]:
    """Returns the family name with its particle, and the given names, of a printed name.

    The suffix is left out; a name that must not be taken apart is a family name.

    >>> family_and_given("Martin Luther King, Jr."), family_and_given("Vincent van Gogh")
    (('King', 'Martin Luther'), ('van Gogh', 'Vincent'))
    """
    author = parse_name(name)
    if author.literal or not author.family:
        return unnumbered(author.name).strip(), ""
    return author.sort_family, author.given
