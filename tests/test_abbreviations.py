"""Abbreviations whose long form the papers themselves give."""

from __future__ import annotations

import pytest

from indexer import Paper, load_venues, parse_query, read_typed_text
from indexer.query_analysis.abbreviations import definition, long_forms, short_form
from tests.oracle import MemoryIndex


@pytest.mark.parametrize(
    ("short", "text", "form"),
    [
        ("CNN", "We train a convolutional neural network (CNN) on kites.",
         "convolutional neural network"),
        ("CNN", "Convolutional Neural Networks (CNNs) fly.", "Convolutional Neural Networks"),
        ("LSTM", "A long short-term memory (LSTM, see below).", "long short-term memory"),
        ("SLAM", "On simultaneous localization and mapping (SLAM).",
         "simultaneous localization and mapping"),
        ("IoT", "The Internet of Things (IoT)", "Internet of Things"),
        ("CNN", "Kites fly (CNN).", ""),
        ("CNN", "A CNN flies.", ""),
        ("CNN", "", ""),
        ("CNN", "(CNN)", ""),
        ("ABC", "Also the ABC (ABC) again", ""),
    ],
)  # fmt: skip
def test_a_definition_is_read_as_it_stands(short: str, text: str, form: str) -> None:
    assert definition(short, text) == form


PAPERS = (
    *(
        Paper(f"d{number}", "Kites", "A paper kite network (PKN) flies in the wind. PKN.")
        for number in range(3)
    ),
    Paper("p", "Spoons", "PKNs."),
    Paper("l", "Paper kite networks", "They fly."),
    Paper("n", "Paper planes", "A kite, a network."),
    *(Paper(f"a{number}", "Cups", "A round tea cup (RTC).") for number in range(2)),
    *(Paper(f"b{number}", "Cups", "A red tin cup (RTC).") for number in range(2)),
)


def test_an_abbreviation_finds_its_long_form_and_says_so() -> None:
    with MemoryIndex.of(PAPERS).searcher() as searcher:

        def found(text: str) -> tuple[set[str], list[str]]:
            query = read_typed_text(parse_query(text), searcher, load_venues())
            return set(searcher.ids(query)), [repair.reason for repair in query.repairs]

        assert long_forms(searcher, "PKN") == ("paper kite network", "paper kite networks")
        assert long_forms(searcher, "RTC") == ()  # the papers do not agree
        assert long_forms(searcher, "kites") == ()
        ids, reasons = found("PKN")
        assert ids == {"d0", "d1", "d2", "p", "l"}
        assert "also finds “paper kite network”" in reasons[0]
        assert found('"PKN"')[1] == []
        assert found("pkn")[1] == []
        assert short_form(searcher, "Paper kite networks") == "PKN"
        assert short_form(searcher, "round tea cup") == ""
        ids, reasons = found("paper-kite network")
        assert ids >= {"d0", "d1", "d2", "p", "l"}
        assert reasons == [
            "“paper-kite network” also finds “PKN”; in quotation marks only as typed."
        ]
        assert found('"paper kite network"')[1] == []
        assert found("PKNs in wind")[0] >= {"d0", "d1", "d2"}
