"""Search strings of published reviews and filters, with the query that Quiver reads and the losses.

Each names its source; a search string is reported so that others run it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedString:
    """A search string as published.

    Attributes:
        losses: parts of the string by words of the note that names them.
    """

    name: str
    source: str
    database: str
    text: str
    query: str
    losses: Mapping[str, list[str]]


NO_TYPES = "Types of publication of this kind are not known here; left out, which finds fewer"
NO_SUBHEADING = "Subheadings are not known here; left out, which finds fewer"

PUBLISHED = (
    PublishedString(
        "trials in PubMed",
        "Cochrane Handbook, technical supplement to chapter 4: sensitivity-maximizing strategy",
        "pubmed",
        """\
#1 randomized controlled trial [pt]
#2 controlled clinical trial [pt]
#3 randomized [tiab]
#4 placebo [tiab]
#5 drug therapy [sh]
#6 randomly [tiab]
#7 trial [tiab]
#8 groups [tiab]
#9 #1 OR #2 OR #3 OR #4 OR #5 OR #6 OR #7 OR #8
#10 animals [mh] NOT humans [mh]
#11 #9 NOT #10
""",
        "(randomized OR placebo OR randomly OR trial OR groups) AND NOT "
        "(subject:animals AND NOT subject:humans)",
        {
            NO_TYPES: ["randomized controlled trial", "controlled clinical trial"],
            NO_SUBHEADING: ["drug therapy [sh]"],
            "Narrower headings": ["animals [mh]", "humans [mh]"],
        },
    ),
    PublishedString(
        "trials in Ovid",
        "Cochrane Handbook, technical supplement to chapter 4: sensitivity-maximizing strategy",
        "ovid",
        """\
1. randomized controlled trial.pt.
2. controlled clinical trial.pt.
3. randomized.ab.
4. placebo.ab.
5. drug therapy.fs.
6. randomly.ab.
7. trial.ab.
8. groups.ab.
9. 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8
10. exp animals/ not humans.sh.
11. 9 not 10
""",
        "(abstract:randomized OR abstract:placebo OR abstract:randomly OR abstract:trial OR "
        "abstract:groups) AND NOT (subject:animals AND NOT subject:humans)",
        {
            NO_TYPES: ["randomized controlled trial", "controlled clinical trial"],
            NO_SUBHEADING: ["drug therapy.fs."],
            "Narrower headings": ["exp animals/"],
        },
    ),
    PublishedString(
        "trials in CINAHL",
        "Glanville et al. 2019, https://doi.org/10.1111/hir.12251",
        "ebsco",
        """\
S1 MH randomized controlled trials
S2 MH double-blind studies
S3 MH single-blind studies
S4 MH random assignment
S5 MH pretest-posttest design
S6 MH cluster sample
S7 TI (randomised OR randomized)
S8 AB (random*)
S9 TI (trial)
S10 MH (sample size) AND AB (assigned OR allocated OR control)
S11 MH (placebos)
S12 PT (randomized controlled trial)
S13 AB (control W5 group)
S14 MH (crossover design) OR MH (comparative studies)
S15 AB (cluster W3 RCT)
S16 MH (animals+)
S17 MH (animal studies)
S18 TI (animal model*)
S19 S16 OR S17 OR S18
S20 MH (human)
S21 S19 NOT S20
S22 S1 OR S2 OR S3 OR S4 OR S5 OR S6 OR S7 OR S8 OR S9 OR S10 OR S11 OR S12 OR S13 OR S14 OR S15
S23 S22 NOT S21
""",
        '(subject:"randomized controlled trials" OR subject:"double-blind studies" OR '
        'subject:"single-blind studies" OR subject:"random assignment" OR '
        'subject:"pretest-posttest design" OR subject:"cluster sample" OR title:randomised OR '
        "title:randomized OR abstract:random* OR title:trial OR "
        '(subject:"sample size" AND (abstract:assigned OR abstract:allocated OR abstract:control))'
        ' OR subject:placebos OR abstract:"control group"~5 OR subject:"crossover design" OR '
        'subject:"comparative studies" OR abstract:"cluster RCT"~3) AND NOT ((subject:animals OR '
        'subject:"animal studies" OR (title:"animal" AND title:model*)) AND NOT subject:human)',
        {
            NO_TYPES: ["randomized controlled trial"],
            "any order": ["control W5 group", "cluster W3 RCT"],
            "Narrower headings": ["animals+"],
            "A phrase has no wildcards": ["animal model*"],
        },
    ),
    PublishedString(
        "terminal investment in Scopus",
        "Foo et al. 2021, https://doi.org/10.1111/2041-210X.13654, worked example at "
        "https://github.com/SusZaj/metaanalysis",
        "scopus",
        """\
( TITLE-ABS-KEY ( ( "terminal investment"  OR  "reproductive effort" )  AND
  ( "immune challeng*"  OR  "immunochalleng*"  OR  "infect*" ) )
  AND NOT  TITLE-ABS-KEY ( load  OR  human  OR  people ) )
""",
        '("terminal investment" OR "reproductive effort") AND (("immune" AND challeng*) OR '
        "immunochalleng* OR infect*) AND NOT (load OR human OR people)",
        {
            "Keywords, subject headings": ["TITLE-ABS-KEY"],
            "A phrase has no wildcards": ['"immune challeng*"'],
        },
    ),
    PublishedString(
        "soil carbon in Web of Science",
        "Haddaway et al. 2015, https://doi.org/10.1186/s13750-015-0049-0",
        "wos",
        """\
TS=(soil* AND (arable OR agricult* OR farm* OR crop* OR cultivat*) AND (plough* OR plow* OR till*
OR "direct drill*" OR fertili* OR biosolid* OR organic OR manur* OR sewage OR compost* OR
amendment* OR biochar* OR digestate* OR "crop residue*" OR mulch* OR "crop rotat*" OR ley OR
legume*) AND ("soil organic carbon" OR "soil carbon" OR "soil C" OR "soil organic C" OR SOC OR
"carbon pool" OR "carbon stock" OR "carbon storage" OR "soil organic matter" OR SOM OR
"carbon sequestrat*" OR "C sequestrat*"))
""",
        "soil* AND (arable OR agricult* OR farm* OR crop* OR cultivat*) AND (plough* OR plow* OR "
        'till* OR ("direct" AND drill*) OR fertili* OR biosolid* OR organic OR manur* OR sewage OR '
        'compost* OR amendment* OR biochar* OR digestate* OR ("crop" AND residue*) OR mulch* OR '
        '("crop" AND rotat*) OR ley OR legume*) AND ("soil organic carbon" OR "soil carbon" OR '
        '"soil C" OR "soil organic C" OR SOC OR "carbon pool" OR "carbon stock" OR '
        '"carbon storage" OR "soil organic matter" OR SOM OR ("carbon" AND sequestrat*) OR '
        '("C" AND sequestrat*))',
        {
            "Keywords, subject headings": ["TS="],
            "A phrase has no wildcards": [
                '"direct drill*"', '"crop residue*"', '"crop rotat*"', '"carbon sequestrat*"',
                '"C sequestrat*"',
            ],
        },
    ),
)  # fmt: skip
