"""Send the letters that a document's state calls for, each once; one that was sent but not recorded goes again, the same."""

from __future__ import annotations

import structlog

from signflow.crashpoints import CommitPoint, passing
from signflow.errors import RefusedError, UnavailableError
from signflow.mail.message import compose
from signflow.rounds.letters import Letter, letters_due
from signflow.rounds.model import Document
from signflow.steps.letter_words import attachment_of, letter_words
from signflow.steps.ports import Ports

_log = structlog.get_logger()
_FOR_EVER = frozenset({"mail-refused", "mail-address-invalid"})


def send_letters(ports: Ports, document_id: str) -> int:
    """Send what is due and has not been sent; how many letters that were.

    A letter that cannot go now keeps none of the others: all are tried first. One that only tells what has happened, and
    whose address no server takes, is noted as refused and given up, so that a dead address holds up no document.

    Raises:
        UnavailableError: A letter could not be handed over now.
        RefusedError: A letter has an address that is none (`mail-address-invalid`).
    """
    document = ports.store.load(document_id)
    sent, failure = 0, None
    for letter in letters_due(document, ports.clock()):
        if ports.effects.claim(f"mail:{letter.key}") is not None:
            continue
        try:
            _send(ports, document, letter)
        except (UnavailableError, RefusedError) as error:
            if error.code in _FOR_EVER and not letter.holds_up:
                _log.warning("letter given up", key=letter.key, code=error.code)
                ports.effects.done(f"mail:{letter.key}", {"refused": 1})
            else:
                failure = failure or error
            continue
        sent += 1
    if failure:
        raise failure
    return sent


def _send(ports: Ports, document: Document, letter: Letter) -> None:
    message = compose(
        letter.kind,
        key=letter.key,
        person=letter.person,
        address=letter.address,
        values=letter_words(ports, document, letter),
        texts=ports.texts[ports.language],
        templates=ports.templates,
        sender=ports.sender,
        at=ports.clock(),
        thread=letter.thread,
        attachment=attachment_of(ports, document, letter),
    )
    ports.delivery.deliver(message)
    passing(CommitPoint.MAIL_SENT)
    ports.effects.done(f"mail:{letter.key}", {"sent": 1})
    passing(CommitPoint.MAIL_RECORDED)
