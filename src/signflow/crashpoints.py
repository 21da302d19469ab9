"""The commit points: every moment at which signflow, killed, must continue without losing or doubling anything.

Each durable effect is followed by `passing(point)`, and so is each moment of a signature in the making. In a test one point is armed through the settings, and the process
kills itself with SIGKILL as it passes: no handler runs, no buffer is flushed, just as when the power goes.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum


class CommitPoint(StrEnum):
    """The points, in the order in which a document passes them: a signatory is sent a code or signs in."""

    DRAFT_KEPT = "draft-kept"  # the dropped bytes are a blob; nobody knows of them yet
    DRAFT_TAKEN = "draft-taken"  # the work to register them is committed; the file still lies in the inbox
    FLOW_STARTED = "flow-started"  # a flow run has begun; nothing is done yet
    DRAFT_REGISTERED = "draft-registered"  # document, version and findings are committed
    COPY_RENDERED = "copy-rendered"  # the signing copy is a blob; no effect is recorded
    REVIEW_OPENED = "review-opened"  # the round is committed; no mail has gone
    MAIL_CLAIMED = "mail-claimed"  # that a letter is about to go is recorded; it has not gone
    MAIL_SENT = "mail-sent"  # the mail is delivered; that is not recorded
    MAIL_RECORDED = "mail-recorded"  # it is
    CODE_ASKED = "code-asked"  # the challenge is committed; its mail has not gone
    SIGN_IN_BEGUN = "sign-in-begun"  # the sign-in is committed; no provider knows of it
    SIGNED_IN = "signed-in"  # who the signatory is, is committed; they have approved nothing
    SIGNING_APPROVED = "signing-approved"  # the signatory's will is committed; nothing is signed
    KEY_MADE = "key-made"  # the signatory's key and certificate exist, in memory alone
    TIMESTAMP_GIVEN = "timestamp-given"  # the signature and its timestamp exist, in memory alone
    SIGNATURE_PASSED = "signature-passed"  # the gate has let it through; nothing is kept
    REVISION_KEPT = "revision-kept"  # the signed revision is a blob; its report is not
    SIGNATURE_MADE = "signature-made"  # the signed revision is a blob; no effect is recorded
    SIGNATURE_CLAIMED = "signature-claimed"  # the effect is recorded; the document has not moved
    SIGNATURE_RECORDED = "signature-recorded"  # the document has moved
    SEAL_MADE = "seal-made"  # the sealed revision is a blob
    SEAL_CLAIMED = "seal-claimed"  # the effect is recorded
    SVT_ISSUED = "svt-issued"  # the validation token is a blob
    SVT_CLAIMED = "svt-claimed"  # the effect is recorded
    AIP_STAGED = "aip-staged"  # the package is complete in the staging area
    AIP_STORED = "aip-stored"  # it is in the storage root; nothing is indexed
    ARCHIVED_RECORDED = "archived-recorded"  # the document is archived; its work is still open
    EXTRACTS_SENT = "extracts-sent"  # a sending of extracts is committed; none of its letters has gone
    WEBHOOK_SENT = "webhook-sent"  # a webhook was told; that is not recorded
    WORK_DONE = "work-done"  # the outbox row is closed


class _Armed:
    """Which point kills this process; none unless a test says so."""

    point: CommitPoint | None = None


def arm(point: str) -> None:
    """Kill this process when it next passes the point.

    Raises:
        ValueError: There is no such point.
    """
    _Armed.point = CommitPoint(point)


def passing(point: CommitPoint) -> None:
    """Such a moment is now."""
    if _Armed.point is point:
        os.kill(os.getpid(), signal.SIGKILL)
