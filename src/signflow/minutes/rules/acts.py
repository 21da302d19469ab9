"""Who did what in an item by the text: moved, voted, dissented, was disqualified."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from signflow.minutes.model import Item
from signflow.minutes.rules.names import Named, names_after, names_before
from signflow.minutes.rules.statements import Statement, statements
from signflow.minutes.rules.votes import read_ballots


class ActKind(StrEnum):
    """What a person does in an item."""

    MOVED = "moved"  # yrkade
    VOTED = "voted"
    DISSENTED = "dissented"  # reserverade sig
    DISQUALIFIED = "disqualified"  # jävig


@dataclass(frozen=True, slots=True)
class Act:
    """What the text says that somebody did.

    Attributes:
        kind: What.
        name: By whom.
        line: Where it says so.
        quote: In which words.
    """

    kind: ActKind
    name: Named
    line: int
    quote: str


_VERBS_OF_A_STATEMENT = 100
_DISQUALIFICATION_PARTS = frozenset(
    [
        "jäv",
        "anmälan om jäv",
        "jävsanmälan",
        "anmälningar om jäv",
        "jävsfrågor",
        "conflict of interest",
        "conflicts of interest",
        "disqualification",
        "declaration of interest",
        "declarations of interest",
        "declarations of interests",
    ]
)
_DISSENT_PARTS = frozenset(["reservation", "reservationer", "dissent", "dissents", "reservations"])
_MOTION_PARTS = frozenset(["yrkande", "yrkanden", "motion", "motions"])
_PARTS: Mapping[ActKind, frozenset[str]] = {
    ActKind.DISQUALIFIED: _DISQUALIFICATION_PARTS,
    ActKind.DISSENTED: _DISSENT_PARTS,
    ActKind.MOVED: _MOTION_PARTS,
}
_VERBS: Mapping[ActKind, re.Pattern[str]] = {
    ActKind.MOVED: re.compile(
        r"\b(?:yrkar|yrkade|hemställer|hemställde|moves|moved|seconds|seconded)\b", re.IGNORECASE
    ),
    ActKind.VOTED: re.compile(
        r"\b(?:röstar|röstade|votes|voted)\s+(?:ja|nej|för|emot|mot|blankt|aye|yes|no|for|against|in\s+favour)\b"
        r"|\b(?:avstår|avstod)\s+från\s+att\s+rösta\b|\babstain(?:s|ed)\b",
        re.IGNORECASE,
    ),
    ActKind.DISSENTED: re.compile(
        r"\b(?:reserverar|reserverade)\s+sig\b|\b(?:dissents|dissented)\b"
        r"|\b(?:enters|entered|records|recorded)\s+(?:a|his|her|their)\s+dissent\b",
        re.IGNORECASE,
    ),
    ActKind.DISQUALIFIED: re.compile(
        r"\b(?:har\s+anmält|hade\s+anmält|anmäler|anmälde)(?:\s+sig)?\s+jäv(?:ig)?\b"
        r"|\b(?:är|var|förklarar\s+sig|förklarade\s+sig)\s+jävig[at]?\b"
        r"|\bpå\s+grund\s+av\s+jäv\s+(?:deltar|deltog|lämnar|lämnade)(?:\s+inte)?\b"
        r"|\b(?:deltar|deltog)\s+inte\b[^.]{0,80}?\bjäv\b|\b(?:lämnar|lämnade)\s[^.]{0,60}?\bpå\s+grund\s+av\s+jäv\b"
        r"|\b(?:declares|declared)\s+(?:a\s+|an\s+)?(?:conflict\s+of\s+)?interest\b|\b(?:is|was)\s+disqualified\b"
        r"|\brecuse[sd]\s+(?:him|her|them)sel(?:f|ves)\b",
        re.IGNORECASE,
    ),
}
_NOT_DISQUALIFIED = re.compile(
    r"\binte\s+(?:är\s+|var\s+)?jävig|\b(?:om|huruvida|whether|if)\s[^.]{0,80}\b(?:jävig|disqualified)|\bnot\s+disqualified",
    re.IGNORECASE,
)
# what may follow names that stand alone under `Jäv` or `Reservationer`
_AFTER_NAMES = re.compile(
    r"[\s.,;]*(?:$|§|(?:anmäl|deltar inte|deltog inte|lämna|på grund|i ärendet|mot beslutet|till förmån|för eget|"
    r"in favour of|took no part|takes no part|left the))",
    re.IGNORECASE,
)


def read_acts(item: Item) -> Iterator[Act]:
    """The acts that the item tells of, by kind and in order; a name is as the text writes it."""
    for statement in statements(item):
        for kind in ActKind:
            for name in _names(kind, statement):
                yield Act(kind, name, statement.line, statement.quote)
    for ballot in read_ballots(item):
        for voter in ballot.voters:
            yield Act(ActKind.VOTED, Named(voter.name), voter.line, voter.name)


def _names(kind: ActKind, statement: Statement) -> Iterator[Named]:
    text = statement.text
    if kind is ActKind.DISQUALIFIED and _NOT_DISQUALIFIED.search(text):
        return
    seen: set[str] = set()
    for match in itertools.islice(_VERBS[kind].finditer(text), _VERBS_OF_A_STATEMENT):
        for name in names_before(text, match.start()) or names_after(text, match.end())[0]:
            if name.text not in seen:
                seen.add(name.text)
                yield name
    if not seen and statement.part in _PARTS.get(kind, ()):
        names, rest = names_after(text, 0)
        if names and not text[:1].islower() and _AFTER_NAMES.match(rest):
            yield from names
