"""What a letter with extracts says, and what goes with it.

What the web copy hides stands neither in the letter nor in the names of its files: of an item that holds such a passage the
number alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from signflow.blobs import PDF
from signflow.mail.message import Attachment
from signflow.minutes.model import Role
from signflow.minutes.redaction import redact_text
from signflow.rounds.letters import Letter
from signflow.rounds.model import Document
from signflow.rounds.sendings import Sending, SentItem, names_of
from signflow.steps.ports import Ports
from signflow.texts import Texts

_DOORS = frozenset({"web", "command line"})


def extract_words(ports: Ports, document: Document, letter: Letter) -> Mapping[str, object]:
    """The words of a letter with extracts."""
    texts = ports.texts[ports.language]
    sending = document.sendings[letter.sending - 1]
    masked = tuple(item for item in sending.items if item.masked)
    word = texts("copies.mask")
    title, body = redact_text(document.title, word), redact_text(document.body, word)
    organisation = ports.organisation
    met = texts.date(document.meeting_on) if document.meeting_on else ""
    facts = {
        "body": body,
        "meeting_date": met,
        "adjusted_on": texts.date(texts.day(document.adjusted_at)) if document.adjusted_at else "",
        "items": "\n".join(_told(item) for item in sending.items),
        "sent_by": ", ".join(filter(None, (_secretary(document, sending), organisation))),
    }
    kind = "one" if len(sending.items) == 1 else "many"
    return {
        "title": title,
        "items": names_of(sending.items),
        "lead": texts(f"mail.extract.lead_{kind}", title=title, organisation=organisation),
        "facts": {label: value for label, value in facts.items() if value},
        "masked": texts("mail.extract.masked", items=names_of(masked), word=word) if masked else "",
        "digest": document.archived.pdf.digest if document.archived else "",
        "verify": f"{ports.public_url}/verify",
    }


def extracts_attached(ports: Ports, document: Document, letter: Letter) -> tuple[Attachment, ...]:
    """The extracts, as they were made when they were sent for.

    Raises:
        IntegrityError: One is not what it was.
        UnavailableError: The disk does not answer now.
    """
    items = document.sendings[letter.sending - 1].items
    texts = ports.texts[document.language]
    return tuple(Attachment(file_name(texts, document, item), ports.blobs.get(item.pdf), PDF) for item in items)


def file_name(texts: Texts, document: Document, item: SentItem) -> str:
    """`Utdrag, § 12 Protokoll från Miljönämnden 2026-05-06.pdf`: the number comes first, as long names are cut."""
    title = redact_text(document.title, texts("copies.mask"))
    day = str(document.meeting_on or "")
    about = " ".join(part for part in (title, "" if day in title else day) if part)
    return f"{texts('copies.extract.title', item=item.label, title=about or document.id)}.pdf"


def _told(item: SentItem) -> str:
    return f"{item.label} {item.title}".rstrip()


def _secretary(document: Document, sending: Sending) -> str:
    """Who sent it, by name; where people do not sign in, the secretary of the minutes."""
    if sending.by not in _DOORS:
        return sending.by
    seats = document.round.seats if document.round else ()
    return next((seat.person for seat in seats if seat.role is Role.SECRETARY), "")
