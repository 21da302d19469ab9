"""Minutes of a meeting that the story is about: another body, other people and other items for each window it is told in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

_WEEKDAYS = ("Måndagen", "Tisdagen", "Onsdagen", "Torsdagen", "Fredagen", "Lördagen", "Söndagen")
_MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
_BODIES = ("Miljönämnden", "Kultur- och fritidsnämnden", "Byggnadsnämnden", "Äldrenämnden")
_FIRST = ("Åsa", "Göran", "Märta", "Öyvind", "Björn", "Zoë", "Håkan", "Élise", "Sjöfn", "Ängla")
_LAST = ("Öberg", "Hägglöf", "Sandström", "Åkerlund", "Lindén", "Mårtensson", "Bäckström", "Nyström", "Järv", "Thorén")
_ITEMS = (
    ("Cykelbanor vid skolorna", "Cykelbanor ska finnas vid varje skola senast i september.", "cykelbanan"),
    ("Avgift för lekplatser", "Lekplatser i tätorten får en gemensam avgift.", "lekplatsen"),
    ("Bidrag till föreningar", "Föreningar som söker bidrag får svar inom en månad.", "föreningen"),
    ("Utredning om badhusen", "Badhusen ska utredas tillsammans med grannkommunen.", "badhus"),
)


@dataclass(frozen=True, slots=True)
class StoryMinutes:
    """What the minutes say, and what is to be done with it.

    Attributes:
        body: The body that met.
        secretary, chair, first, second: Those who sign; the last two adjust.
        stand_in: Who is not at the meeting, and may stand in.
        items: Heading and decision of each item, the number of the first being 41.
        search: Another inflection of the first word of the first item's decision.
        meeting_on: The day of the meeting.
    """

    body: str
    secretary: str
    chair: str
    first: str
    second: str
    stand_in: str
    items: tuple[tuple[str, str], ...]
    search: str
    meeting_on: dt.date

    @property
    def title(self) -> str:
        return f"Protokoll från {self.body}"

    @property
    def second_item(self) -> str:
        """The second item as its heading calls it."""
        return f"§ 42 {self.items[1][0]}"

    @property
    def decided(self) -> str:
        """The second item's decision, which an adjuster objects to."""
        return self.items[1][1]

    @property
    def proposed(self) -> str:
        """What that adjuster wants it to say."""
        return self.decided.replace(".", ", men först efter samråd med de boende.")

    def misspelt(self) -> str:
        """The draft with the last signatory's name misspelt."""
        return f"{self.text()[:-1]}s\n"

    def text(self) -> str:
        """The draft as it should be."""
        day = self.meeting_on
        when = f"{_WEEKDAYS[day.weekday()]} den {day.day} {_MONTHS[day.month - 1]} {day.year}"
        items = "\n".join(
            f"## § {number} {heading}\n\n### Beslut\n\n{decision}\n"
            for number, (heading, decision) in enumerate(self.items, start=41)
        )
        people = "\n\n".join(
            (
                f"Vid protokollet\n\n{self.secretary}",
                f"Ordförande\n\n{self.chair}",
                f"Justerare\n\n{self.first}",
                self.second,
            )
        )
        return (
            f"# {self.title}\n\nTid: {when} kl. 09.00–11.00\nPlats: Kommunhuset\n\n## Beslutande\n\n"
            f"{self.chair}, ordförande\n{self.first}\n{self.second}\n\n"
            f"## Övriga närvarande\n\n{self.secretary}, sekreterare\n\n{items}\n{people}\n"
        )


def story_minutes(seed: str) -> StoryMinutes:
    """Minutes of a few days ago; which body, people and items follows from the seed."""
    chosen = Random(seed)  # noqa: S311 -- which names a test takes is no secret
    names = [f"{first} {last}" for first, last in zip(chosen.sample(_FIRST, 5), chosen.sample(_LAST, 5), strict=True)]
    items = chosen.sample(_ITEMS, 3)
    return StoryMinutes(
        chosen.choice(_BODIES),
        *names,
        items=tuple((heading, decision) for heading, decision, _ in items),
        search=items[0][2],
        meeting_on=_last_weekday(dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)),
    )


def _last_weekday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))
