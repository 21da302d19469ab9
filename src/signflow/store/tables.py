"""The tables. The migrations make them; a test holds the two against each other."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)


class Instant(TypeDecorator[dt.datetime]):
    """An aware instant, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """To UTC; SQLite keeps no offset, so it is dropped there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(value)
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Back to an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

DIGEST = String(64)

documents = Table(
    "documents",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("change", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("minutes_class", String(16), nullable=False),
    Column("meeting_on", Date),
    Column("draft_number", Integer, nullable=False),
    Column("round_number", Integer),
    Column("adjusted_at", Instant),
    Column("archived_at", Instant),
    Column("archived_digest", DIGEST),
    Column("archived_size", BigInteger),
    Column("archived_package", String(16)),
    Column("archived_inventory", String(128)),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("searched", Text),
    Index("ix_documents_board", "state", "updated_at", "minutes_class", "meeting_on", "id"),
    Index("ix_documents_body", "body"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("source_digest", DIGEST, nullable=False),
    Column("source_size", BigInteger, nullable=False),
    Column("source_type", String(100), nullable=False),
    Column("filename", Text, nullable=False),
    Column("clean", Boolean, nullable=False),
    Column("appointments", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Index("ix_versions_source_digest", "source_digest"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("draft_number", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("copy_digest", DIGEST, nullable=False),
    Column("copy_size", BigInteger, nullable=False),
    Column("current_digest", DIGEST, nullable=False),
    Column("current_size", BigInteger, nullable=False),
    Column("ended", String(16)),
    Column("ended_at", Instant),
    Column("ended_by", Text, nullable=False, server_default=text("''")),
    Column("objection_person", Text),
    Column("objection_reason", Text),
    Column("objection_items", JSON(none_as_null=True)),
)

signatories = Table(
    "signatories",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("field", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("link_digest", DIGEST, nullable=False, unique=True),
    Column("link_expires_at", Instant),
    Column("invitation", Integer, nullable=False),
    Column("invited_at", Instant),
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("asked_at", Instant),
    Column("holder", Integer, nullable=False, server_default="1"),
    Column("replaced", JSON(none_as_null=True)),
    Column("away_until", Date),
    Column("challenge_id", String(32)),
    Column("challenge_expires_at", Instant),
    Column("challenge_tries_left", Integer),
    Column("challenge_method", String(32)),
    Column("challenge_identified", JSON(none_as_null=True)),
    Column("codes_since", Instant),
    Column("codes_asked", Integer, nullable=False),
    ForeignKeyConstraint(["document_id", "round"], ["rounds.document_id", "rounds.number"]),
    Index("ix_signatories_challenge_id", "challenge_id"),
)

former_links = Table(
    "former_links",
    metadata,
    Column("link_digest", DIGEST, primary_key=True),
    Column("document_id", String(32), nullable=False),
    Column("round", Integer, nullable=False),
    Column("field", String(32), nullable=False),
    ForeignKeyConstraint(
        ["document_id", "round", "field"],
        ["signatories.document_id", "signatories.round", "signatories.field"],
    ),
)

signatures = Table(
    "signatures",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("field", String(32), primary_key=True),
    Column("method", String(32), nullable=False),
    Column("approved_at", Instant, nullable=False),
    Column("shown_digest", DIGEST, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("identified", JSON(none_as_null=True)),
    Column("dissent", Text, nullable=False, server_default=text("''")),
    Column("revision_digest", DIGEST),
    Column("revision_size", BigInteger),
    Column("report_digest", DIGEST),
    Column("report_size", BigInteger),
    Column("signed_at", Instant),
    ForeignKeyConstraint(
        ["document_id", "round", "field"],
        ["signatories.document_id", "signatories.round", "signatories.field"],
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("args", JSON, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ready_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("waiting_code", String(64)),
    Column("waiting_params", JSON),
    Column("flow_run_id", String(36)),
    Index("ix_outbox_done_at_ready_at", "done_at", "ready_at"),
    Index("ix_outbox_subject", "subject"),
)

effects = Table(
    "effects",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("claimed_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("result", JSON),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("document_id", String(32), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous", DIGEST, nullable=False),
    Column("digest", DIGEST, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", DIGEST, nullable=False),
)

audit_anchors = Table(
    "audit_anchors",
    metadata,
    Column("day", Date, primary_key=True),
    Column("statement", Text, nullable=False),
    Column("token", LargeBinary),
    Column("asked_at", Instant, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False, index=True),
    Column("organisation", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("identifier_digest", DIGEST),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),
    Column("address", String(320), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("method", String(32), nullable=False),
    Column("roles", JSON(none_as_null=True)),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

staff_challenges = Table(
    "staff_challenges",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("address", String(320), nullable=False),
    Column("device", String(64), nullable=False),
    Column("destination", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("begun", JSON(none_as_null=True)),
    Index("ix_staff_challenges_address_device_asked_at", "address", "device", "asked_at"),
    Index("ix_staff_challenges_asked_at", "asked_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("posted_on", Date),
    Column("place", Text, nullable=False),
    Column("posted_by", Text, nullable=False),
    Column("taken_down_on", Date),
    Column("taken_down_by", Text, nullable=False),
    Index("ix_notices_taken_down_on", "taken_down_on"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("token_digest", DIGEST, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("bodies", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

readers = Table(
    "readers",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", Text, nullable=False),
    Column("address", String(320), nullable=False),
    Column("link_digest", DIGEST, nullable=False, unique=True),
    Column("invited_at", Instant, nullable=False),
    Column("link_expires_at", Instant, nullable=False),
    Column("until", Date),
    Column("dismissed_at", Instant),
    Column("told_draft", Integer, nullable=False, server_default="0"),
    Column("told_at", Instant),
)

comments = Table(
    "comments",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("author", String(64), nullable=False),
    Column("person", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("draft_number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("changed_in", Integer),
    Column("answer", Text, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("answered_at", Instant),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("hook", String(40), nullable=False),
    Column("event", String(64), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("given_up_at", Instant),
    Column("reason", Text, nullable=False),
    Index("ix_webhook_deliveries_hook_done_at_next_at", "hook", "done_at", "next_at"),
)

webhook_stops = Table(
    "webhook_stops",
    metadata,
    Column("hook", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

extract_sendings = Table(
    "extract_sendings",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("request_key", DIGEST, nullable=False),
    Column("items", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("reply_to", String(320), nullable=False),
    Column("at", Instant, nullable=False),
)

extract_recipients = Table(
    "extract_recipients",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("sending", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person", Text, nullable=False),
    Column("address", String(320), nullable=False),
    Column("became", String(16)),
    Column("became_at", Instant),
    Column("answer", Text, nullable=False),
    ForeignKeyConstraint(["document_id", "sending"], ["extract_sendings.document_id", "extract_sendings.number"]),
)

parts = Table(
    "parts",
    metadata,
    Column("part_id", String(32), primary_key=True),
    Column("main_id", ForeignKey("documents.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("items", JSON, nullable=False),
    Index("ix_parts_main_id", "main_id"),
)
