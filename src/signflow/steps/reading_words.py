"""What letters to readers say."""

from __future__ import annotations

from collections.abc import Mapping

from signflow.rounds.letters import Letter, LetterKind
from signflow.rounds.model import Document, RoundEnd
from signflow.steps.ports import Ports


def reading_words(ports: Ports, document: Document, letter: Letter) -> Mapping[str, object]:
    """The words of a letter to a reader."""
    texts = ports.texts[ports.language]
    reader = document.readers[letter.reader - 1]
    facts = {
        "title": document.title,
        "body": document.body,
        "meeting_date": texts.date(document.meeting_on) if document.meeting_on else "",
    }
    said: dict[str, object] = {
        "facts": {label: value for label, value in facts.items() if value},
        "link": f"{ports.public_url}/read/{ports.links.reader_token(document.id, reader.number)}",
    }
    if letter.kind is LetterKind.READING:
        said |= {
            "lead": texts("mail.reading.lead", organisation=ports.organisation),
            "until": texts("mail.reading.until", until=texts.date(reader.until)) if reader.until else "",
            "expires": texts.instant(reader.link_expires_at),
        }
        return said
    if letter.kind is LetterKind.READING_CHANGED:
        said |= {
            "lead": texts("mail.reading_changed.lead", organisation=ports.organisation, number=reader.told_draft),
            "until": texts("mail.reading.until", until=texts.date(reader.until)) if reader.until else "",
            "expires": texts.instant(reader.link_expires_at),
        }
        return said
    why = document.round.ended if document.round and document.round.ended else RoundEnd.WITHDRAWN
    said |= {
        "lead": texts(f"mail.reading_ended.lead_{why}", organisation=ports.organisation),
        "next": texts(f"mail.reading_ended.next_{why}"),
    }
    if why is RoundEnd.WITHDRAWN:
        said["link"] = ""
    return said
