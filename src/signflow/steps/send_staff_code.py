"""Send a code to somebody of the staff who wants to sign in; to nobody if the address is no one's."""

from __future__ import annotations

from signflow.crashpoints import CommitPoint, passing
from signflow.mail.message import compose
from signflow.rounds.access import read_grants
from signflow.rounds.admission import is_open
from signflow.steps.ports import Ports
from signflow.steps.staff import way_past_strangers

_GROUP_DIGITS = 4


def send_staff_code(ports: Ports, challenge_id: str) -> None:
    """Send the code of an open challenge, once; one that was sent but not recorded goes again, the same.

    Raises:
        UnavailableError: It could not be handed over now.
    """
    challenge = ports.sessions.challenge(challenge_id)
    if challenge is None or challenge.sent_at or not is_open(challenge, ports.clock()):
        return
    person = ports.sessions.person_at(challenge.address)
    if person is None or not read_grants(person.roles):
        return
    code = ports.links.staff_code(challenge.id)
    message = compose(
        "staff_code",
        key=f"staff:{challenge.id}",
        person=person.name,
        address=person.address,
        values={
            "code": f"{code[:_GROUP_DIGITS]} {code[_GROUP_DIGITS:]}",
            "minutes": str(int(ports.staff.code_lifetime.total_seconds() // 60)),
            "organisation": ports.organisation,
            "host": ports.public_url.partition("://")[2],
            "link": way_past_strangers(ports, challenge),
        },
        texts=ports.texts[ports.language],
        templates=ports.templates,
        sender=ports.sender,
        at=challenge.asked_at,
    )
    ports.delivery.deliver(message)
    passing(CommitPoint.MAIL_SENT)
    ports.sessions.note_sent(challenge.id)
    passing(CommitPoint.MAIL_RECORDED)
