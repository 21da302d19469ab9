"""Send the letters that a document's state calls for, each once; one that was sent but not recorded goes again, the same."""

from __future__ import annotations

from signflow.blobs import fingerprint
from signflow.crashpoints import CommitPoint, passing
from signflow.mail.message import compose
from signflow.rounds.letters import Letter, LetterKind, letters_due
from signflow.rounds.model import Document, Round
from signflow.steps.ports import Ports


def send_letters(ports: Ports, document_id: str) -> int:
    """Send what is due and has not been sent; how many letters that were.

    Raises:
        UnavailableError: A letter could not be handed over now.
    """
    document = ports.store.load(document_id)
    sent = 0
    for letter in letters_due(document, ports.clock()):
        if ports.effects.claim(f"mail:{letter.key}") is not None:
            continue
        texts = ports.texts[ports.language]
        message = compose(
            letter.kind,
            key=letter.key,
            person=letter.person,
            address=letter.address,
            values=_values(ports, document, letter),
            texts=texts,
            templates=ports.templates,
            sender=ports.sender,
            at=ports.clock(),
        )
        ports.delivery.deliver(message)
        passing(CommitPoint.MAIL_SENT)
        ports.effects.done(f"mail:{letter.key}", {"sent": 1})
        passing(CommitPoint.MAIL_RECORDED)
        sent += 1
    return sent


def _values(ports: Ports, document: Document, letter: Letter) -> dict[str, str]:
    current = document.round
    if current is None:  # no letter is due before the first round
        raise AssertionError(document.id)
    match letter.kind:
        case LetterKind.INVITATION:
            return _invitation(ports, document, current, letter)
        case LetterKind.CODE:
            return {
                "code": ports.links.code(letter.challenge_id),
                "minutes": str(int(ports.policy.code_lifetime.total_seconds() // 60)),
                "title": document.title,
                "organisation": ports.organisation,
                "fingerprint": fingerprint(current.current.digest),
            }
        case LetterKind.OBJECTION:
            objection = current.objection
            return {
                "objector": objection.person if objection else "",
                "reason": objection.reason if objection else "",
                "title": document.title,
                "link": f"{ports.public_url}/documents/{document.id}",
            }


def _invitation(ports: Ports, document: Document, current: Round, letter: Letter) -> dict[str, str]:
    seat = current.seat(letter.field)
    texts = ports.texts[ports.language]
    holding = seat.holding if seat else letter.field
    token = ports.links.token(document.id, current.number, holding, current.copy.digest)
    identity = ports.identity
    how = texts("mail.invitation.how_sign_in", provider=identity.name) if identity else texts("mail.invitation.how")
    return {
        "how": how,
        "role": texts(f"steps.roles.{seat.role}") if seat else "",
        "title": document.title,
        "body": document.body,
        "meeting_date": texts.date(document.meeting_on) if document.meeting_on else "",
        "organisation": ports.organisation,
        "link": f"{ports.public_url}/sign/{token}",
        "fingerprint": fingerprint(current.current.digest),
        "expires": texts.instant(seat.link_expires_at) if seat and seat.link_expires_at else "",
    }
