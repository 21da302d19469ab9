"""A house of real rooms without Prefect, and its people: they read their mails, follow links and type codes.

`work` does what the dispatcher does, in the same order, with the steps called directly.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from signflow import wiring
from signflow.blobs import BlobRef
from signflow.rounds.model import Document
from signflow.rounds.outcome import Decision, Outcome
from signflow.rounds.work import WorkKind
from signflow.settings import Settings, load_settings
from signflow.steps import acts
from signflow.steps.anchor_audit import anchor_audit
from signflow.steps.apply_signature import apply_signature
from signflow.steps.archive_minutes import file_minutes, seal_minutes
from signflow.steps.draw_pages import draw_pages
from signflow.steps.intake import take_draft
from signflow.steps.issue_svt import issue_tokens
from signflow.steps.notices import take_down_notices
from signflow.steps.open_review import open_review
from signflow.steps.ports import Ports
from signflow.steps.reading import tell_readers
from signflow.steps.register_draft import register_draft
from signflow.steps.remind import remind
from signflow.steps.renew_evidence import keep_evidence
from signflow.steps.send_letters import send_letters
from signflow.steps.send_staff_code import send_staff_code
from signflow.steps.send_webhooks import forget_deliveries, send_webhooks
from signflow.steps.update_lists import renew_lists
from signflow.store.outbox import OpenWork
from signflow.store.people import RegisteredPerson

SAMPLE_PEOPLE = {"Anna Söderström": "anna@example.org", "Helene Olofsson": "helene@example.org"}
_LINK = re.compile(r"/sign/([A-Za-z0-9_-]{43})")
_CODE = re.compile(r"^\s*(\d{6})\s*$", re.MULTILINE)


class Life:
    """One house."""

    def __init__(self, data: Path, people: dict[str, str] | None = None, **settings: Any) -> None:
        self.settings: Settings = load_settings(data=data, organisation="Södertörnskommunerna", **settings)
        self.ports: Ports = wiring.build_ports(self.settings)
        self.mails_folder = data / "mails"
        self.register(SAMPLE_PEOPLE if people is None else people)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        wiring.close_ports(self.ports)

    def register(self, people: dict[str, str]) -> None:
        self.ports.people.put([RegisteredPerson(name, "", address, ()) for name, address in people.items()])

    def with_ports(self, **changed: Any) -> None:
        """Replace some of the ports, to plant a fault at the edge of the house."""
        self.ports = replace(self.ports, **changed)

    def drop(self, draft: bytes | str, filename: str = "utkast.md", document: str = "") -> Document:
        """Drop a draft and have it registered; the document it became, with whatever follows done."""
        data = draft.encode() if isinstance(draft, str) else draft
        source = take_draft(self.ports, data, filename, "inbox", document)
        self.work()
        found = self.ports.store.find_by_source(source.digest)
        assert found is not None
        return found

    def load(self, document: Document) -> Document:
        return self.ports.store.load(document.id)

    def work(self, do: Callable[[Ports, OpenWork], None] | None = None) -> int:
        """Do all work that is due; how many rows that were."""
        count = 0
        while rows := self.ports.store.due_work((), 10):
            for row in rows:
                (do or carry_out)(self.ports, row)
                self.ports.store.close_work(row.work.key)
                count += 1
        return count

    def mails(self, address: str = "") -> list[EmailMessage]:
        """The mails delivered so far, oldest first; to one address if it is named."""
        files = sorted(self.mails_folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        read = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [mail for mail in read if isinstance(mail, EmailMessage) and (not address or address in str(mail["To"]))]

    def token(self, address: str) -> str:
        """The token in the latest link that somebody was sent."""
        return next(found[1] for mail in reversed(self.mails(address)) if (found := _LINK.search(text_of(mail))))

    def tokens(self, address: str) -> list[str]:
        """The tokens in all links that somebody was sent, oldest first, each once."""
        return list(dict.fromkeys(token for mail in self.mails(address) for token in _LINK.findall(text_of(mail))))

    def code(self, address: str) -> str:
        """The latest code that somebody was sent."""
        return next(found[1] for mail in reversed(self.mails(address)) if (found := _CODE.search(text_of(mail))))

    def ask_code(self, address: str) -> str:
        assert isinstance(acts.ask_code(self.ports, self.token(address)), Decision)
        self.work()
        return self.code(address)

    def sign(self, address: str) -> Outcome:
        """Follow the link, ask for a code, type it, sign; what follows is done."""
        token, code = self.token(address), self.ask_code(address)
        outcome = acts.sign(self.ports, token, code, acts.view_link(self.ports, token).shown.digest)
        self.work()
        return outcome


def carry_out(ports: Ports, row: OpenWork) -> None:  # noqa: C901 -- one case a flow
    """One row of work, as the flows do it."""
    work, args = row.work, row.work.args
    match work.kind:
        case WorkKind.REGISTER_DRAFT:
            source = BlobRef(str(args["digest"]), int(args["size"]), str(args["media_type"]))
            known = [str(args[name]) for name in ("filename", "by", "document")]
            register_draft(ports, source, *known, bodies=str(args.get("bodies", "")))
        case WorkKind.OPEN_REVIEW:
            open_review(ports, work.subject, int(args["round"]), int(args["draft"]))
            send_letters(ports, work.subject)
            draw_pages(ports, work.subject)
        case WorkKind.SEND_LETTERS:
            send_letters(ports, work.subject)
        case WorkKind.APPLY_SIGNATURE:
            apply_signature(ports, work.subject, int(args["round"]), str(args["field"]))
            send_letters(ports, work.subject)
            draw_pages(ports, work.subject)
        case WorkKind.ARCHIVE_MINUTES:
            seal_minutes(ports, work.subject)
            issue_tokens(ports, work.subject)
            file_minutes(ports, work.subject)
        case WorkKind.ANCHOR_AUDIT:
            anchor_audit(ports, dt.date.fromisoformat(str(args["day"])))
        case WorkKind.RENEW_EVIDENCE:
            keep_evidence(ports)
        case WorkKind.UPDATE_LISTS:
            renew_lists(ports)
        case WorkKind.TIDY:
            take_down_notices(ports)
            forget_deliveries(ports)
        case WorkKind.REMIND:
            remind(ports)
            tell_readers(ports)
        case WorkKind.SEND_STAFF_CODE:
            send_staff_code(ports, str(args["challenge"]))
        case WorkKind.SEND_WEBHOOKS:
            send_webhooks(ports, str(args["hook"]))


def text_of(mail: EmailMessage) -> str:
    """The plain text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return part.get_content()
