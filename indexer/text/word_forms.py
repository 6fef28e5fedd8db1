"""English words of one meaning in several forms, and words of one stem with several meanings.

Snowball leaves "matrices" and "matrix", "behaviour" and "behavior" apart and makes one stem of
"organ" and "organization". What it gets wrong is listed here, by rule where the language has one:

- Irregular plurals: Quirk, Greenbaum, Leech & Svartvik 1985, "A Comprehensive Grammar of the
  English Language", 5.83 to 5.101. Plurals that are also plurals of another common word ("bases",
  "ellipses", "axes" of an axe aside) are left out where that word is as common.
- British and American spelling: the classes of Peters 2004, "The Cambridge Guide to English Usage"
  (-our, -re, -ise, -yse, -ogue, -ence, ae and oe, doubled l); the words of each are listed, since
  "four" and "concise" follow none of them.
- Stems that merge meanings: the errors of overstemming in Krovetz 1993, "Viewing morphology as an
  inference process", and Paice 1996, "Method for evaluation of stemming algorithms based on error
  counting".
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":", 1) for pair in text.split())


_SINGULARS: Final = MappingProxyType(
    _pairs(
        "matrices:matrix vertices:vertex indices:index appendices:appendix vortices:vortex "
        "simplices:simplex codices:codex cortices:cortex apices:apex helices:helix "
        "hypotheses:hypothesis analyses:analysis theses:thesis syntheses:synthesis crises:crisis "
        "axes:axis parentheses:parenthesis emphases:emphasis oases:oasis diagnoses:diagnosis "
        "prognoses:prognosis metamorphoses:metamorphosis neuroses:neurosis psychoses:psychosis "
        "antitheses:antithesis meioses:meiosis mitoses:mitosis stenoses:stenosis "
        "metastases:metastasis prostheses:prosthesis catalyses:catalysis hydrolyses:hydrolysis "
        "paralyses:paralysis dialyses:dialysis criteria:criterion phenomena:phenomenon "
        "automata:automaton polyhedra:polyhedron tetrahedra:tetrahedron octahedra:octahedron "
        "ganglia:ganglion taxa:taxon mitochondria:mitochondrion corpora:corpus genera:genus "
        "stimuli:stimulus nuclei:nucleus radii:radius loci:locus foci:focus "
        "bacilli:bacillus fungi:fungus cacti:cactus alumni:alumnus syllabi:syllabus moduli:modulus "
        "tori:torus calculi:calculus nucleoli:nucleolus thalami:thalamus gyri:gyrus sulci:sulcus "
        "bacteria:bacterium spectra:spectrum quanta:quantum momenta:momentum maxima:maximum "
        "minima:minimum optima:optimum extrema:extremum equilibria:equilibrium strata:stratum "
        "symposia:symposium consortia:consortium curricula:curriculum continua:continuum "
        "addenda:addendum errata:erratum ova:ovum millennia:millennium simulacra:simulacrum "
        "memoranda:memorandum formulae:formula antennae:antenna larvae:larva nebulae:nebula "
        "algae:alga vertebrae:vertebra supernovae:supernova lemmata:lemma schemata:schema "
        "stigmata:stigma stomata:stoma mice:mouse lice:louse men:man women:woman children:child "
        "feet:foot teeth:tooth geese:goose oxen:ox leaves:leaf halves:half knives:knife "
        "wolves:wolf shelves:shelf loaves:loaf calves:calf thieves:thief wives:wife lives:life "
        "submatrices:submatrix eigenmatrices:eigenmatrix hyperspectra:hyperspectrum "
        "multicriteria:multicriterion biosyntheses:biosynthesis photosyntheses:photosynthesis "
        "dormice:dormouse salesmen:salesman chairmen:chairman schoolchildren:schoolchild"
    )
)
"""Irregular plural: singular."""

_SPELLINGS: Final = MappingProxyType(
    _pairs(
        "grey:gray greys:grays greyscale:grayscale greylevel:graylevel sulphur:sulfur "
        "sulphate:sulfate sulphates:sulfates sulphide:sulfide sulphides:sulfides "
        "sulphuric:sulfuric aluminium:aluminum artefact:artifact artefacts:artifacts "
        "artefactual:artifactual judgement:judgment judgements:judgments "
        "acknowledgement:acknowledgment acknowledgements:acknowledgments ageing:aging mould:mold "
        "moulds:molds moulded:molded moulding:molding plough:plow ploughs:plows ploughing:plowing "
        "sceptic:skeptic sceptics:skeptics sceptical:skeptical scepticism:skepticism "
        "programme:program programmes:programs cypher:cipher cyphers:ciphers "
        "useable:usable sizeable:sizable likeable:likable learnt:learned defence:defense "
        "defences:defenses offence:offense offences:offenses licence:license licences:licenses "
        "pretence:pretense practise:practice practised:practiced practising:practicing "
        "fulfil:fulfill fulfils:fulfills fulfilment:fulfillment enrol:enroll enrols:enrolls "
        "enrolment:enrollment skilful:skillful skilfully:skillfully wilful:willful "
        "instalment:installment instalments:installments distil:distill distils:distills "
        "foetus:fetus foetuses:fetuses foetal:fetal foetuses:fetuses anaesthesia:anesthesia "
        "encyclopaedia:encyclopedia encyclopaedias:encyclopedias manoeuvre:maneuver "
        "manoeuvres:maneuvers manoeuvred:maneuvered manoeuvring:maneuvering "
        "manoeuvrability:maneuverability manoeuvrable:maneuverable faeces:feces faecal:fecal "
        "analyse:analyze analysed:analyzed analysing:analyzing analyser:analyzer "
        "analysers:analyzers paralyse:paralyze paralysed:paralyzed paralysing:paralyzing "
        "catalyse:catalyze catalysed:catalyzed catalysing:catalyzing catalyser:catalyzer "
        "hydrolyse:hydrolyze hydrolysed:hydrolyzed hydrolysing:hydrolyzing dialyse:dialyze "
        "dialysed:dialyzed reanalyse:reanalyze reanalysed:reanalyzed speciality:specialty "
        "pyjamas:pajamas moustache:mustache jewellery:jewelry woollen:woolen "
        "tranquillity:tranquility cosy:cozy doughnut:donut omelette:omelet "
        "carburettor:carburetor phoney:phony neurone:neuron neurones:neurons "
        "spelt:spelled dreamt:dreamed chequer:checker chequered:checkered"
    )
)
"""British spelling: American spelling, of words that follow no rule below."""

_OUR: Final = re.compile(
    r"(?<![a-z])((?:mis|un|dis|re|multi|self|bi|tri|dis)?"
    r"(?:col|behavi|fav|neighb|lab|hon|hum|tum|vap|od|rum|flav|harb|vig|endeav|arm|sav|rig|clam|val"
    r"|ard|cand|demean|parl|ranc|splend|succ|ferv|tremb|sav|arb|enam|glam))our(?!\w*ous(?:ly)?$)"
)
_RE: Final = re.compile(
    r"^((?:centi|milli|kilo|micro|nano|deci|epi|bary|multi|amphi|pico)?"
    r"(?:cent|met|lit|fib|theat|calib|lust|sab|somb|meag|spect|sceptr|och|reconnoit))"
    r"re(s|d)?$"
)
_ER_END: Final = MappingProxyType({None: "er", "s": "ers", "d": "ered"})
_RE_END: Final = MappingProxyType({None: "", "s": "s", "ed": "d"})
_CENTRING: Final = re.compile(r"^(re|de)?centring$")
_OGUE: Final = re.compile(
    r"^(catal|dial|anal|monol|prol|epil|homol|travel)ogu(?:e(s|d|r|rs)?|(ing))$"
)
_ISE: Final = re.compile(r"^(\w{2,})is(e|ed|es|ing|er|ers|ation|ations|ational|able)$")
_NOT_IZE: Final = re.compile(
    r"(?:^|un|pre|re|mis|de|dis|non|self|semi|over|multi)"
    r"(?:no|ra|pra|poi|tellurai|appra|reappra|cru|bru|ar|r|w|otherw|likew|clockw|pairw|stepw|pointw"
    r"|\w*w|adv|dev|rev|superv|unsuperv|telev|improv|prov|prec|conc|exc|inc|circumc|exerc|exorc"
    r"|prom|prem|comprom|surm|dem|m|compr|surpr|enterpr|repr|appr|pr|upr|expert|advert|merchand"
    r"|franch|enfranch|desp|parad|treat|gu|disgu|chast|conc|rad|d|porpo|torto|turquo|chem|fra"
    r"|\w*oi|\w*ai|anis|an|valu|marqu|bourgeo|prom|lou|den|el|mo|par|cer|reconc|succ|collu|perqu)is$"
)
_LL: Final = re.compile(
    r"^((?:un|re|mis|pre|over|multi)?(?:model|label|travel|cancel|signal|channel|tunnel|level|fuel"
    r"|dial|marshal|total|counsel|panel|equal|initial|marvel|quarrel|rival|shovel|spiral|swivel"
    r"|trial|funnel|kernel|parcel|pedal|bevel|chisel|duel|grovel|libel|unravel|pencil|remodel"
    r"|barrel|carol|cudgel|dishevel|enamel|gravel|jewel|snivel|towel|vial))l(ed|ing|ings|er|ers)$"
)
_DIGRAPH: Final = re.compile(
    r"(?<=h)ae(?=m[aio])|ae(?=mi[ac])|(?<=^an)ae(?=sth)|(?<=^p)ae(?=d(?:iat|oph))"
    r"|(?<=orthop)ae(?=d)|(?<=^gyn)ae(?=c)|(?<=^c)ae(?=sar)|(?<=arch)ae(?=o)|(?<=^pal)ae(?=o)"
    r"|^ae(?=tiolog)|^oe(?=str|soph|dem)|(?<=rrh)oe(?=a)|(?<=^hom)oe(?=o)|(?<=^c)oe(?=liac)"
    r"|(?<=gastro)oe(?=s)|(?<=leuk)ae(?=m)"
)

_APART: Final = MappingProxyType(
    {
        word: stem
        for words, stem in (
            ("university universities", "universiti"),
            ("organize organizes organized organizing organizer organizers", "organiz"),
            ("organization organizations", "organiz"),
            ("organism organisms", "organism"),
            ("organic", "organic"),
            ("animal animals", "animal"),
            ("animate animates animated animating animation animations animator", "animat"),
            ("experiment experiments", "experiment"),
            ("important importance importantly", "importan"),
            ("authority authorities", "authorit"),
            ("international internationally", "internation"),
            ("several", "several"),
            ("lateral laterally", "lateral"),
            ("conversation conversations conversational", "conversation"),
            ("department departments departmental", "department"),
            ("apartment apartments", "apartment"),
            ("paste pasted pasting pastes", "paste"),
            ("numerous", "numerous"),
            ("ironic", "ironic"),
            ("designate designates designated designating designation", "designat"),
            ("personality personalities", "personaliti"),
            ("generic generically", "generic"),
        )
        for word in words.split()
    }
)  # fmt: skip
"""Words of which Snowball makes the stem of another meaning, each with a stem of its own."""

_PLURALS: Final = MappingProxyType(
    {singular: plural for plural, singular in _SINGULARS.items() if plural != singular}
)


def own_stem(word: str) -> str | None:
    """Returns the stem of a word that Snowball would merge with another meaning; None of others."""
    return _APART.get(word)


def standard_form(word: str) -> str:
    """Returns the form whose stem stands for a folded word: singular, in American spelling.

    >>> standard_form("matrices"), standard_form("modelling"), standard_form("gossip")
    ('matrix', 'modeling', 'gossip')
    """
    singular = _SINGULARS.get(word)
    if singular is not None:
        return singular
    return american(word)


def american(word: str) -> str:
    """Returns the American spelling of a folded word; the word itself where there is no other.

    >>> american("behavioural"), american("optimisation"), american("four")
    ('behavioral', 'optimization', 'four')
    """
    if len(word) < 4 or not word.isascii():
        return word
    listed = _SPELLINGS.get(word)
    if listed is not None:
        return listed
    if "is" in word and (match := _ISE.match(word)) and not _NOT_IZE.search(match[1] + "is"):
        word = f"{match[1]}iz{match[2]}"
    if "our" in word:
        word = _OUR.sub(r"\1or", word)
    if "ae" in word or "oe" in word:
        word = _DIGRAPH.sub("e", word)
    if "ll" in word and (match := _LL.match(word)):
        word = match[1] + match[2]
    elif "re" in word[-3:] and (match := _RE.match(word)):
        word = match[1] + _ER_END[match[2]]
    elif "ogu" in word and (match := _OGUE.match(word)):
        word = f"{match[1]}og{match[2] or match[3] or ''}"
    elif word.endswith("centring") and (match := _CENTRING.match(word)):
        word = f"{match[1] or ''}centering"
    return word


def other_forms(word: str) -> tuple[str, ...]:
    """Returns the listed forms that a folded word is read with, for the receipt.

    >>> other_forms("matrices"), other_forms("behaviour"), other_forms("gossip")
    (('matrix',), ('behavior',), ())
    """
    singular = _SINGULARS.get(word, "")
    plural = _PLURALS.get(word, "")
    spelled = american(word)
    forms = (singular, plural, spelled, british(word))
    return tuple(dict.fromkeys(form for form in forms if form and form != word))


def british(word: str) -> str:
    """Returns the British spelling of a word in American spelling, where a rule leads back to it.

    It is only for display: a candidate counts if its American spelling is the word.
    """
    candidates = [british for british, spelled in _SPELLINGS.items() if spelled == word]
    if match := re.match(r"(\w{2,})iz(e|ed|es|ing|er|ers|ation|ations|ational|able)$", word):
        candidates.append(f"{match[1]}is{match[2]}")
    candidates += [f"{word[: at.start()]}our{word[at.end() :]}" for at in re.finditer("or", word)]
    if match := re.match(r"(\w+l)(ed|ing|ings|er|ers)$", word):
        candidates.append(f"{match[1]}l{match[2]}")
    if match := re.match(r"(\w+)er(s|ed)?$", word):
        candidates.append(f"{match[1]}re{_RE_END[match[2]]}")
    if match := re.match(r"(\w+)og(s)?$", word):
        candidates.append(f"{match[1]}ogue{match[2] or ''}")
    return next(
        (
            candidate
            for candidate in candidates
            if candidate != word and american(candidate) == word
        ),
        "",
    )
