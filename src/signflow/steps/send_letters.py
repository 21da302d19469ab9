"""Send the letters that a document's state calls for, each once; one that was sent but not recorded goes again, the same."""

from __future__ import annotations

from dataclasses import replace

import structlog

from signflow.crashpoints import CommitPoint, passing
from signflow.errors import RefusedError, SignflowError, UnavailableError
from signflow.mail.message import compose
from signflow.rounds.events import ExtractDelivered
from signflow.rounds.letters import Letter, letters_due
from signflow.rounds.model import Document
from signflow.rounds.sendings import Delivery
from signflow.steps.letter_words import attachments_of, letter_words, reply_to_of
from signflow.steps.ports import Ports, record
from signflow.store.effects import Result

_log = structlog.get_logger()
_FOR_EVER = frozenset({"mail-refused", "mail-address-invalid"})


def send_letters(ports: Ports, document_id: str) -> int:
    """Send what is due and has not been sent; how many letters that were.

    A letter that cannot go now keeps none of the others: all are tried first. One that only tells what has happened, and
    whose address no server takes, is noted as refused and given up, so that a dead address holds up no document. What
    became of a letter with extracts is recorded in the document.

    Raises:
        UnavailableError: A letter could not be handed over now.
        RefusedError: A letter has an address that is none (`mail-address-invalid`).
    """
    document = ports.store.load(document_id)
    sent, failure = 0, None
    for letter in letters_due(document, ports.clock()):
        became = ports.effects.claim(f"mail:{letter.key}")
        if became is None:
            try:
                became = _send(ports, document, letter)
            except (UnavailableError, RefusedError) as error:
                if error.code not in _FOR_EVER or letter.holds_up:
                    failure = failure or error
                    continue
                became = _give_up(ports, letter, error)
            else:
                sent += 1
        if letter.sending:
            _record(ports, document, letter, became)
    if failure:
        raise failure
    return sent


def _give_up(ports: Ports, letter: Letter, error: SignflowError) -> Result:
    _log.warning("letter given up", key=letter.key, code=error.code)
    reason = {"reason": str(error.params["reason"])} if "reason" in error.params else {}
    return ports.effects.done(f"mail:{letter.key}", {"refused": 1, **reason})


def _record(ports: Ports, document: Document, letter: Letter, became: Result) -> None:
    """Say in the document what became of a letter with extracts."""
    delivery = Delivery.UNDELIVERABLE if "refused" in became else Delivery.SENT
    answer = str(became.get("reason", ""))
    record(ports, document.id, ExtractDelivered(letter.sending, letter.recipient, delivery, answer))


def _send(ports: Ports, document: Document, letter: Letter) -> Result:
    message = compose(
        letter.kind,
        key=letter.key,
        person=letter.person,
        address=letter.address,
        values=letter_words(ports, document, letter),
        texts=ports.texts[ports.language],
        templates=ports.templates,
        sender=replace(ports.sender, reply_to=reply_to_of(ports, document, letter)),
        at=ports.clock(),
        thread=letter.thread,
        attachments=attachments_of(ports, document, letter),
    )
    ports.delivery.deliver(message)
    passing(CommitPoint.MAIL_SENT)
    became = ports.effects.done(f"mail:{letter.key}", {"sent": 1})
    passing(CommitPoint.MAIL_RECORDED)
    return became
