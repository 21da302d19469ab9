"""Which items nobody would look for motions or dissents in: the meeting arranges itself, or only takes note."""

from __future__ import annotations

import re

from signflow.minutes.model import Item, Paragraph

_MEETING = r"(?:sammanträdet|mötet|årsmötet|årsstämman|stämman|föreningsstämman)"
_OFFICER = r"(?:juster\w*|\w*rösträknare|mötesordförande|mötessekreterare|protokollförare)"
_MATTERS = (
    rf"(?:{_MEETING}s\s+|sammanträdes)?(?:öppnande|avslutande|avslutning|avslut)(?:\s+av\s+{_MEETING})?",
    rf"{_MEETING}\s+(?:öppnas|öppnades|avslutas|avslutades)",
    r"(?:upprop|närvaro)(?:\s+(?:och\s+)?(?:av\s+)?närvarande)?",
    r"(?:(?:fastställande|justering|godkännande)\s+av\s+)?röstlängd(?:en)?(?:\s+för\s+\w+)?",
    rf"(?:fråga\s+)?om\s+{_MEETING}s?\s+.*utlys\w*|{_MEETING}s\s+(?:behöriga\s+)?utlys\w+|mötets\s+behörighet",
    rf"(?:val|utseende)\s+av\s+(?:\w+\s+){{0,4}}{_OFFICER}(?:\s+(?:tillika|för\s+\w+))?",
    rf"val\s+av\s+(?:ordförande|sekreterare)\s+(?:för|vid|på)\s+{_MEETING}",
    r"(?:tid\s+(?:och\s+plats\s+)?för\s+)?(?:protokolls)?justering(?:\s+av\s+(?:dagens\s+)?protokoll(?:et)?)?",
    r"(?:(?:godkännande|fastställande|ändring(?:ar)?)\s+av\s+)?(?:dagordning|föredragningslista|ärendelista)(?:e?n)?",
    r"(?:(?:godkännande|genomgång|uppföljning)\s+av\s+)?(?:föregående|förra|tidigare)\s+(?:\w+\s+)?(?:protokoll|\w*anteckningar)",
    r"(?:tid\s+för\s+)?nästa\s+(?:möte|sammanträde)",
    r"(?:opening|closing|close)(?:\s+of\s+(?:the\s+)?meeting)?|roll\s+call|apologies(?:\s+for\s+absence)?|welcome",
    r"(?:date\s+(?:and\s+time\s+)?of\s+(?:the\s+)?)?next\s+meeting",
    r"(?:(?:adoption|approval)\s+of\s+(?:the\s+)?)?(?:agenda|minutes\s+of\s+the\s+(?:previous|last)\s+meeting)",
    r"(?:election|appointment)\s+of\s+(?:\w+\s+){0,3}(?:adjusters?|tellers?)",
    r"(?:election|appointment)\s+of\s+(?:a\s+)?(?:chair|secretary)\s+(?:of|for)\s+the\s+meeting",
)
_MATTER = rf"(?:{'|'.join(_MATTERS)})"
_FORMAL_TITLE = re.compile(rf"{_MATTER}(?:(?:,|\s+(?:och|samt|and))\s+{_MATTER}){{0,3}}\.?", re.IGNORECASE)
_TITLE_CHARACTERS = 100
_TAKES_NOTE = re.compile(
    r"\btill\s+handlingarna\b|\bnoter(?:a|ar|as|ades|ade)\b|\b(?:ta|tar|tog|tagit)\s+del\s+av\b|\btacka[rd]?e?\s+för\b"
    r"|\b(?:take|takes|took)\s+note\b|\b(?:be|is|was|are|were)\s+noted\b|\bnote[sd]?\s+the\b|\bplaced?\s+on\s+file\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\batt\b", re.IGNORECASE)
_NOTE_CHARACTERS = 200
_UNANIMOUS = re.compile(
    r"\benhällig|\bunanimous|\b(?:alla|samtliga)\s+ledamöter\s+(?:är|var)\s+ense|\bnemine\s+contradicente",
    re.IGNORECASE,
)


def has_formal_title(item: Item) -> bool:
    """Whether the item is by its title what a meeting does for its own sake; it may go without a word."""
    return len(item.title) <= _TITLE_CHARACTERS and _FORMAL_TITLE.fullmatch(item.title.strip()) is not None


def is_formal(item: Item) -> bool:
    """Whether the item's title is such, or each of its decisions only takes note."""
    return has_formal_title(item) or (bool(item.decisions) and all(map(_only_takes_note, item.decisions)))


def says_unanimous(text: str) -> bool:
    """Whether a sentence says that all agreed; then there were neither other motions nor dissents."""
    return bool(_UNANIMOUS.search(text))


def _only_takes_note(decision: Paragraph) -> bool:
    text = decision.text
    return len(text) <= _NOTE_CHARACTERS and bool(_TAKES_NOTE.search(text)) and len(_CLAUSE.findall(text)) <= 1
