"""What webhooks are told: thin, of what is wanted alone, and the same again."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from signflow.blobs import MARKDOWN, BlobRef, digest_of
from signflow.rounds.model import Document, Draft, State
from signflow.rounds.outcome import Decision, Entry
from signflow.rounds.webhook_messages import EVENTS, Subscription, messages_of
from signflow.settings_tables import HookEvent

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
URL = "https://protokoll.example"
ALL = Subscription("alla", frozenset(), frozenset())
KINDS = ("draft-registered", "review-opened", "signature-applied", "round-ended", "adjusted", "archived", "withdrawn")
SECRET_TITLE = "Titeln-som-inte-får-med"


def document(body: str = "Nämnden", name: str = "doc", change: int = 1) -> Document:
    source = BlobRef(digest_of(b"text"), 4, MARKDOWN)
    draft = Draft(1, source, "utkast.md", clean=True, appointments=())
    return Document(name, change, State.DRAFT, "sv", SECRET_TITLE, body, "notes", None, draft)


def test_the_settings_know_the_same_events() -> None:
    assert set(get_args(HookEvent)) == EVENTS
    decision = Decision(document(), tuple(Entry(kind, "Anna") for kind in (*KINDS, "code-asked", "reminded")))
    assert {one.event for one in messages_of(decision, AT, [ALL], URL)} == EVENTS


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(KINDS), st.text(max_size=20))
def test_a_payload_says_what_it_may_and_no_more(body: str, kind: str, actor: str) -> None:
    entry = Entry(kind, f"aktör-{actor}", {"reason": "skälet-som-inte-får-med"})
    (message,) = messages_of(Decision(document(body), (entry,)), AT, [ALL], URL)
    told = json.loads(message.payload)
    assert told.keys() == {"type", "timestamp", "data"}
    assert told["timestamp"] == "2026-03-02T08:00:00.000000Z"
    members = {"document", "state", "body", "round", "ended", "sha256", "page", "api"}
    assert told["data"].keys() == members
    assert told["data"]["body"] == body
    assert "får-med" not in json.dumps(told, ensure_ascii=False)
    assert "aktör-" not in json.dumps({**told["data"], "body": ""}, ensure_ascii=False)
    assert message.payload.encode().decode() == message.payload
    assert "." not in message.id


def test_an_id_is_that_of_one_event_for_one_webhook() -> None:
    hooks = [ALL, replace(ALL, hook="annan")]
    decisions = [
        Decision(document(name=name, change=change), (Entry("adjusted", "a"), Entry("archived", "b")))
        for name in ("doc", "doc2")
        for change in (1, 2)
    ]
    ids = [one.id for decision in decisions for one in messages_of(decision, AT, hooks, URL)]
    assert len(set(ids)) == len(ids) == 16
    again = [one.id for decision in decisions for one in messages_of(decision, AT + dt.timedelta(1), hooks, URL)]
    assert again == ids


def test_case_and_spaces_of_a_body_do_not_count() -> None:
    hook = Subscription("en", frozenset({"document.adjusted"}), frozenset({"Nämnden  för  Vård"}))
    assert hook.wants("document.adjusted", " nämnden för vård ")
    assert not hook.wants("document.adjusted", "nämnden")
    assert not hook.wants("document.archived", "nämnden för vård")
