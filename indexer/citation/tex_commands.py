r"""The commands of TeX that may leave in BibTeX; every other one is written as text.

The texts of papers come from anywhere, and a bibliography is typeset on the reader's machine:
``\input``, ``\write18``, ``\def`` and ``\csname`` read files, run programs or never end. So a list
says what may pass, not what may not: accents, letters, fonts and the symbols of mathematics, none
of which reads, writes, defines, repeats or changes how the rest is read.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

TEXT_SIGNS: Final = frozenset(r"% & # _ $ { } , / -".split()) | {" "}
"""Characters that may follow a backslash in text."""
ACCENT_SIGNS: Final = frozenset("'`^\"~=.")
ACCENT_LETTERS: Final = frozenset("u v H c d b r k t".split())
"""Accents that are named by a letter: they need an argument."""
TEXT_LETTERS: Final = frozenset(
    "ss ae AE oe OE aa AA o O l L i j dh DH dj DJ th TH ng NG S P dag ddag ldots dots copyright "
    "pounds LaTeX TeX textquoteright textquoteleft textquotesingle textquotedblleft "
    "textquotedblright textendash textemdash textregistered texttrademark textasciitilde "
    "textunderscore textbackslash textdegree textasciicircum textgreater textless textbar "
    "textbraceleft textbraceright textbullet textperiodcentered textellipsis textdollar "
    "textexclamdown textquestiondown textordfeminine textordmasculine textdagger textdaggerdbl "
    "textperthousand texteuro textyen textcent textsterling textsection textparagraph "
    "textcopyright guillemotleft guillemotright guillemetleft guillemetright quotedblbase "
    "quotesinglbase guilsinglleft guilsinglright slash textvisiblespace".split()
)
"""Commands of text without arguments."""
TEXT_FONTS: Final = frozenset(
    "emph textbf textit textrm textsf texttt textsc textsl textmd textup textnormal underline "
    "textsuperscript textsubscript mbox".split()
)
"""Commands of text whose one argument is text."""
TEXT_SWITCHES: Final = frozenset(
    "em it bf tt sc rm sl sf itshape bfseries ttfamily scshape rmfamily slshape sffamily "
    "mdseries upshape normalfont".split()
)
"""Commands that change the font up to the end of a group."""
RENAMED: Final = MappingProxyType({"url": "texttt", "text": "textrm", "enquote": "emph"})
"""Commands of packages as commands of LaTeX itself that show the same, or nearly so."""
MATH_SYMBOLS: Final = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta "
    "Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath Re Im wp aleph infty partial "
    "nabla emptyset varnothing prime surd top bot angle triangle forall exists nexists neg lnot "
    "flat natural sharp clubsuit diamondsuit heartsuit spadesuit pm mp times div ast star circ "
    "bullet cdot cap cup uplus sqcap sqcup vee wedge lor land setminus wr diamond oplus ominus "
    "otimes oslash odot bigcirc dagger ddagger amalg leq le geq ge equiv models prec succ sim perp "
    "preceq succeq simeq mid ll gg asymp parallel subset supset approx bowtie subseteq supseteq "
    "cong neq ne smile sqsubseteq sqsupseteq doteq frown in ni notin propto vdash dashv leftarrow "
    "gets rightarrow to longleftarrow longrightarrow Leftarrow Rightarrow Longleftarrow "
    "Longrightarrow leftrightarrow Leftrightarrow longleftrightarrow Longleftrightarrow iff "
    "implies mapsto longmapsto uparrow downarrow updownarrow Uparrow Downarrow hookleftarrow "
    "hookrightarrow nearrow searrow swarrow nwarrow rightharpoonup leftharpoonup leadsto sum prod "
    "coprod int oint iint iiint bigcap bigcup bigsqcup bigvee bigwedge bigodot bigotimes bigoplus "
    "biguplus ldots cdots vdots ddots dots dotsc dotsb colon langle rangle lceil rceil lfloor "
    "rfloor lbrace rbrace lbrack rbrack vert Vert lvert rvert lVert rVert backslash arccos arcsin "
    "arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log "
    "max min Pr sec sin sinh sup tan tanh leqslant geqslant lesssim gtrsim lessgtr precsim succsim "
    "subsetneq supsetneq nsubseteq nmid nleq ngeq trianglelefteq triangleq vartriangle square "
    "Box blacksquare lozenge checkmark complement therefore because Vdash vDash nvdash rtimes "
    "ltimes boxplus boxtimes circledast circledcirc eth mho beth gimel daleth digamma varkappa "
    "rightsquigarrow rightleftharpoons leftrightarrows twoheadrightarrow upharpoonright "
    "bmod quad qquad displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits "
    "S P pounds copyright".split()
)
"""Commands of mathematics without arguments, of LaTeX, amsmath and amssymb."""
MATH_ARGUMENTS: Final = MappingProxyType(
    dict.fromkeys(
        "sqrt hat widehat check tilde widetilde acute grave dot ddot breve bar vec overline "
        "underline overbrace underbrace overrightarrow overleftarrow mathbb mathbf mathcal "
        "mathfrak "
        "mathit mathrm mathsf mathtt mathscr mathnormal boldsymbol bm mathop mathbin mathrel "
        "substack pmod operatorname".split(),
        1,
    )
    | dict.fromkeys("frac tfrac dfrac binom tbinom dbinom stackrel overset underset".split(), 2)
)
"""Commands of mathematics and how many arguments they need."""
MATH_TEXTS: Final = frozenset(
    "text textrm textbf textit textsf texttt textnormal textsc textup emph mbox".split()
)
"""Commands in mathematics whose one argument is text."""
MATH_SWITCHES: Final = frozenset("bf it rm sf tt cal".split())
MATH_SIGNS: Final = frozenset(", ; : ! | { } % & # _ $ \\ /".split()) | {" "}
"""Characters that may follow a backslash in a formula; ``\\\\`` in an array only."""
DELIMITER_SIZES: Final = frozenset(
    "big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm".split()
)
DELIMITERS: Final = frozenset(
    "( ) [ ] | . / < > \\| \\{ \\} \\langle \\rangle \\lceil \\rceil \\lfloor \\rfloor \\vert "
    "\\Vert \\lvert \\rvert \\lVert \\rVert \\lbrace \\rbrace \\lbrack \\rbrack \\backslash "
    "\\uparrow \\downarrow".split()
)
"""What may follow ``\\left``, ``\\right`` and the sizes."""
ENVIRONMENTS: Final = frozenset(
    "array matrix pmatrix bmatrix vmatrix Vmatrix smallmatrix cases aligned split gathered".split()
)
"""Environments that may stand in a formula."""
