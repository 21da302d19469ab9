"""Names in running text: who stands before or after a verb, and whom of the meeting a name means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signflow.minutes.recognition.people import same_name

_TOKEN = re.compile(r"[^\W\d_](?:[\w'’]|-(?=\w))*|\([^()]{0,40}\)|\S")
_BESIDE_CHARACTERS = 400
_PARTICLES = frozenset(
    ["von", "van", "de", "der", "den", "af", "av", "du", "da", "dos", "del", "la", "le", "ap", "y", "zu", "bin"]
)
_AND = frozenset(["och", "samt", "and", ",", "&", "/"])
_TITLES = frozenset(
    [
        "ordföranden",
        "ordförande",
        "ledamoten",
        "ledamot",
        "ledamöterna",
        "ersättaren",
        "ersättare",
        "sekreteraren",
        "sekreterare",
        "vice",
        "förste",
        "andre",
        "tjänstgörande",
        "därefter",
        "därutöver",
        "dessutom",
        "vidare",
        "även",
        "också",
        "sedan",
        "slutligen",
        "först",
        "både",
        "vidare",
        "herr",
        "fru",
        "kommunalrådet",
        "kommunalråd",
        "borgarrådet",
        "the",
        "chair",
        "chairperson",
        "vice-chair",
        "councillor",
        "councillors",
        "cllr",
        "member",
        "members",
        "mr",
        "mrs",
        "ms",
        "dr",
        "also",
        "then",
        "finally",
        "next",
        "afterwards",
    ]
)
_NO_PERSON = re.compile(
    r".*(?:partiet|partierna|partiets|demokraterna|moderaterna|liberalerna|majoriteten|oppositionen|alliansen|nämnden|"
    r"styrelsen|utskottet|gruppen|rådet|fullmäktige|kommun|kommunen|region|regionen|förvaltningen|föreningen|förbundet|"
    r"bolaget|beredningen|kontoret|skolan|samling|samlingspartiet|gröna|party|council|committee|board|group|democrats|"
    r"association|municipality|services|office|department|ltd|ab)",
    re.IGNORECASE,
)
_SHORTEST_NEAR = 7


@dataclass(frozen=True, slots=True)
class Named:
    """A name in running text, and whether a party or the like stands in brackets after it."""

    text: str
    bracketed: bool = False

    @property
    def may_be_person(self) -> bool:
        """Whether it reads like a full name of a person and not like a party, a body or a title."""
        words = self.text.split()
        return 2 <= len(words) <= 5 and not any(_NO_PERSON.fullmatch(word) for word in words)


def names_before(text: str, end: int) -> tuple[Named, ...]:
    """The names that stand directly before that offset, `Anna Ek (S), Bo Alm (M) och Carl Dal`; empty if none does."""
    tokens = _TOKEN.findall(text[max(end - _BESIDE_CHARACTERS, 0) : end])
    if tokens and tokens[-1] in ("som", "who", "that"):
        tokens.pop()
    found: list[Named] = []
    while tokens:
        bracketed = tokens[-1].startswith("(")
        if bracketed:
            tokens.pop()
        words: list[str] = []
        while tokens and (_is_capitalised(tokens[-1]) or (words and tokens[-1] in _PARTICLES)):
            words.insert(0, tokens.pop())
        name = _without_title(words)
        if not name:
            break
        found.insert(0, Named(name, bracketed))
        if not tokens or tokens[-1] not in _AND:
            break
        while tokens and tokens[-1] in _AND:
            tokens.pop()
    return tuple(found)


def names_after(text: str, begin: int) -> tuple[tuple[Named, ...], str]:
    """The names that stand directly after that offset, and what follows them."""
    found: list[Named] = []
    at = begin
    beside = text[: begin + _BESIDE_CHARACTERS]
    while True:
        words: list[str] = []
        token = _TOKEN.search(beside, at)
        while token and (_is_capitalised(token[0]) or (words and token[0] in _PARTICLES)):
            words.append(token[0])
            at = token.end()
            token = _TOKEN.search(beside, at)
        name = _without_title(words)
        if not name:
            return tuple(found), text[at:]
        bracketed = bool(token and token[0].startswith("("))
        if token and bracketed:
            at = token.end()
            token = _TOKEN.search(beside, at)
        found.append(Named(name, bracketed))
        joined = at
        while token and token[0] in _AND:
            joined = token.end()
            token = _TOKEN.search(beside, joined)
        if joined == at or not token or not _is_capitalised(token[0]):
            return tuple(found), text[at:]
        at = joined


def capitalised_runs(text: str) -> Iterator[list[str]]:
    """The words that begin with capitals and follow on each other, two or more."""
    run: list[str] = []
    end = -1
    for token in _TOKEN.finditer(text):
        follows = run and text[end : token.start()] == " "
        if not (_is_capitalised(token[0]) or (follows and token[0] in _PARTICLES)):
            if len(run) > 1:
                yield run
            run = []
            continue
        if run and not follows:
            if len(run) > 1:
                yield run
            run = []
        run.append(token[0])
        end = token.end()
    if len(run) > 1:
        yield run


def folded(name: str) -> str:
    """The name without what writers take for trifles: case, accents, hyphens, stops."""
    plain = unicodedata.normalize("NFD", same_name(name))
    return " ".join("".join(" " if c == "-" else c for c in plain if c.isalpha() or c in " -").split())


class Roll:
    """Names of persons, to find whom a name means."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names as they are rightly written; of two that are the same the first is kept."""
        self._exact: dict[str, str] = {}
        self._by_ends: dict[tuple[str, str], str] = {}
        self._near: dict[str, str] = {}
        self._words: dict[str, bool] = {}  # of the names; those asked for are remembered, for texts repeat them
        self._lengths = {2}
        for name in names:
            if same_name(name) in self._exact:
                continue
            self._exact[same_name(name)] = name
            self._by_ends.setdefault(_ends(name), name)
            self._words.update(dict.fromkeys(folded(name).split(), True))
            self._lengths |= {len(name.split()), len(folded(name).split())}
            for shape in _shapes(folded(name)):
                self._near.setdefault(shape, name)

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self._exact)

    def __iter__(self) -> Iterator[str]:
        """The names as they are rightly written, in order."""
        return iter(self._exact.values())

    def meant(self, name: str) -> str | None:
        """The person whom the name means without doubt: same words, a genitive, middle names left out or added."""
        for form in (name, name.removesuffix("s").rstrip("'’")):
            found = self._exact.get(same_name(form)) or self._by_ends.get(_ends(form))
            if found:
                return found
        return None

    def candidates(self, text: str) -> Iterator[str]:
        """The runs of words in the text that may be names of the roll: as many words as one has, and one of its words."""
        for words in capitalised_runs(text):
            shared = [any(map(self._has_word, word.split("-"))) for word in words]
            for length in self._lengths:
                for at in range(len(words) - length + 1):
                    if any(shared[at : at + length]):
                        yield " ".join(words[at : at + length])

    def _has_word(self, word: str) -> bool:
        known = self._words.get(word)
        if known is None:
            known = self._words.get(folded(word), False) or self._words.get(folded(word.removesuffix("s")), False)
            self._words[word] = known
        return known

    def nearly(self, name: str) -> str | None:
        """The person whose name differs in accents, hyphens or one letter only; None if `meant` or nobody's does."""
        if self.meant(name):
            return None
        for form in (folded(name), folded(name.removesuffix("s"))):
            if len(form) >= _SHORTEST_NEAR and " " in form:
                found = next((self._near[shape] for shape in _shapes(form) if shape in self._near), None)
                if found:
                    return found
        return None


def _ends(name: str) -> tuple[str, str]:
    words = same_name(name).split()
    return (words[0], words[-1]) if len(words) > 1 else ("", same_name(name))


def _shapes(name: str) -> list[str]:
    """The name and the name with any one letter left out: two names one letter apart share a shape."""
    return [name, *(name[:at] + name[at + 1 :] for at in range(len(name)))] if len(name) >= _SHORTEST_NEAR else []


def _is_capitalised(token: str) -> bool:
    # `d'Arcy` is a name too
    return token[0].isalpha() and (not token[0].islower() or token[1:2] in ("'", "’"))


def _without_title(words: Sequence[str]) -> str:
    first = next((at for at, word in enumerate(words) if word.casefold() not in _TITLES), len(words))
    return " ".join(words[first:])
