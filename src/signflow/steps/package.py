"""What the archive is to keep of a document: made from what is on record, the same whenever it is made."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from importlib.metadata import version

from signflow.archive.package import FOLDERS as _FOLDERS
from signflow.archive.package import (
    SIGNED_PDF,
    AgentKind,
    ArchivalPackage,
    ArchivedItem,
    EventType,
    FileRole,
    PackageFile,
    PremisAgent,
    PremisEvent,
    Responsible,
)
from signflow.archive.readme import build_readme
from signflow.blobs import JSON, PDF, BlobRef
from signflow.errors import IntegrityError
from signflow.minutes import read_draft, summarise
from signflow.minutes.model import Item, Minutes
from signflow.minutes.words import item_passages
from signflow.rounds.model import Document, Round
from signflow.steps.apply_signature import authentication_evidence
from signflow.steps.issue_svt import JWT, issued_tokens
from signflow.steps.ports import Ports
from signflow.store.audit import AuditEntry, canonical_json
from signflow.store.effects import Result
from signflow.texts import LANGUAGES

_SOFTWARE = PremisAgent("signflow", "signflow", AgentKind.SOFTWARE, version("signflow"))
_EVENT_TYPES = {
    "draft-registered": EventType.CREATION,
    "draft-checked": EventType.VALIDATION,
    "review-opened": EventType.RENDERING,
    "signature-applied": EventType.SIGNATURE,
    "adjusted": EventType.VALIDATION,
}
_PEM = "application/pem-certificate-chain"
_AFTERWARDS = frozenset({"archived"})  # what happens only when the package is stored is not in it


def build_package(ports: Ports, document: Document, current: Round, sealed: Result) -> ArchivalPackage:
    """The package of a sealed document: signed PDF, source, structured minutes, validation, evidence, history.

    Args:
        ports: What the step works with.
        document: The adjusted document.
        current: The round that adjusted it.
        sealed: What the sealing came to: digests and sizes of PDF and validation report.

    Raises:
        IntegrityError: A part is missing or altered.
    """
    source = ports.blobs.get(document.draft.source)
    minutes = read_draft(source, document.draft.filename).minutes
    if minutes is None or document.meeting_on is None:
        raise IntegrityError("draft-unreadable", document=document.id)
    history = tuple(entry for entry in ports.store.history(document.id) if entry.kind not in _AFTERWARDS)
    pdf = ports.blobs.get(BlobRef(str(sealed["pdf"]), int(sealed["pdf_size"]), PDF))
    report = ports.blobs.get(BlobRef(str(sealed["report"]), int(sealed["report_size"]), JSON))
    files = [
        PackageFile(SIGNED_PDF, pdf, PDF, FileRole.SIGNED),
        _file(FileRole.SOURCE, document.draft.filename, source, document.draft.source.media_type),
        _file(FileRole.STRUCTURED, "minutes.json", _json(summarise(minutes))),
        _file(FileRole.VALIDATION, "validation-report.json", report),
        _file(FileRole.HISTORY, "history.json", _json([_history_entry(entry) for entry in history])),
        build_readme(
            document.id,
            document.title,
            document.body,
            document.meeting_on,
            [ports.texts[language] for language in LANGUAGES],
        ),
        *_roots(ports),
    ]
    files += [
        _file(FileRole.EVIDENCE, f"{seat.field}.json", authentication_evidence(document, current, seat, seat.approval))
        for seat in current.seats
        if seat.approval
    ]
    files += [
        _file(FileRole.EVIDENCE, f"{seat.field}-identity.json", ports.blobs.get(seat.approval.identified.evidence))
        for seat in current.seats
        if seat.approval and seat.approval.identified
    ]
    files += [_file(FileRole.EVIDENCE, name, token, JWT) for name, token in issued_tokens(ports, document).items()]
    return ArchivalPackage(
        document_id=document.id,
        title=document.title,
        body=document.body,
        minutes_class=document.minutes_class,
        language=document.language,
        meeting_on=document.meeting_on,
        people=_people(minutes, current),
        items=tuple(_item(item) for item in minutes.items),
        text=minutes.place,
        files=tuple(files),
        events=(*(_premis_event(entry) for entry in history), _sealing(sealed)),
        agents=_agents(history),
        software=_SOFTWARE,
        responsible=Responsible(ports.organisation, f"mailto:{ports.sender.address}"),
        message=ports.texts[ports.language]("steps.archive.message"),
    )


def _file(role: FileRole, name: str, content: bytes, media_type: str = JSON) -> PackageFile:
    return PackageFile(f"{_FOLDERS[role]}{name}", content, media_type, role)


def _roots(ports: Ports) -> tuple[PackageFile, ...]:
    """The roots that its signatures and its timestamps lead to: at hand for whoever has nothing but the package."""
    trust = ports.trust()
    return (
        _file(FileRole.DOCUMENTATION, "root.pem", b"".join(trust.roots), _PEM),
        _file(FileRole.DOCUMENTATION, "tsa-root.pem", b"".join(trust.tsa_roots), _PEM),
    )


def _people(minutes: Minutes, current: Round) -> tuple[str, ...]:
    """Whom the minutes name, and who signed."""
    named = [person.name for person in (*minutes.participants, *minutes.absent)]
    signing = [*(signatory.name for signatory in minutes.signatories), *(seat.person for seat in current.seats)]
    return tuple(dict.fromkeys([*named, *signing]))


def _item(item: Item) -> ArchivedItem:
    """Its text with a paragraph for each line of the draft, and one for each decision, whatever leads to it."""
    decisions = tuple(decision.text for decision in item.decisions)
    lines = itertools.groupby(item_passages(item), lambda passage: (passage.line, passage.text in decisions))
    text = "\n".join(" ".join(passage.text for passage in line) for _, line in lines)
    return ArchivedItem(item.label, item.title, text, decisions)


def _agents(history: tuple[AuditEntry, ...]) -> tuple[PremisAgent, ...]:
    names = dict.fromkeys(entry.actor for entry in history if entry.actor != _SOFTWARE.name)
    return (*(PremisAgent(name, name, AgentKind.PERSON) for name in names), _SOFTWARE)


def _premis_event(entry: AuditEntry) -> PremisEvent:
    kind = _EVENT_TYPES.get(entry.kind, EventType.VALIDATION)
    detail = f"{entry.kind} {canonical_json(dict(entry.data))}"
    return PremisEvent(kind, entry.at, detail, entry.actor)


def _sealing(sealed: Result) -> PremisEvent:
    told = {name: sealed[name] for name in ("stamped_by", "stamped_locally")}
    detail = f"sealed {canonical_json({**told, 'digest': sealed['pdf']})}"
    return PremisEvent(EventType.SIGNATURE, dt.datetime.fromisoformat(str(sealed["sealed_at"])), detail, _SOFTWARE.name)


def _history_entry(entry: AuditEntry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "actor": entry.actor,
        "data": dict(entry.data),
        "previous": entry.previous,
        "digest": entry.digest,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
