"""Parts of names: known ones as the source has them, guessed ones as a reader would."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.author import Author, joined
from indexer.authors.person_name import likeness, read_person
from indexer.paper import Paper
from indexer.query_analysis.typed_names import spelled_names
from indexer.record.author_name import (
    family_and_given,
    inverted_name,
    is_organisation,
    parse_name,
    people_of,
    person,
    split_particle,
)


@pytest.mark.parametrize(
    ("name", "given", "particle", "family", "suffix"),
    [
        ("Martin Jaggi", "Martin", "", "Jaggi", ""),
        ("Ludwig van Beethoven", "Ludwig", "van", "Beethoven", ""),
        ("Lonneke van der Plas", "Lonneke", "van der", "Plas", ""),
        ("S. M. de Bruyn Kops", "S. M.", "de", "Bruyn Kops", ""),
        ("Luc Van Gool", "Luc", "", "Van Gool", ""),
        ("Donatella Della Porta", "Donatella", "", "Della Porta", ""),
        ("Juan De la Torre", "Juan", "", "De la Torre", ""),
        ("José Ortega y Gasset", "José", "", "Ortega y Gasset", ""),
        ("Richard Yi Da Xu", "Richard Yi Da", "", "Xu", ""),
        ("Wen-tau Yih", "Wen-tau", "", "Yih", ""),
        ("Wen tau Yih", "Wen tau", "", "Yih", ""),
        ("Van Morrison", "Van", "", "Morrison", ""),
        ("Al Gore", "Al", "", "Gore", ""),
        ("danah boyd", "danah", "", "boyd", ""),
        ("Roy King III", "Roy", "", "King", "III"),
        ("Martin Luther King, Jr.", "Martin Luther", "", "King", "Jr."),
        ("Dr. Jane Doe, PhD", "Jane", "", "Doe", ""),
        ("Tao Lin 0004", "Tao", "", "Lin", ""),
        ("Jean d'Alembert", "Jean", "", "d'Alembert", ""),
        ("Shai Ben-David", "Shai", "", "Ben-David", ""),
        ("Jaggi, Martin", "Martin", "", "Jaggi", ""),
        ("Madonna", "", "", "Madonna", ""),
    ],
)  # fmt: skip
def test_the_guess(name: str, given: str, particle: str, family: str, suffix: str) -> None:
    guess = parse_name(name)

    assert guess.name == name
    assert (guess.given, guess.particle, guess.family, guess.suffix, guess.literal) == (
        given, particle, family, suffix, False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        *(
            "World Health Organization",
            "ATLAS Collaboration",
            "The Snow Group",
            "Llama and Friends",
        ),
        *("Universität Zürich", "王 伟", "王小明", "Barnes & Noble"),
    ],
)
def test_what_is_not_taken_apart(name: str) -> None:
    assert parse_name(name) == Author(name, literal=True)


@pytest.mark.parametrize("name", ["Ann Teamer", "Bo Universe", "Lee Officer", "Group", "Inca Lee"])
def test_people_are_no_organisations(name: str) -> None:
    assert not is_organisation(name)


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("de la Cruz, Ana", Author("Ana de la Cruz", "Cruz", "Ana", "de la")),
        ("Van Gool, Luc", Author("Luc Van Gool", "Van Gool", "Luc")),
        ("King, Martin Luther, Jr.",
         Author("Martin Luther King, Jr.", "King", "Martin Luther", suffix="Jr.")),
        ("King, Jr., Martin Luther",
         Author("Martin Luther King, Jr.", "King", "Martin Luther", suffix="Jr.")),
        ("Doe, Jane, MD, PhD", Author("Jane Doe", "Doe", "Jane")),
        ("World Health Organization,", Author("World Health Organization", literal=True)),
        ("王, 伟", Author("王伟", "王", "伟")),
        ("Ford, Jr.", Author("Ford, Jr.")),
        ("A, B, C, D", Author("A, B, C, D")),
        ("Smith, MD", Author("MD Smith", "Smith", "MD")),
    ],
)  # fmt: skip
def test_inverted_names(text: str, author: Author) -> None:
    assert inverted_name(text) == author


names = st.lists(
    st.sampled_from("Ann van der De la y Müller Jr. III PhD d' 王 伟 , and & X-Y. 0004".split()),
    max_size=6,
).map(" ".join)  # fmt: skip


@given(st.one_of(names, st.text(max_size=30)))
def test_a_guess_invents_nothing(name: str) -> None:
    """Every word of every part stands in the name; a name that is not empty has some part."""
    guess = parse_name(name)

    words = set(re.split(r"[\s,]+", name))
    for part in (guess.given, guess.particle, guess.family, guess.suffix):
        assert set(re.split(r"[\s,]+", part)) <= words | {""}
    assert guess.name == name


@given(
    st.sampled_from(("Lee", "Van Gool", "García Márquez", "L'Engle", "Xu")),
    st.sampled_from(("Ann", "A. B.", "Jean-Luc")),
    st.sampled_from(("", "van", "van der", "de la")),
    st.sampled_from(("", "Jr.", "III")),
)
def test_parts_that_are_put_together_come_apart_again(
    family: str, given: str, particle: str, suffix: str
) -> None:
    author = person(family=family, given=given, particle=particle, suffix=suffix)
    text = ", ".join(one for one in (joined(particle, family), given, suffix) if one)

    assert inverted_name(text) == author
    assert split_particle(joined(particle, family)) == (particle, family)


def test_known_parts_are_kept_and_only_unknown_ones_guessed() -> None:
    paper = Paper(
        "p",
        "Kites",
        authors=("Gabriel García Márquez", "Luc Van Gool"),
        author_details=(
            Author("Gabriel García Márquez", family="García Márquez", given="Gabriel"),
            Author("Luc Van Gool", orcid="0000-0002-1825-0097"),
        ),
    )

    first, second = people_of(paper)

    assert first is paper.author_details[0]
    assert (second.family, second.given, second.orcid) == (
        "Van Gool", "Luc", "0000-0002-1825-0097",
    )  # fmt: skip
    assert people_of(Paper("q", "Kites", authors=("Ann Lee",))) == (
        Author("Ann Lee", family="Lee", given="Ann"),
    )


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [
        ("Vincent van Gogh", "van Gogh", "Vincent"),
        ("Luc Van Gool", "Van Gool", "Luc"),
        ("Martin Luther King, Jr.", "King", "Martin Luther"),
        ("José Ortega y Gasset", "Ortega y Gasset", "José"),
        ("World Health Organization", "World Health Organization", ""),
        ("The Tien Mai", "Mai", "The Tien"),
        ("Tao Lin 0004", "Lin", "Tao"),
        ("Madonna", "Madonna", ""),
    ],
)
def test_family_and_given_names(name: str, family: str, given: str) -> None:
    assert family_and_given(name) == (family, given)


def test_an_organisation_has_no_initials_and_no_given_name() -> None:
    whole, short = read_person("ATLAS Collaboration"), read_person("A. Collaboration")

    assert whole is not None
    assert short is not None
    assert (whole.given, whole.surname) == ((), "atlascollaboration")
    assert likeness(whole, short) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("van Gogh V", "V. van Gogh"),
        ("García Márquez GJ", "G. J. García Márquez"),
        ("de la Cruz A. M.", "A. M. de la Cruz"),
        ("King, M. L., Jr.", "M. L. King Jr."),
        ("Van Gool, L.", "L. Van Gool"),
        ("Ortega y Gasset J", "J. Ortega y Gasset"),
    ],
)
def test_a_family_name_of_several_words_before_initials(typed: str, name: str) -> None:
    assert spelled_names(typed)[-1] == name
