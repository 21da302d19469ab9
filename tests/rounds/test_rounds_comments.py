"""The limits of reviewing: how many may be asked, until when, how much is remarked, and what stays true whatever happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from round_walk import START, Walk, registered

from signflow.blobs import digest_of
from signflow.rounds.comments import MOST_COMMENTS, MOST_IN_AN_HOUR, MOST_READERS, followed, open_comments
from signflow.rounds.events import (
    CommentAnswered,
    CommentCorrected,
    Commented,
    Event,
    NewReader,
    ReaderDismissed,
    ReadersInvited,
)
from signflow.rounds.model import NoticeRules, Policy
from signflow.rounds.outcome import ALREADY_RECORDED, Outcome, Refusal
from signflow.rounds.readers import LONGEST_COMMENT, Comment, CommentStanding, ItemFollowed

ZONE = ZoneInfo("Europe/Stockholm")
DAY, HOUR, SECOND = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(seconds=1)
BO = "reader-1"


def people(count: int, first: int = 1) -> tuple[NewReader, ...]:
    numbers = range(first, first + count)
    return tuple(NewReader(f"P {n}", f"p{n}@example.org", digest_of(f"link {n}".encode())) for n in numbers)


def reviewed(until: dt.date | None = None, readers: int = 1) -> Walk:
    """A draft that somebody is asked to read, in Sweden."""
    walk = Walk(policy=Policy(notices=NoticeRules(zone=ZONE)))
    walk.must(registered())
    walk.must(ReadersInvited(1, people(readers), until, "anna"))
    return walk


def said(walk: Walk, text: str, author: str = BO) -> Outcome:
    return walk.do(Commented(author, "1 Läget", walk.present.draft.number, text))


def code(outcome: Outcome) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def test_so_many_readers_and_no_more() -> None:
    walk = reviewed(readers=MOST_READERS - 1)
    late = ReadersInvited(MOST_READERS, people(2, MOST_READERS), None, "anna")
    assert walk.do(late) == Refusal("too-many-readers", {"limit": MOST_READERS})
    walk.must(replace(late, readers=late.readers[:1]))
    assert code(walk.do(ReadersInvited(MOST_READERS + 1, people(1, 200), None, "anna"))) == "too-many-readers"


def test_nobody_is_asked_twice_while_their_link_holds_whatever_the_case_of_the_address() -> None:
    walk = reviewed()
    again = NewReader("Bo", "P1@EXAMPLE.org", digest_of(b"again"))
    assert code(walk.do(ReadersInvited(2, (again,), None, "anna"))) == "reader-invited-already"
    both = (replace(again, address="c@example.org"), replace(again, address="C@example.org"))
    assert code(walk.do(ReadersInvited(2, both, None, "anna"))) == "reader-invited-already"
    walk.must(ReaderDismissed(1, "anna"))
    walk.must(ReadersInvited(2, (again,), None, "anna"))


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (366, False), (367, True)])
def test_the_last_day_lies_ahead_within_a_year(days: int, *, refused: bool) -> None:
    walk = Walk(policy=Policy(notices=NoticeRules(zone=ZONE)))
    walk.must(registered())
    until = START.astimezone(ZONE).date() + days * DAY
    outcome = walk.do(ReadersInvited(1, people(1), until, "anna"))
    assert (code(outcome) == "date-not-ahead") is refused


@pytest.mark.parametrize("until", [dt.date(2026, 3, 28), dt.date(2026, 3, 29), dt.date(2026, 7, 1)])
def test_the_last_day_ends_at_midnight_where_the_organisation_is(until: dt.date) -> None:
    """Among them the day with 23 hours."""
    walk = reviewed(until)
    midnight = dt.datetime.combine(until + DAY, dt.time(), ZONE).astimezone(dt.UTC)
    assert walk.present.readers[0].link_expires_at >= midnight
    walk.now = midnight - SECOND
    assert code(said(walk, "I tid.")) == ""
    walk.now = midnight
    assert code(said(walk, "För sent.")) == "reading-over"
    assert code(walk.do(CommentCorrected(BO, 1, "Ändrat."))) == "reading-over"


def test_today_is_the_organisations_day_when_the_last_day_is_named() -> None:
    walk = Walk(policy=Policy(notices=NoticeRules(zone=ZONE)), now=dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC))
    walk.must(registered())
    assert code(walk.do(ReadersInvited(1, people(1), dt.date(2026, 7, 1), "anna"))) == "date-not-ahead"
    walk.must(ReadersInvited(1, people(1), dt.date(2026, 7, 2), "anna"))


def test_so_many_comments_in_an_hour_and_each_person_has_an_hour_of_their_own() -> None:
    walk = reviewed(readers=2)
    for number in range(MOST_IN_AN_HOUR):
        assert code(said(walk, f"Nr {number}")) == ""
    assert code(said(walk, "En till")) == "too-many-comments"
    assert code(said(walk, "En till", "reader-2")) == ""
    walk.now += HOUR - SECOND
    assert code(said(walk, "En till")) == "too-many-comments"
    walk.now += SECOND
    assert code(said(walk, "En till")) == ""


def test_so_many_comments_on_a_document() -> None:
    walk = reviewed()
    old = START - DAY
    comments = tuple(Comment(n, "reader-9", "P", "", 1, old, f"Nr {n}") for n in range(1, MOST_COMMENTS))
    walk.document = replace(walk.present, comments=comments)
    assert code(said(walk, "Den sista")) == ""
    walk.now += 2 * HOUR
    assert code(said(walk, "En för mycket")) == "too-many-comments"


@pytest.mark.parametrize(
    ("length", "refused"), [(0, "missing"), (LONGEST_COMMENT, ""), (LONGEST_COMMENT + 1, "too-long")]
)
def test_how_long_words_are(length: int, refused: str) -> None:
    walk = reviewed()
    wanted = f"comment-{refused}" if refused else ""
    assert code(said(walk, "x" * length)) == wanted
    said(walk, "Något")
    number = len(walk.present.comments)
    assert code(walk.do(CommentCorrected(BO, number, "y" * length))) == wanted
    answered = CommentAnswered(number, CommentStanding.CHANGED, "z" * length, "anna")
    assert code(walk.do(answered)) == ("comment-too-long" if refused == "too-long" else "")


def test_only_ones_own_open_comment_is_corrected() -> None:
    walk = reviewed(readers=2)
    said(walk, "Mitt")
    assert code(walk.do(CommentCorrected("reader-2", 1, "Ditt"))) == "no-such-comment"
    walk.must(CommentAnswered(1, CommentStanding.RESOLVED, "Nej.", "anna"))
    assert code(walk.do(CommentCorrected(BO, 1, None))) == "comment-settled"


ACTS = st.one_of(
    st.builds(
        Commented,
        st.sampled_from([BO, "reader-2", "reader-3", "seat-1-secretary"]),
        st.sampled_from(["", "1 Läget"]),
        st.integers(0, 2),
        st.sampled_from(["", "A", "B", "x" * (LONGEST_COMMENT + 1)]),
    ),
    st.builds(
        CommentCorrected,
        st.sampled_from([BO, "reader-2"]),
        st.integers(0, 6),
        st.none() | st.sampled_from(["", "A", "C"]),
    ),
    st.builds(
        CommentAnswered,
        st.integers(0, 6),
        st.sampled_from([CommentStanding.RESOLVED, CommentStanding.CHANGED]),
        st.sampled_from(["", "Ja."]),
        st.just("anna"),
    ),
    st.builds(ReaderDismissed, st.integers(0, 3), st.just("anna")),
)


@given(st.lists(st.tuples(ACTS, st.integers(0, 50_000)), max_size=25))
def test_whatever_is_done_nothing_said_is_lost_settled_twice_or_said_by_nobody(steps: list[tuple[Event, int]]) -> None:
    walk = reviewed(START.astimezone(ZONE).date() + 5 * DAY, readers=2)
    for event, seconds in steps:
        walk.now += seconds * SECOND
        before = walk.present
        outcome = walk.do(event)
        after = walk.present
        if isinstance(outcome, Refusal):
            assert after == before
            continue
        assert after.change == before.change + 1
        assert [one.number for one in after.comments] == list(range(1, len(after.comments) + 1))
        assert walk.do(event) == Refusal(ALREADY_RECORDED)
        for old, new in zip(before.comments, after.comments, strict=False):
            if old.standing is not CommentStanding.OPEN:
                assert new == old
        for one in after.comments[len(before.comments) :]:
            reader = next(reader for reader in before.readers if reader.author == one.author)
            assert reader.holds(walk.now)
            assert reader.in_time(walk.policy.day(walk.now))
            assert 0 < len(one.text) <= LONGEST_COMMENT
        settled = {one.number for one in after.comments if one.standing is not CommentStanding.OPEN}
        assert settled.isdisjoint(one.number for one in open_comments(after))


@given(
    st.lists(st.sampled_from(["", "1 A", "2 B", "3 C"]), max_size=6),
    st.lists(
        st.builds(
            ItemFollowed, st.sampled_from(["1 A", "2 B", "3 C"]), st.sampled_from(["", "1 A", "7 Ö"]), st.booleans()
        ),
        max_size=4,
    ),
)
def test_a_comment_follows_its_item_and_keeps_its_words(items: list[str], moves: list[ItemFollowed]) -> None:
    comments = [Comment(n, BO, "P", item, 1, START, "Hej") for n, item in enumerate(items, 1)]
    went = {one.before: one for one in reversed(moves)}
    for old, new in zip(comments, followed(comments, moves, 5), strict=True):
        move = went.get(old.item)
        assert new.item == ((move.now if move else "") or old.item)
        assert new.changed_in == (5 if move and move.changed else None)
        assert replace(new, item=old.item, changed_in=None) == old
