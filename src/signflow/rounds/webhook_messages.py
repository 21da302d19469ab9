"""What systems elsewhere are told of: which entries of the audit log are events of theirs, and what an event says.

A message is thin: it names the document, says where it stands and what its files' digests are, and where to read more. It
holds no title, no text, no name and no address of a person, and no link token; who may see more asks for it and is known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signflow.rounds.model import Document
from signflow.rounds.outcome import Decision

_EVENTS = {
    "draft-registered": "document.draft_registered",
    "review-opened": "document.review_opened",
    "signature-applied": "document.signature_applied",
    "round-ended": "document.round_ended",
    "adjusted": "document.adjusted",
    "archived": "document.archived",
    "withdrawn": "document.withdrawn",
}
"""The types of events by the entries of the audit log that they are told for."""

EVENTS = frozenset(_EVENTS.values())
"""All types of events."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a webhook is to be told of.

    Attributes:
        hook: Its name in the settings.
        events: The types of events; all if empty.
        bodies: The bodies, as the settings write them; all if empty. Case and spaces do not count.
    """

    hook: str
    events: frozenset[str]
    bodies: frozenset[str]

    def wants(self, event: str, body: str) -> bool:
        """Whether it is told of such an event of a document of that body."""
        named = {_folded(name) for name in self.bodies}
        return (not self.events or event in self.events) and (not named or _folded(body) in named)


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """One event for one webhook.

    Attributes:
        id: The webhook-id: the same however often it is sent, without full stops.
        payload: JSON, as it is signed and sent.
    """

    id: str
    hook: str
    event: str
    document_id: str
    payload: str


def messages_of(
    decision: Decision, at: dt.datetime, subscriptions: Sequence[Subscription], public_url: str
) -> Iterator[WebhookMessage]:
    """What follows from a decision for each webhook.

    Args:
        decision: Committed at the same time.
        at: The instant of its entries.
        subscriptions: Who is told of what.
        public_url: How people reach the web, without a final slash.
    """
    document = decision.document
    for place, entry in enumerate(decision.entries):
        event = _EVENTS.get(entry.kind, "")
        wanting = [one for one in subscriptions if event and one.wants(event, document.body)]
        for one in wanting:
            named = hashlib.sha256(json.dumps([one.hook, document.id, document.change, place]).encode())
            payload = _payload(document, event, at, public_url)
            yield WebhookMessage(f"msg_{named.hexdigest()[:32]}", one.hook, event, document.id, payload)


def _payload(document: Document, event: str, at: dt.datetime, public_url: str) -> str:
    """Type, timestamp and data.

    Source: Standard Webhooks, "Payload structure" (thin payloads):
        https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    revision = document.round.current.digest if document.round and document.round.ended is None else None
    data = {
        "document": document.id,
        "state": document.state,
        "body": document.body,
        "round": document.round.number if document.round else None,
        "ended": document.round.ended if document.round else None,
        "sha256": {
            "draft": document.draft.source.digest,
            "revision": revision,
            "archived": document.archived.pdf.digest if document.archived else None,
        },
        "page": f"{public_url}/documents/{document.id}",
        "api": f"/api/v1/documents/{document.id}",
    }
    timestamp = at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return json.dumps({"type": event, "timestamp": timestamp, "data": data}, ensure_ascii=False, separators=(",", ":"))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
