"""Filler around the subject of a query: question words, requests and courtesies.

"That paper about …", "how do I …", "what is the best way to …", "can you recommend work on …":
none of it is in the papers that are meant, so none of it may be required.
"""

from __future__ import annotations

import re
from typing import Final

_ASKED: Final = r"(?:(?:can|could|would|will|do|does) (?:you|any(?:one|body)|some(?:one|body)) )?"
_ABOUT: Final = "(?: (?:more|something|anything))?(?: (?:about|of|on|how|what|why|whether|with))?"
_PAPERS: Final = "papers?|articles?|publications?|literature|research|works?|references?"
_OPENERS: Final = rf"""
(?:please )?{_ASKED}(?:please )?(?:i(?:['’]m| am)? )?
    (?:(?:find|show|give|get|want|need|recommend|suggest|know(?: of)?|search(?:ing)?(?: for)?
    |look(?:ing)? for) )?(?:me )?(?:(?:are|is) there )?
    (?:(?:that|the|this|a|an|any|some|all|which|what|recent|good|latest|newest|new|current|more
    |other|related|relevant|important|interesting|seminal) ){{0,3}}(?:{_PAPERS})
     (?:about|on|that|which|where|dealing with|concerning|regarding|discussing|describing)
|(?:what(?:['’]s| is| are)|which are) (?:the |a |some )?
    (?:(?:best|good|common|main|usual|standard|most \w+|different|current|latest) )?
    (?:ways?|methods?|approach(?:es)?|techniques?|practices?|advantages?|disadvantages?|limitations?
    |differences?|relations?|relationship|meaning|definition|point|purpose) (?:to|for|of|in|between)
|(?:that|the) (?:one|{_PAPERS})
     (?:where|in which|which|that)(?: (?:they|he|she|the authors?|people)
     (?:shows?|showed|proves?|proved|proposed?|proposes|introduced?|argued?|found|find|use|used))?
    (?: that)?
|who (?:first )?(?:invented|introduced|proposed|discovered|developed|came up with|wrote(?: about)?)
|what(?:['’]s| is| are) (?:the )?(?:best|state of the art|state-of-the-art)
|(?:which|what) (?:methods?|approach(?:es)?|techniques?)(?: are there)? (?:to|for)
|(?:is it possible|is there (?:a|any|some)(?: good)? way) to
|how (?:can|do|should|could|would) (?:i|we|you|one|people)(?: best)?
|(?:please )?{_ASKED}(?:please )?(?:explain(?: to me)?|(?:tell|teach) me){_ABOUT}
|(?:please )?help(?: me)?(?: to)? (?:find|understand|with){_ABOUT}
|i(?:['’]d| would)? (?:like|want|need|wish) to (?:know|find|learn|understand|read|see){_ABOUT}
|i(?:['’]m| am) (?:interested in|curious about|looking (?:for|into)|working on
    |trying to(?: (?:find|understand|learn))?){_ABOUT}
|(?:does|do) (?:you|any(?:one|body)|some(?:one|body)) know{_ABOUT}
|what (?:does|do|did) (?:the )?(?:literature|research|people|we|papers) (?:say|know|think) about
|what is known about
|(?:hello|hi|hey)\b[,!.]?
"""
_OPENER: Final = re.compile(
    r"\s*(?:" + re.sub("\n(?:    )?", "", _OPENERS).replace(" ", r"\s+") + r")(?=\s|$)",
    re.IGNORECASE,
)
_CLOSER: Final = re.compile(
    r"[\s,.]*\b(?:please|thanks|thank\s+you|thx)[\s.!?]*$|\s+(?:papers?|articles?|literature)\s*\?\s*$",
    re.IGNORECASE,
)
_WORKS: Final = re.compile(
    r"\s*(?:why|how|when)\s+(?:do|does|did|is|are)\s.*?\S"
    r"(\s+(?:work|works|working)(?:\s+so\s+well)?)\s*\?*\s*",
    re.IGNORECASE,
)
_MOST_OPENERS: Final = 3


def filler_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Returns the stretches of a text that ask and say nothing of what is asked for, in order.

    >>> [text[start:end].strip() for text in ("can you recommend papers on kites, please",)
    ...  for start, end in filler_spans(text)]
    ['can you recommend papers on', ', please']

    Empty where nothing else would be left.
    """
    start = 0
    spans: list[tuple[int, int]] = []
    for _ in range(_MOST_OPENERS):
        opener = _OPENER.match(text, start)
        if opener is None or opener.end() == start:
            break
        spans.append(opener.span())
        start = opener.end()
    closer = _CLOSER.search(text, start)
    works = _WORKS.fullmatch(text)
    if closer is not None:
        spans.append(closer.span())
    elif works is not None and works.start(1) >= start:
        spans.append((works.start(1), len(text)))
    end = spans[-1][0] if spans and spans[-1][1] == len(text) else len(text)
    return tuple(spans) if re.search(r"\w", text[start:end]) else ()
