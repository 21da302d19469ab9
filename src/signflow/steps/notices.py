"""The notice of the adjustment: what it says, that it is up, and that it comes down when its time has passed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from signflow.minutes.model import Role
from signflow.rounds.events import NoticePosted, NoticeTakenDown
from signflow.rounds.model import Document
from signflow.rounds.notices import announced_apart, last_day_up, take_down_due
from signflow.rounds.outcome import Decision, Outcome
from signflow.steps.ports import Ports, record
from signflow.steps.read_apart import read_apart
from signflow.texts import Language


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """What stands on the notice board, in the language of the minutes.

    Attributes:
        title: Its heading.
        lead: That the minutes are adjusted.
        facts: Label and value of each line.
        appeal: How long the decisions can be appealed against, and where.
    """

    language: Language
    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    appeal: str


def items_of(ports: Ports, document: Document) -> str:
    """Which items the notice is of, as `1–7, 9`: those of the minutes but for those that had a notice of their own.

    Empty where they are not numbered. Reads the text.
    """
    draft = document.draft
    minutes = read_apart(ports.blobs.get(draft.source), draft.filename).minutes
    numbers = {item.number for item in (minutes.items if minutes else ()) if item.number is not None}
    return ranges(numbers - announced_apart(document))


def ranges(numbers: Iterable[int]) -> str:
    """The numbers in order, each once, those that follow on each other as `1–7`."""
    runs = itertools.groupby(enumerate(sorted(set(numbers))), key=lambda pair: pair[1] - pair[0])
    bounds = ([number for _, number in run] for _, run in runs)
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in bounds)


def notice_sheet(ports: Ports, document: Document, items: str, posted_on: dt.date) -> NoticeSheet | None:
    """What the notice says if it is put up on that day; None where the law wants none.

    Args:
        ports: What the step works with.
        document: Adjusted minutes.
        items: Which items they have, as `items_of` says.
        posted_on: When the notice was, or is to be, put up.
    """
    last = last_day_up(document.minutes_class, posted_on)
    if last is None or document.adjusted_at is None:
        return None
    t = ports.texts[document.language]
    seats = document.round.seats if document.round else ()
    secretary = next((seat.person for seat in seats if seat.role is Role.SECRETARY), "")
    organisation = ports.organisation
    told = {
        "body": document.body,
        "meeting": t.date(document.meeting_on) if document.meeting_on else "",
        "items": items,
        "apart": ranges(announced_apart(document)),
        "adjusted": t.date(t.day(document.adjusted_at)),
        "posted": t.date(posted_on),
        "down": t.date(last + dt.timedelta(days=1)),
        "kept": ", ".join(filter(None, (ports.policy.notices.kept_at, organisation))),
        "secretary": secretary,
    }
    return NoticeSheet(
        language=document.language,
        title=t("notice.sheet.title", body=document.body or organisation),
        lead=t("notice.sheet.lead"),
        facts=tuple((t(f"notice.sheet.{name}"), value) for name, value in told.items() if value),
        appeal=t("notice.sheet.appeal", last=t.date(last)),
    )


def sheet_as_text(sheet: NoticeSheet) -> str:
    """The notice as plain text, to be pasted anywhere."""
    facts = "\n".join(f"{label}: {value}" for label, value in sheet.facts)
    return f"{sheet.title}\n\n{sheet.lead}\n\n{facts}\n\n{sheet.appeal}\n"


def post_notice(ports: Ports, document_id: str, on: dt.date, place: str, by: str) -> Outcome:
    """Say that the notice is up since that day on that board; on signflow's own, today, where the place is empty.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, NoticePosted(on, place, by))


def take_down_notice(ports: Ports, document_id: str, on: dt.date, by: str) -> Outcome:
    """Say that the notice was taken down on that day.

    Raises:
        NotFoundError: There is no such document.
    """
    return record(ports, document_id, NoticeTakenDown(on, by))


def take_down_notices(ports: Ports) -> int:
    """Take down what is on our board and need not stay; how many notices that were. Run twice it is done once.

    Raises:
        StaleError: A document kept changing.
        UnavailableError: The database does not answer now.
    """
    today = ports.policy.notices.day(ports.clock())
    taken = 0
    for document in ports.store.notices_on_our_board():
        event = take_down_due(document, today)
        taken += event is not None and isinstance(record(ports, document.id, event), Decision)
    return taken
