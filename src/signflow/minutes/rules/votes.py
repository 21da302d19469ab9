"""Votes that an item tells of: figures in running text, names under Ja and Nej, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from signflow.minutes.model import Grid, Item, Paragraph
from signflow.minutes.recognition.labels import normalised
from signflow.minutes.recognition.people import bare_name, is_name, read_people
from signflow.minutes.rules.statements import Statement, grids, statements

_EXAMINED_CHARACTERS = 4_000


class Choice(StrEnum):
    """How somebody voted."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    ABSENT = "absent"  # is counted in tables


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of a vote as the text states them.

    Attributes:
        counts: How many of each choice. A vote told as `med 12 röster mot 9` has the more under YES.
        line: Where they stand.
        quote: In which words.
        total: The number of votes that is stated beside them; None where none is.
        by_side: Whether the figures stand for winner and loser (`12 röster mot 9`), not for yes and no.
        in_decision: Whether they stand in the operative text.
    """

    counts: Mapping[Choice, int]
    line: int
    quote: str
    total: int | None = None
    by_side: bool = False
    in_decision: bool = False

    @property
    def votes(self) -> int:
        """Ayes, noes and abstentions."""
        return sum(count for choice, count in self.counts.items() if choice is not Choice.ABSENT)

    def figures(self) -> str:
        """`12–9`, with abstentions `12–9–1`."""
        shown = [self.counts.get(Choice.YES, 0), self.counts.get(Choice.NO, 0)]
        if self.counts.get(Choice.ABSTAIN):
            shown.append(self.counts[Choice.ABSTAIN])
        return "–".join(map(str, shown))


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody of whom the text says how they voted."""

    name: str
    choice: Choice
    line: int


@dataclass(frozen=True, slots=True)
class Ballot:
    """An open vote, name by name or party by party.

    Attributes:
        counts: How many of each choice, counted.
        line: Where it begins.
        quote: In which words it begins.
        voters: Those who are named and took part.
        stated: The sums that stand with the names, if any.
    """

    counts: Mapping[Choice, int]
    line: int
    quote: str
    voters: tuple[Voter, ...] = ()
    stated: Tally | None = None


_NUMBER_WORDS = {
    word: number
    for words in (
        "noll en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo",
        "zero one two three four five six seven eight nine ten eleven twelve",
    )
    for number, word in enumerate(words.split())
} | {"ett": 1, "inga": 0, "ingen": 0, "no": 0}
_N = r"(?:[0-9]{1,4}|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + ")"
_CHOICES: Mapping[Choice, str] = {
    Choice.YES: r"ja-?röst(?:er(?:na)?)?|ja|ayes?|yes(?:es)?|in\s+favour|for",
    Choice.NO: r"nej-?röst(?:er(?:na)?)?|nej|noes|nays?|no|against|emot",
    Choice.ABSTAIN: r"avstår|avstod|avstått|avstående[nr]?|nedlagda(?:\s+röster)?|blanka(?:\s+röster)?|blankröster|"
    r"abstentions?|abstain(?:s|ed|ing)?",
    Choice.ABSENT: r"frånvarande|absent",
}
_ANY = "|".join(f"(?P<{choice}>{words})" for choice, words in _CHOICES.items())
_WHO = r"(?:(?:st|ledamöter|ledamot|röster|röst|members?|votes?)\s+)?(?:som\s+|who\s+)?"
_HOW = r"(?:(?:röstar|röstade|har\s+röstat|vote[sd]?|were)\s+)?"
_NUMBER_FIRST = re.compile(rf"(?<![\w§/.,:–-])(?P<n>{_N})\s+{_WHO}{_HOW}(?:{_ANY})(?![\w-])", re.IGNORECASE)
_CHOICE_FIRST = re.compile(
    rf"(?<![\w-])(?:{_ANY})(?:\s*[:=]\s*|\s+[–-]\s+|(?<=\bja)\s+|(?<=\bnej)\s+|(?<=röster)\s+|(?<=avstår)\s+|(?<=avstod)\s+)"
    rf"(?P<n>[0-9]{{1,4}})(?![\w/:§]|[.,][0-9])",
    re.IGNORECASE,
)
_SIDES = re.compile(
    rf"\bmed\s+(?:röstsiffrorna\s+)?(?P<a>{_N})\s+(?:röster\s+)?(?:mot|emot)\s+(?P<b>{_N})\b(?!\s*(?:§|kap|%|procent|kronor))"
    rf"|\b(?P<c>{_N})\s+votes\s+to\s+(?P<d>{_N})\b"
    rf"|\bröstsiffrorna\s+(?P<e>[0-9]{{1,4}})\s*[–-]\s*(?P<f>[0-9]{{1,4}})\b",
    re.IGNORECASE,
)
_TOTALS = re.compile(
    rf"\b(?P<a>{_N})\s+(?:avgivna\s+röster|röstande\b|röster\s+(?:avgavs|avges|har\s+avgivits)|votes\s+(?:were\s+|are\s+)?cast)"
    rf"|\b(?:summa|totalt|sammanlagt|antal(?:et)?\s+(?:avgivna\s+)?röster|avgivna\s+röster|total(?:\s+votes)?|in\s+all)(?:\s+avgavs|\s+avges)?\s*[:=]?\s*"
    rf"(?P<b>[0-9]{{1,4}})(?=\s*(?:röster|votes|avgivna|[.,;)]|$))",
    re.IGNORECASE,
)
_VOTERS = re.compile(
    rf"(?:[^:]{{0,60}}\b(?:röstar|röstade|röstat|voted|voting|vote)\s+)?(?:{_ANY})(?:\s+röst(?:ar|ade))?\s*(?:\((?P<n>[0-9]{{1,4}})(?:\s+röster)?\))?\s*:?",
    re.IGNORECASE,
)
_MARKS = frozenset(["x", "✓", "✔", "•", "*", "☒", "☑", "√", "1"])
_SUM_LABELS = frozenset(
    ["summa", "totalt", "total", "totals", "sum", "antal röster", "resultat", "antal", "result", ""]
)


def read_tallies(item: Item) -> list[Tally]:
    """The figures in the item's running text, in order; figures in short lines after each other are one tally."""
    found: list[Tally] = []
    lines = _Figures()
    for statement in statements(item):
        text = statement.text[:_EXAMINED_CHARACTERS]
        pairs = _pairs(statement.part, text)
        total = _total(text)
        if not pairs and total is None:
            found += lines.closed()
        for choice, number in pairs:
            if choice in lines.counts:
                found += lines.closed()
            lines.add(choice, number, statement)
        if lines.counts and total is not None:
            lines.total = total
        found += _by_sides(statement, text)
    return [*found, *lines.closed()]


@dataclass(slots=True)
class _Figures:
    """Collects the figures of one vote."""

    counts: dict[Choice, int] = field(default_factory=dict[Choice, int])
    total: int | None = None
    opened: Statement | None = None

    def add(self, choice: Choice, number: int, statement: Statement) -> None:
        self.counts[choice] = number
        self.opened = self.opened or statement

    def closed(self) -> list[Tally]:
        """The tally, if there are both ayes and noes; the next one begins empty."""
        counts, total, opened = self.counts, self.total, self.opened
        self.counts, self.total, self.opened = {}, None, None
        if opened is None or Choice.YES not in counts or Choice.NO not in counts:
            return []
        return [Tally(counts, opened.line, opened.quote, total, in_decision=opened.is_decision)]


def _pairs(part: str, text: str) -> list[tuple[Choice, int]]:
    whole = _CHOICE_PART.fullmatch(part)
    if whole and text.strip(" .").isdecimal() and len(text) <= 6:
        return [(_choice(whole), int(text.strip(" .")))]
    orders = [list(pattern.finditer(text)) for pattern in (_NUMBER_FIRST, _CHOICE_FIRST)]
    # `12 ja 9 nej` and `ja 12 nej 9` hold the same pairs of words: the order that begins first is the writer's
    matches = min((matches for matches in orders if matches), key=lambda matches: matches[0].start(), default=[])
    return [(_choice(match), _number(match["n"])) for match in matches]


def _total(text: str) -> int | None:
    match = _TOTALS.search(text)
    return _number(match["a"] or match["b"]) if match else None


def _by_sides(statement: Statement, text: str) -> Iterator[Tally]:
    for match in _SIDES.finditer(text):
        sides = sorted((_number(number) for number in match.groups() if number), reverse=True)
        counts = {Choice.YES: sides[0], Choice.NO: sides[1]}
        yield Tally(counts, statement.line, statement.quote, by_side=True, in_decision=statement.is_decision)


_CHOICE_PART = re.compile(rf"(?:{_ANY})", re.IGNORECASE)


def _choice(match: re.Match[str]) -> Choice:
    return next(choice for choice in Choice if match[choice.value])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBER_WORDS[text.lower()]


def read_ballots(item: Item) -> list[Ballot]:
    """The open votes of the item: those that tables show, and those that lines of names do (taken as one vote)."""
    listed = _listed(item)
    tables = (ballot for grid in grids(item) for ballot in _table(grid))
    return [*([listed] if listed else []), *tables]


def _listed(item: Item) -> Ballot | None:
    voters: list[Voter] = []
    sums: dict[Choice, int] = {}
    first: Statement | None = None
    for statement in statements(item):
        match = _CHOICE_PART.fullmatch(statement.part) if statement.part else None
        rest = statement.text
        label = match or _VOTERS.match(statement.text[:_EXAMINED_CHARACTERS])
        if label and not match:
            rest = statement.text[label.end() :] if label[0].endswith(":") else ""
            if label["n"]:
                sums[_choice(label)] = int(label["n"])
        people = read_people(rest, statement.line) if label and rest else ()
        names = [person.name for person in people if " " in person.name]
        if label and names and len(names) == len(people):
            first = first or statement
            voters += [Voter(name, _choice(label), statement.line) for name in names]
    if first is None:
        return None
    return Ballot(_counted(voters), first.line, first.quote, tuple(voters), _stated(sums, first))


def _counted(voters: list[Voter]) -> dict[Choice, int]:
    return {choice: sum(voter.choice is choice for voter in voters) for choice in Choice}


def _stated(sums: Mapping[Choice, int], statement: Statement) -> Tally | None:
    return Tally(sums, statement.line, statement.quote) if sums else None


def _table(grid: Grid) -> Iterator[Ballot]:
    head = grid.rows[0] if grid.rows else ()
    columns = {at: choice for at, cell in enumerate(head) if (choice := _cell_choice(cell))}
    at_vote = next((at for at, cell in enumerate(head) if normalised(cell.text) in ("röst", "vote")), None)
    if {Choice.YES, Choice.NO} <= set(columns.values()):
        yield _by_columns(grid, columns)
    elif at_vote is not None:
        yield _by_value(grid, at_vote)
    else:
        counts = {choice: int(row[1].text) for row in grid.rows if (choice := _row_choice(row))}
        if {Choice.YES, Choice.NO} <= set(counts):
            yield Ballot(counts, grid.line, _quoted(head))


def _row_choice(row: tuple[Paragraph, ...]) -> Choice | None:
    return _cell_choice(row[0]) if len(row) > 1 and row[1].text.isdecimal() and len(row[1].text) <= 4 else None


def _quoted(row: tuple[Paragraph, ...]) -> str:
    return " ".join(cell.text for cell in row if cell.spans)


def _cell_choice(cell: Paragraph) -> Choice | None:
    match = _CHOICE_PART.fullmatch(normalised(cell.text))
    return _choice(match) if match else None


def _by_columns(grid: Grid, columns: Mapping[int, Choice]) -> Ballot:
    voters: list[Voter] = []
    counts = dict.fromkeys(Choice, 0)
    stated: Tally | None = None
    for row in grid.rows[1:]:
        labels = [cell for at, cell in enumerate(row) if at not in columns and cell.spans]
        values = {choice: row[at].text.strip() for at, choice in columns.items() if at < len(row)}
        figures = {choice: int(text) for choice, text in values.items() if text.isdecimal() and len(text) <= 4}
        if figures and normalised(labels[0].text if labels else "") in _SUM_LABELS:
            stated = Tally(figures, next(cell.line for cell in row if cell.spans), _quoted(row))
            continue
        name = next((cell for cell in labels if is_name(bare_name(cell.text))), None)
        for choice, text in values.items():
            if text.casefold() in _MARKS or _CHOICE_PART.fullmatch(text):
                counts[choice] += 1
                voters += [Voter(bare_name(name.text), choice, name.line)] if name else []
            else:
                counts[choice] += figures.get(choice, 0)
    if stated and len(grid.rows) == 2:
        counts, stated = {**counts, **stated.counts}, None
    return Ballot(counts, grid.line, _quoted(grid.rows[0]), _taking_part(voters), stated)


def _by_value(grid: Grid, at: int) -> Ballot:
    voters = [
        Voter(bare_name(row[0].text), choice, row[0].line)
        for row in grid.rows[1:]
        if at < len(row) and row[0].spans and (choice := _cell_choice(row[at]))
    ]
    return Ballot(_counted(voters), grid.line, _quoted(grid.rows[0]), _taking_part(voters))


def _taking_part(voters: list[Voter]) -> tuple[Voter, ...]:
    return tuple(voter for voter in voters if voter.choice is not Choice.ABSENT)
