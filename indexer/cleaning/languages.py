"""Languages in the words of dumps, as BCP 47 tags."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

_TABLE: Final = """
af afr afrikaans|ar ara arabic|az aze azerbaijani|be bel belarusian|bg bul bulgarian|bn ben bengali
bs bos bosnian|ca cat catalan|cs cze ces czech|cy wel cym welsh|da dan danish|de ger deu german
el gre ell greek|en eng english|eo epo esperanto|es spa spanish castilian|et est estonian
eu baq eus basque|fa per fas persian farsi|fi fin finnish|fr fre fra french|ga gle irish
gl glg galician|he heb hebrew|hi hin hindi|hr hrv croatian|hu hun hungarian|hy arm hye armenian
id ind indonesian|is ice isl icelandic|it ita italian|ja jpn japanese|ka geo kat georgian
kk kaz kazakh|ko kor korean|la lat latin|lt lit lithuanian|lv lav latvian|mk mac mkd macedonian
mn mon mongolian|ms may msa malay|nb nob bokmal|nl dut nld dutch flemish|nn nno nynorsk
no nor norwegian|pl pol polish|pt por portuguese|ro rum ron romanian|ru rus russian
sk slo slk slovak|sl slv slovenian slovene|sq alb sqi albanian|sr srp serbian|sv swe swedish
sw swa swahili|ta tam tamil|te tel telugu|th tha thai|tr tur turkish|uk ukr ukrainian|ur urd urdu
uz uzb uzbek|vi vie vietnamese|zh chi zho chinese
"""
_OTHERS: Final = (
    ("de", "ngerman deutsch naustrian austrian nswissgerman"),
    ("en-US", "american usenglish enus"),
    ("en-GB", "british ukenglish engb"),
    ("fr", "francais"),
    ("es", "espanol"),
    ("pt-BR", "brazilian brazil brazilianportuguese"),
    ("it", "italiano"),
    ("zh", "mandarin simplifiedchinese"),
)
_CODES: Final = MappingProxyType(
    {
        name: line.split()[0]
        for line in _TABLE.strip().replace("\n", "|").split("|")
        for name in line.split()
    }
    | {name: tag for tag, names in _OTHERS for name in names.split()}
)
_NAMES: Final = MappingProxyType(
    {
        names[0]: next(name for name in names[1:] if len(name) > 3)
        for line in _TABLE.strip().replace("\n", "|").split("|")
        if (names := line.split())
    }
)
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?")


def language_of(text: str) -> str:
    """Returns the BCP 47 tag of a language; of several the first; empty where it is none known.

    >>> language_of("eng"), language_of("Portuguese"), language_of("en_us"), language_of("ngerman")
    ('en', 'pt', 'en-US', 'de')
    """
    first = re.split(r"[;,/|]", text[:200])[0].strip()
    key = re.sub(r"[^a-zñç]", "", first.casefold()).replace("ñ", "n").replace("ç", "c")
    codes = _CODES
    if key in codes:
        return codes[key]
    match = _TAG.fullmatch(first)
    if match is None or (len(match[1]) == 3 and match[1].lower() not in codes):
        return ""
    language = codes.get(match[1].lower(), match[1].lower())
    script = match[2].title() if match[2] else ""
    return "-".join(part for part in (language, script, (match[3] or "").upper()) if part)


def language_name(tag: str) -> str:
    """Returns the English name of a language and its region; the tag where it has none here.

    >>> language_name("de"), language_name("pt-BR"), language_name("xx")
    ('German', 'Portuguese (BR)', 'xx')
    """
    language, *rest = tag.split("-")
    name = _NAMES.get(language, "")
    if not name:
        return tag
    return f"{name.title()} ({', '.join(rest)})" if rest else name.title()
