"""What follows from inviting readers, and from what is remarked on a text: it is kept, corrected, answered, and follows its item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from signflow.rounds.events import (
    CommentAnswered,
    CommentCorrected,
    Commented,
    ReaderDismissed,
    ReadersInvited,
    ReadersTold,
)
from signflow.rounds.model import Document, Policy, Standing, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Entry, Outcome, Refusal
from signflow.rounds.readers import (
    LONGEST_COMMENT,
    Comment,
    CommentStanding,
    ItemFollowed,
    Reader,
    seat_author,
)
from signflow.rounds.seats import reason_of
from signflow.rounds.work import send_letters

MOST_READERS = 100
MOST_COMMENTS = 1000
MOST_IN_AN_HOUR = 30
_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_LONGEST_READING = dt.timedelta(days=366)
BY_ITSELF = "signflow"
"""Who tells readers of a new version."""
_OPEN = frozenset({State.DRAFT, State.REVIEW})


def readers_invited(document: Document, event: ReadersInvited, now: dt.datetime, policy: Policy) -> Outcome:
    """Each has a link of their own and is written to."""
    if document.state not in _OPEN:
        return Refusal("text-is-final", {"state": document.state})
    if not document.draft.clean:
        return Refusal("draft-has-errors")
    if event.first <= len(document.readers):
        return Refusal(ALREADY_RECORDED)
    hindrance = _hindrance(document, event, now, policy)
    if hindrance:
        return hindrance
    expires_at = now + policy.link_lifetime
    if event.until:
        expires_at = max(expires_at, policy.notices.begin(event.until + _DAY))
    new = tuple(
        Reader(
            number,
            one.person,
            one.address,
            one.link_digest,
            now,
            expires_at,
            event.until,
            told_draft=document.draft.number,
        )
        for number, one in enumerate(event.readers, event.first)
    )
    updated = replace(document, change=document.change + 1, readers=(*document.readers, *new))
    entries = tuple(Entry("reader-invited", event.by, {"reader": one.number, "person": one.person}) for one in new)
    return Decision(updated, entries, (send_letters(updated, f"readers:{new[-1].number}"),))


def _hindrance(document: Document, event: ReadersInvited, now: dt.datetime, policy: Policy) -> Refusal | None:
    """Why those cannot be invited; None if they can."""
    if not event.readers:
        return Refusal("no-reader-chosen")
    if len(document.readers) + len(event.readers) > MOST_READERS:
        return Refusal("too-many-readers", {"limit": MOST_READERS})
    today = policy.day(now)
    if event.until is not None and not today <= event.until <= today + _LONGEST_READING:
        return Refusal("date-not-ahead")
    invited = {one.address.casefold() for one in document.readers if one.holds(now)}
    for one in event.readers:
        if not one.address:
            return Refusal("reader-without-address", {"person": one.person})
        if one.address.casefold() in invited:
            return Refusal("reader-invited-already", {"person": one.person})
        invited.add(one.address.casefold())
    return None


def reader_dismissed(document: Document, event: ReaderDismissed, now: dt.datetime) -> Outcome:
    """The link leads nowhere from now on; what they remarked stays."""
    reader = next((one for one in document.readers if one.number == event.reader), None)
    if reader is None:
        return Refusal("no-such-reader")
    if reader.dismissed_at:
        return Refusal(ALREADY_RECORDED)
    gone = replace(reader, dismissed_at=now)
    readers = tuple(gone if one.number == gone.number else one for one in document.readers)
    updated = replace(document, change=document.change + 1, readers=readers)
    return Decision(updated, (Entry("reader-dismissed", event.by, {"reader": gone.number, "person": gone.person}),))


def readers_told(document: Document, event: ReadersTold, now: dt.datetime, policy: Policy) -> Outcome:
    """Those who do not know of the present text are written to, once however many versions there were since."""
    if event.draft_number != document.draft.number:
        return Refusal("text-has-changed")
    behind = {one.number for one in readers_behind(document, now, policy)}
    if not behind:
        return Refusal(ALREADY_RECORDED)
    number = document.draft.number
    readers = tuple(
        replace(one, told_draft=number, told_at=now) if one.number in behind else one for one in document.readers
    )
    updated = replace(document, change=document.change + 1, readers=readers)
    entry = Entry("readers-told", BY_ITSELF, {"draft": number, "readers": len(behind)})
    return Decision(updated, (entry,), (send_letters(updated, f"told:{number}"),))


def readers_behind(document: Document, now: dt.datetime, policy: Policy) -> tuple[Reader, ...]:
    """Those who can still comment, and have not been told of the present text; nobody while it has errors."""
    if document.state not in _OPEN or not document.draft.clean:
        return ()
    today = policy.day(now)
    return tuple(
        one
        for one in document.readers
        if one.told_draft < document.draft.number and one.holds(now) and one.in_time(today)
    )


def commented(document: Document, event: Commented, now: dt.datetime, policy: Policy) -> Outcome:
    """What a reader or a signatory remarks is kept, unless they have remarked very much in the last hour."""
    person = _person(document, event.author, now, policy)
    if isinstance(person, Refusal):
        return person
    if event.draft_number != document.draft.number:
        return Refusal("comment-on-old-text")
    text = reason_of(event.text)
    hindrance = _unfit(text)
    if hindrance:
        return hindrance
    theirs = [one for one in document.comments if one.author == event.author]
    if any((one.item, one.text, one.standing) == (event.item, text, CommentStanding.OPEN) for one in theirs):
        return Refusal(ALREADY_RECORDED)  # the button was pressed twice
    recent = sum(1 for one in theirs if now - one.at < _HOUR)
    if recent >= MOST_IN_AN_HOUR or len(document.comments) >= MOST_COMMENTS:
        return Refusal("too-many-comments")
    number = len(document.comments) + 1
    new = Comment(number, event.author, person, event.item, document.draft.number, now, text)
    updated = replace(document, change=document.change + 1, comments=(*document.comments, new))
    return Decision(updated, (Entry("commented", person, {"comment": number, "item": event.item}),))


def comment_corrected(document: Document, event: CommentCorrected, now: dt.datetime, policy: Policy) -> Outcome:
    """Somebody's own open comment says something else, or is taken back."""
    person = _person(document, event.author, now, policy)
    if isinstance(person, Refusal):
        return person
    comment = _comment(document, event.comment)
    if comment is None or comment.author != event.author:
        return Refusal("no-such-comment")
    wanted = CommentStanding.OPEN if event.text is not None else CommentStanding.TAKEN_BACK
    corrected = replace(comment, standing=wanted, text=comment.text if event.text is None else reason_of(event.text))
    if corrected == comment:
        return Refusal(ALREADY_RECORDED)
    if comment.standing is not CommentStanding.OPEN:
        return Refusal("comment-settled")
    kind = "comment-corrected" if wanted is CommentStanding.OPEN else "comment-taken-back"
    entry = Entry(kind, person, {"comment": comment.number, "item": comment.item})
    return _unfit(corrected.text) or Decision(_with(document, corrected), (entry,))


def comment_answered(document: Document, event: CommentAnswered, now: dt.datetime) -> Outcome:
    """The secretary has settled a comment: with an answer alone, or with a change of the text."""
    comment = _comment(document, event.comment)
    if comment is None:
        return Refusal("no-such-comment")
    answer, standing = reason_of(event.answer), event.standing
    if (comment.standing, comment.answer) == (standing, answer):
        return Refusal(ALREADY_RECORDED)
    if comment.standing is not CommentStanding.OPEN:
        return Refusal("comment-settled")
    if standing is CommentStanding.RESOLVED and not answer:
        return Refusal("answer-missing")
    if len(answer) > LONGEST_COMMENT:
        return Refusal("comment-too-long", {"limit": LONGEST_COMMENT})
    settled = replace(comment, standing=standing, answer=answer, answered_by=event.by, answered_at=now)
    data: dict[str, str | int] = {"comment": comment.number, "item": comment.item, "person": comment.person}
    return Decision(_with(document, settled), (Entry(f"comment-{standing}", event.by, data),))


def open_comments(document: Document) -> tuple[Comment, ...]:
    """Those that wait for the secretary."""
    return tuple(one for one in document.comments if one.standing is CommentStanding.OPEN)


def followed(comments: Iterable[Comment], items: Iterable[ItemFollowed], draft_number: int) -> tuple[Comment, ...]:
    """The comments in a new version: each with its item, as that is named now, and whether that has changed."""
    became = {one.before: one for one in reversed(tuple(items))}
    return tuple(_followed(one, became.get(one.item), draft_number) for one in comments)


def _followed(comment: Comment, became: ItemFollowed | None, draft_number: int) -> Comment:
    if became is None:
        return comment
    changed_in = draft_number if became.changed else comment.changed_in
    return replace(comment, item=became.now or comment.item, changed_in=changed_in)


def _person(document: Document, author: str, now: dt.datetime, policy: Policy) -> str | Refusal:
    """The name of whoever may remark on the text now."""
    if document.state not in _OPEN:
        return Refusal("reading-over")
    for reader in document.readers:
        if reader.author == author:
            in_time = reader.holds(now) and reader.in_time(policy.day(now))
            return reader.person if in_time else Refusal("reading-over")
    current = document.open_round
    for seat in current.seats if current else ():
        is_theirs = current is not None and seat_author(current.number, seat.holding) == author
        if is_theirs and seat.standing is Standing.INVITED and seat.link_expires_at and now < seat.link_expires_at:
            return seat.person
    return Refusal("reading-over")


def _unfit(text: str) -> Refusal | None:
    if not text:
        return Refusal("comment-missing")
    return Refusal("comment-too-long", {"limit": LONGEST_COMMENT}) if len(text) > LONGEST_COMMENT else None


def _comment(document: Document, number: int) -> Comment | None:
    return next((one for one in document.comments if one.number == number), None)


def _with(document: Document, comment: Comment) -> Document:
    comments = tuple(comment if one.number == comment.number else one for one in document.comments)
    return replace(document, change=document.change + 1, comments=comments)
