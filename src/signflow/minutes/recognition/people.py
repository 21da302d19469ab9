"""Rows of an attendance list → persons. Every word of the row is in `lead`, `name` or `affiliation`, in that order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from signflow.minutes.blocks import Row
from signflow.minutes.model import Person
from signflow.minutes.recognition.labels import COLUMNS, front_kind
from signflow.minutes.recognition.vocabulary import LISTS

_NAME_WORDS = 8
_NAME_CHARACTERS = 80
_NOT_IN_NAMES = re.compile(r"[0-9@?!_/]")
# what stands after a name and says for what or for whom the person was there, not whom the person represents
_FOR = r"(?:ersätter|ersättare för|i stället för|replacing|replaces|deputising for|substitute for)\b"
_WHEN = (
    r"(?:§|kl\b|(?:från|till|fr\.o\.m\.|t\.o\.m\.|from|until)\s+(?:och med\s+)?(?:kl|§|item|[0-9])|tjänstgör|items?\s[0-9]"
    r"|[0-9]{1,2}[.:][0-9]{2}|[0-9]{1,6}\s?[-–])"
)
_AFTER_NAME = re.compile(rf",\s*|\s(?=[(\[])|\s[-–—]\s|:\s+|;\s*|\s(?={_FOR}|{_WHEN})", re.IGNORECASE)
_STOOD_IN = re.compile(rf"(?:^|(?<=[\s,;])){_FOR}.*", re.IGNORECASE | re.DOTALL)
_PRESENCE = re.compile(rf"(?:^|(?<=\s)){_WHEN}.*|^[0-9]+$|^\s*x\s*$", re.IGNORECASE | re.DOTALL)
_AFFILIATION_PARTS = re.compile(r"[,;()\[\]]")
_BETWEEN_NAMES = re.compile(r"\s*[,;]\s*(?:(och|samt|and)\s+)?|\s+(och|samt|and)\s+")
_NUMBER = re.compile(r"([0-9]{1,4}[.)]?)\s+")
_PARTICLES = re.compile(
    "a[flvp]|v[ao]n|d[eaiou]|de[rnl]|d[ao]s|della|l[ae]|el|bint?|ibn|abu|ben|y|i|e|zur?|te[rn]?|[A-Za-z]['’].+"
)
_TITLES = (
    "direktör",
    "chef",
    "sekreterare",
    "ekonom",
    "strateg",
    "ledare",
    "arkitekt",
    "ingenjör",
    "handläggare",
    "jurist",
    "controller",
    "samordnare",
    "utredare",
    "rektor",
    "revisor",
    "planerare",
    "inspektör",
    "assistent",
    "ordförande",
    "manager",
    "officer",
    "secretary",
)
_ROLES = frozenset(
    [
        "ordförande",
        "v. ordförande",
        "v ordf",
        "ordf",
        "ordf.",
        "vice ordf",
        "förste vice ordförande",
        "sekreterare",
        "sekr",
        "sekr.",
        "justerare",
        "ledamot",
        "ersättare",
        "tjänstgörande ersättare",
        "adjungerad",
        "föredragande",
        "gäst",
        "inbjuden",
        "suppleant",
        "protokollförare",
        "antecknare",
        "chair",
        "chairperson",
        "chairman",
        "chairwoman",
        "vice chair",
        "deputy chair",
        "secretary",
        "adjuster",
        "member",
        "substitute",
        "guest",
        "minute-taker",
        "note-taker",
    ]
)
_COLUMN_HEADINGS = frozenset(
    [
        "namn",
        "name",
        "deltagare",
        "participant",
        "kommun",
        "municipality",
        "organisation",
        "organization",
        "roll",
        "role",
        "funktion",
        "function",
        "titel",
        "title",
        "parti",
        "party",
        "befattning",
        "uppdrag",
        "position",
        "närvarande",
        "present",
        "nr",
        "no",
        "#",
        "företräder",
        "representing",
        "anmärkning",
        "note",
        "notes",
        "närvaro",
        "jäv",
        "§",
        "§§",
        "paragraf",
        "paragrafer",
        "items",
        "tjänstgör för",
        "tjänstgörande för",
        "ersätter",
        "replaces",
        "replacing",
        "tid",
        "kl",
        "underskrift",
        "signatur",
        "signature",
    ]
)


def is_role(text: str) -> bool:
    """Whether the text is a word for a person's part in a meeting."""
    words = " ".join(text.casefold().split())
    return words in _ROLES or words.endswith(("ordförande", "sekreterare", " secretary"))


def is_name(text: str) -> bool:
    """Whether the text can be a person's name: few words, each beginning as names do, no figures, no sentence."""
    words = text.split()
    if not words or len(words) > _NAME_WORDS or len(text) > _NAME_CHARACTERS or _NOT_IN_NAMES.search(text):
        return False
    if (text.endswith(".") and len(words[-1]) > 3) or text.endswith((":", ",")) or words[0][0].islower():
        return False
    return text[0].isalpha() and all(not word[0].islower() or _PARTICLES.fullmatch(word) for word in words)


def bare_name(text: str) -> str:
    """The name without what stands after it: `Anna Ek (S), ledamot` → `Anna Ek`."""
    return _AFTER_NAME.split(text.strip(" \t_.…"), maxsplit=1)[0].strip()


def same_name(name: str) -> str:
    """The form in which names are compared."""
    return " ".join(name.casefold().split())


def is_heading_row(cells: Sequence[Row]) -> bool:
    """Whether the cells are headings of an attendance table's columns."""
    words = [" ".join(cell.text.casefold().split()) for cell in cells if cell.spans]
    return bool(words) and all(word in _COLUMN_HEADINGS or front_kind(word) in LISTS for word in words)


def read_person(row: Row, *, in_columns: bool = False, marker: str = "") -> Person | None:
    """The person of a row; None if the row does not read like one.

    Args:
        row: A line, with tabs or two spaces between its columns, or with commas, brackets or a dash after the name.
        in_columns: Whether the row is one of a table, so that its first column is a name however it looks.
        marker: The list's number before it.
    """
    cells = [cell.strip() for cell in COLUMNS.split(row.text) if cell.strip()]
    if not cells:
        return None
    lead = marker
    numbered = _NUMBER.match(cells[0])
    if not marker and len(cells) > 1 and cells[0].strip(".)").isdecimal():
        lead = cells.pop(0)
    elif not marker and numbered and (len(cells) > 1 or " " in cells[0][numbered.end() :]):
        lead, cells[0] = numbered[1], cells[0][numbered.end() :]
    title, cells[0] = _without_title(cells[0])
    lead = f"{lead} {title}".strip()
    name, tail = _divided(cells[0])
    columns = in_columns or len(cells) > 1
    plausible = _could_be_name(name) if columns else is_name(name) and _is_short(tail)
    return person(name, ", ".join(filter(None, (tail, *cells[1:]))), row.line, lead) if plausible else None


def person(name: str, affiliation: str, line: int, lead: str = "") -> Person:
    """The person with that affiliation, divided into organisation and role."""
    if not affiliation:
        return Person(name, "", "", _role_of(lead), line, lead)
    parts = [_PRESENCE.sub("", part).strip() for part in _AFFILIATION_PARTS.split(_STOOD_IN.sub("", affiliation))]
    parts = [part for part in parts if part]
    role = next((part for part in parts if is_role(part)), "") or _role_of(lead)
    organisation = ", ".join(part for part in parts if part != role)
    return Person(name, affiliation, organisation, role, line, lead)


def _role_of(lead: str) -> str:
    return next((word for word in lead.split() if is_role(word)), "")


def read_people(text: str, line: int) -> tuple[Person, ...]:
    """The persons of a running list, `Anna Ek (ordförande), Bo Berg och Carl Dal`; empty if it does not read like one."""
    people: list[Person] = []
    for joint, whole in _parts(" ".join(text.split())):
        title, part = _without_title(whole)
        lead = f"{joint} {title}".strip()
        name, tail = _divided(part)
        named = is_name(name)
        if people and (not named or is_role(name) or (" " not in name and " " in people[0].name)):
            last = people.pop()
            affiliation = ", ".join(filter(None, (last.affiliation, f"{joint} {whole}".strip())))
            people.append(person(last.name, affiliation, line, last.lead))
        elif named:
            people.append(person(name, tail, line, lead))
        else:
            return ()
    return tuple(people)


def _parts(text: str) -> list[tuple[str, str]]:
    """The text cut at commas and `och` outside brackets, each part with the `och` before it."""
    parts: list[tuple[str, str]] = []
    start, lead = 0, ""
    closed_until = 0
    for match in _BETWEEN_NAMES.finditer(text):
        opened = text.find("(", closed_until, match.start())
        if opened >= 0:
            closing = text.find(")", opened)
            if closing > match.start():
                continue
            closed_until = closing + 1 if closing >= 0 else len(text)
        parts.append((lead, text[start : match.start()].strip()))
        start, lead = match.end(), match[1] or match[2] or ""
    parts.append((lead, text[start:].strip().removesuffix(".")))
    return [(lead, part) for lead, part in parts if part or lead]


def _divided(cell: str) -> tuple[str, str]:
    match = _AFTER_NAME.search(cell)
    return (cell[: match.start()].strip(), cell[match.end() :].strip()) if match else (cell.strip(), "")


def _without_title(text: str) -> tuple[str, str]:
    """The title before a name, and the rest: `kommunsekreterare Linda Mattila`, `chef för drift Bo Ek`; mostly none."""
    words = text.split()
    begins_low = text[:1].islower()
    count = next((at for at, word in enumerate(words) if not word[0].islower()), 0) if begins_low else 1
    is_title = any(word.casefold().endswith(_TITLES) for word in words[:count])
    rest = " ".join(words[count:])
    fits = is_title and is_name(_divided(rest)[0]) and not is_role(_divided(rest)[0])
    return (
        (" ".join(words[:count]), rest) if fits and (begins_low or len(_divided(rest)[0].split()) > 1) else ("", text)
    )


def _could_be_name(text: str) -> bool:
    return text[:1].isalpha() and len(text) <= _NAME_CHARACTERS and len(text.split()) <= _NAME_WORDS


def _is_short(tail: str) -> bool:
    return len(tail) <= 120 and not (tail.endswith(".") and len(tail.split()) > 4)
