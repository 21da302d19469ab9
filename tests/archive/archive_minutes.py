"""Made-up minutes of made-up municipalities, as many as are wanted: the same for the same seed, no two alike.

The words are those that such minutes use; what is common in them is common here (the vocabulary is drawn by Zipf's law).
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.archive.description import Description
from signflow.archive.package import ArchivedItem

_ORGANS = (
    "Kommunstyrelsen", "Kommunfullmäktige", "Barn- och utbildningsnämnden", "Samhällsbyggnadsnämnden", "Socialnämnden",
    "Kultur- och fritidsnämnden", "Miljönämnden", "Valnämnden", "Tekniska nämnden", "Överförmyndarnämnden",
)  # fmt: skip
_PLACES = (
    "Hagaberg",
    "Åsby",
    "Östanvik",
    "Ängsholm",
    "Lillsjön",
    "Norrtorp",
    "Söderåsen",
    "Björkhult",
    "Mölnlund",
    "Ekerud",
)
_FIRST = (
    "Åsa", "Björn", "Östen", "Karin", "Édith", "Zoë", "Per-Erik", "Malin", "Anders", "Ingrid", "Mohammed", "Fatima",
    "Göran", "Ulla", "Örjan", "Lena", "Märta", "Sven", "Amina", "Jörgen",
)  # fmt: skip
_LAST = (
    "Öberg", "Ångström", "Lindqvist", "Nyström", "af Ekenstam", "Bäck", "O’Neill", "Ahlgren", "Sjöö", "Hansson", "Ek",
    "Ali", "Wåhlin", "Törnkvist", "Brännström", "Häll", "Von Essen", "Rydén", "Lööf", "Skoog",
)  # fmt: skip
_THINGS = (
    "förskola", "skola", "bygglov", "detaljplan", "taxa", "budget", "avtal", "motion", "medborgarförslag", "remiss",
    "årsredovisning", "delårsrapport", "internkontroll", "policy", "reglemente", "markanvisning", "vattenledning",
    "avloppsverk", "cykelväg", "idrottshall", "bibliotek", "äldreboende", "hemtjänst", "färdtjänst", "snöröjning",
    "parkering", "översiktsplan", "strandskydd", "tillsyn", "upphandling", "investering", "borgen", "lokalförsörjning",
    "näringsliv", "turism", "renhållning", "brandstation", "gymnasium", "fritidsgård", "badplats", "miljöpris", "vindkraft",
)  # fmt: skip
_ACTS = (
    "bifalla förslaget", "avslå överklagandet", "återremittera ärendet", "godkänna rapporten", "anta taxan", "lägga rapporten till handlingarna",
    "uppdra åt förvaltningen att återkomma", "upphäva det tidigare beslutet", "bevilja ansökan", "anse motionen besvarad",
)  # fmt: skip
_COMMON_WORDS = (
    "och att i det som på är av för med till den har de inte om ett ska kommunen förvaltningen nämnden beslut ärendet enligt"
    " samt från vid kan under förslag till en men även sedan inom efter mellan genom bör år kronor verksamheten arbetet behov"
    " tjänsteskrivelse ordföranden yrkar bifall ledamoten redovisar informerar medborgarna eleverna barnen kostnaderna planen"
    " området fastigheten byggnaden vägen lokalerna avtalet entreprenören leverantören upphandlingen bidraget föreningen"
)
_BEGINNINGS = (
    "barn", "bygg", "vatten", "skol", "miljö", "trafik", "fastighets", "park", "energi", "kultur", "mark", "vård", "ung", "drift",
    "ekonomi", "personal", "natur", "hamn", "skogs", "livsmedels", "bostads", "väg", "gatu", "social", "arbets", "kost", "data",
)  # fmt: skip
_ENDS = (
    "frågor", "planen", "enhet", "ansvaret", "kostnad", "underhåll", "tillsynen", "avgifter", "område", "programmet", "stöd", "utredningen",
    "rådet", "yta", "kontrollen", "chefen", "behovet", "mål", "rapporten", "lösning", "arbete", "stråket", "bolaget", "miljön", "säkerhet",
)  # fmt: skip
_FIRST_DAY = dt.date(1995, 1, 9)
_DAYS = 30 * 365


@dataclass(frozen=True, slots=True)
class _Language:
    words: Sequence[str]
    cumulated: Sequence[float]


def _language() -> _Language:
    compounds = [begin + middle + end for middle in ("", "nings", "verks") for begin in _BEGINNINGS for end in _ENDS]
    rare = [f"{place.lower()}{end}" for place in _PLACES for end in _ENDS]
    words = [*_COMMON_WORDS.split(), *_THINGS, *compounds, *rare]
    total, cumulated = 0.0, []
    for rank, _ in enumerate(words, 2):
        total += 1 / rank
        cumulated.append(total)
    return _Language(words, cumulated)


_LANGUAGE = _language()


def made_up_minutes(count: int, seed: int = 1, *, items: int = 8, words: int = 60) -> Iterator[Description]:
    """Descriptions of `count` meetings.

    Args:
        count: How many.
        seed: Other minutes for another.
        items: How many items there are on average.
        words: How many words an item has on average.
    """
    dice = random.Random(seed)  # noqa: S311 — made-up minutes, no secrets
    towns = [f"{place} {kind}" for place in _PLACES for kind in ("kommun", "stad")]
    people = [f"{first} {last}" for first in _FIRST for last in _LAST]
    for number in range(count):
        organ = dice.choice(_ORGANS)
        day = _FIRST_DAY + dt.timedelta(days=dice.randrange(_DAYS))
        first = dice.randrange(1, 200)
        agenda = tuple(
            _item(dice, first + at, day.year, words)
            for at in range(dice.randrange(max(1, items // 2), items * 3 // 2 + 1))
        )
        yield Description(
            document_id=f"m{seed:02}{number:08}",
            title=f"Protokoll {organ} {day.isoformat()}",
            body=f"{organ} i {dice.choice(towns)}",
            minutes_class="protocol" if dice.random() < 0.8 else "notes",
            language="sv",
            date=day.isoformat(),
            people=tuple(dict.fromkeys(dice.choices(people, k=dice.randrange(5, 18)))),
            items=agenda,
            text=f"Sammanträdesrummet {dice.choice(_PLACES)}",
        )


def _item(dice: random.Random, number: int, year: int, words: int) -> ArchivedItem:
    thing, place = dice.choice(_THINGS), dice.choice(_PLACES)
    title = f"{thing.capitalize()} i {place}"
    decision = f"{dice.choice(('Att', 'att'))} {dice.choice(_ACTS)} om {thing} i {place}."
    running = " ".join(
        dice.choices(_LANGUAGE.words, cum_weights=_LANGUAGE.cumulated, k=dice.randrange(words // 2, words * 2))
    )
    diary = f"Dnr KS {year}/{dice.randrange(1, 900):05}"
    return ArchivedItem(f"§ {number}", title, f"§ {number} {title} {diary} {running}. Beslut {decision}", (decision,))
