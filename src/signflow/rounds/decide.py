"""The one place where a document's state changes.

`decide` takes what is known, a fact and the time, and says what is true afterwards. The rules, each enforced below:

1. A text with errors never goes to review, nor one that somebody must sign whom it does not name, or that names
   nobody or somebody twice; a new text or an
   objection ends the round, and what was signed is void.
2. Only a seat whose turn it is can ask for a code, sign or object; only the current round's seats count.
3. A code or a sign-in has a short life and is used once; a code has few tries, and few of either can be asked for in an
   hour. Who is to sign in cannot have a code instead.
4. Who stands in for a signatory has a mandate, and the link before leads nowhere.
5. A signatory approves a revision of this round, once. A signature counts only on the current revision, once.
6. `adjusted` is reached by the last required validated signature, `archived` only by the archive's own report.
7. The notice of the adjustment is not taken down before the time for appeal has passed.
8. Readers comment while the text can change, until their last day; a comment follows its item into new versions and is
   settled once.
9. Extracts are sent of what is archived; an item goes to an address once, unless it is sent again on purpose.
10. Minutes whose items are adjusted at once in a document of their own are not signed before that is archived.
11. A fact that is already recorded changes nothing: a step may report it twice.
"""

from __future__ import annotations

import datetime as dt

from signflow.rounds import answers, changes, comments, completion, drafts, extracts, immediate, notices
from signflow.rounds.events import (
    AbsenceTold,
    Answered,
    CodeAsked,
    CodeTyped,
    CommentAnswered,
    CommentCorrected,
    Commented,
    DraftRegistered,
    Event,
    ExtractDelivered,
    ExtractsSent,
    Filed,
    InvitationRenewed,
    NoticePosted,
    NoticeTakenDown,
    PartCut,
    ReaderDismissed,
    ReadersInvited,
    ReadersTold,
    Reminded,
    ReviewAsked,
    ReviewOpened,
    SignatureApplied,
    SignedIn,
    SignInBegun,
    SignInRejected,
    Substituted,
    Withdrawn,
)
from signflow.rounds.model import (
    Document,
    Policy,
)
from signflow.rounds.outcome import Decision, Outcome, Refusal


def decide(document: Document | None, event: Event, now: dt.datetime, policy: Policy) -> Outcome:
    """What follows from the event.

    Args:
        document: What is known; None only for the first `DraftRegistered`.
        event: The fact.
        now: The time of the decision, aware.
        policy: The organisation's rules.
    """
    outcome = _decided(document, event, now, policy)
    return immediate.told_elsewhere(document, outcome) if isinstance(outcome, Decision) else outcome


def _decided(  # noqa: C901, PLR0911, PLR0912 -- one case an event is the simplest shape this can have
    document: Document | None, event: Event, now: dt.datetime, policy: Policy
) -> Outcome:
    if isinstance(event, DraftRegistered):
        return drafts.draft_registered(document, event, now, policy)
    if document is None:
        return Refusal("no-such-document")
    match event:
        case ReviewAsked():
            return drafts.review_asked(document, event, policy)
        case ReviewOpened():
            return drafts.review_opened(document, event, now, policy)
        case InvitationRenewed():
            return changes.invitation_renewed(document, event, now, policy)
        case Reminded():
            return changes.reminded(document, event, now)
        case Substituted():
            return changes.substituted(document, event, now, policy)
        case AbsenceTold():
            return changes.absence_told(document, event, now)
        case CodeAsked():
            return answers.code_asked(document, event, now, policy)
        case CodeTyped():
            return answers.code_typed(document, event, now)
        case SignInBegun():
            return answers.sign_in_begun(document, event, now, policy)
        case SignedIn():
            return answers.signed_in(document, event, now, policy)
        case SignInRejected():
            return answers.sign_in_rejected(document, event, now)
        case Answered():
            return answers.answered(document, event, now)
        case SignatureApplied():
            return completion.signature_applied(document, event, now, policy)
        case Withdrawn():
            return drafts.withdrawn(document, event, now)
        case Filed():
            return completion.filed(document, event)
        case NoticePosted():
            return notices.notice_posted(document, event, now, policy.notices)
        case NoticeTakenDown():
            return notices.notice_taken_down(document, event, now, policy.notices)
        case ReadersInvited():
            return comments.readers_invited(document, event, now, policy)
        case ReaderDismissed():
            return comments.reader_dismissed(document, event, now)
        case ReadersTold():
            return comments.readers_told(document, event, now, policy)
        case Commented():
            return comments.commented(document, event, now, policy)
        case CommentCorrected():
            return comments.comment_corrected(document, event, now, policy)
        case CommentAnswered():
            return comments.comment_answered(document, event, now)
        case ExtractsSent():
            return extracts.extracts_sent(document, event, now)
        case ExtractDelivered():
            return extracts.extract_delivered(document, event, now)
        case PartCut():
            return immediate.part_cut(document, event)
