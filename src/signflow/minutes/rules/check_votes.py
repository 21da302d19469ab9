"""Votes that do not add up, and votes of which the outcome is missing or contradicts the decision.

Source: Kommunallagen 5:67, 3 and 5: the votes held and their outcome; in open votes, how each member voted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Attendance, Item, Minutes, MinutesClass, Role, Subheading
from signflow.minutes.recognition.labels import normalised
from signflow.minutes.recognition.people import same_name
from signflow.minutes.recognition.recognise import front_signatories
from signflow.minutes.rules.statements import Statement, statements
from signflow.minutes.rules.votes import Ballot, Choice, Tally, read_ballots, read_tallies

_VOTE_WORDS = re.compile(r"röst|votering|\bvote|\bvoting|\bballot|\bja\b|\bayes?\b|\bdivision\b", re.IGNORECASE)
_SEVERAL_VOTES = re.compile(
    r"\b(?:kontraproposition|huvudvotering|huvudproposition|huvudförslag|motförslag|återremi\w+|"
    r"(?:första|andra|tredje|ny|ytterligare)\s+(?:votering|omröstning)\w*|(?:first|second|third|another)\s+vote|amendment)",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:votering(?:en)?|omröstning(?:en)?)\s+(?:begärs|begärdes|genomförs|genomfördes|verkställs|verkställdes|företas|"
    r"företogs|hålls|hölls|sker|skedde|har\s+begärts)\b"
    r"|\b(?:begär|begärde|begärt|verkställer|verkställde|genomför|genomförde)\s+(?:öppen\s+|sluten\s+)?(?:votering|omröstning)\b"
    r"|\b(?:vote|division|ballot)\s+(?:was|is)\s+(?:requested|called|held|taken|demanded)\b"
    r"|\b(?:requests|requested|called\s+for|demanded)\s+a\s+(?:recorded\s+)?(?:vote|division|ballot)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"[0-9]+\s*(?:ja|nej|röst|vote|aye|noe|för|mot|for|against|[–-]\s*[0-9])|(?:ja|nej|ayes?|noes)\s*[:–-]?\s*[0-9]"
    r"|\b(?:enhällig|samtliga\s+röst|lika\s+(?:röstetal|många)|lottning|acklamation|unanimous|tied?\b|casting\s+vote|"
    r"(?:begäran|yrkandet)\s+(?:dras|drogs|återtas|återtogs|togs)|återtar|återtog|withdr[ae]w)"
    r"|\b(?:bilaga|bilagda|voteringslista|omröstningslista|voteringsprotokoll|attachment|annex|voting\s+list)",
    re.IGNORECASE,
)
_VOTE_PARTS = frozenset(["votering", "omröstning", "omröstningsresultat", "voteringsresultat", "vote", "voting"])
_NONE = re.compile(r"\s*(?:ingen|inga|inget|none|no)\b", re.IGNORECASE)
_NOT_DECIDING = re.compile(
    r"övriga|tjänstem|tjänsteperson|gäster|inbjudna|föredragande|insyn|adjungerad|ej tjänstgör|icke tjänstgör|officer|guest|observer|"
    r"also present|in attendance",
    re.IGNORECASE,
)
_MEANING = re.compile(
    r"\b(?:ja|aye|yes)\b[^.;]{0,60}?\b(?P<yes>bifall(?:a|er)?|avslag|avslå|approve|grant|reject|refuse)\s+(?:till\s+|på\s+|the\s+)?(?P<what>\w+)"
    r"[^.]{0,120}?\b(?:nej|no)\b[^.;]{0,60}?\b(?P<no>bifall(?:a|er)?|avslag|avslå|approve|grant|reject|refuse)",
    re.IGNORECASE,
)
_REJECTING = ("avsl", "reject", "refuse")


def check_votes(minutes: Minutes) -> Iterator[Finding]:
    """All findings about votes."""
    statutory = minutes.minutes_class is MinutesClass.PROTOCOL
    most = len(_who_may_vote(minutes)) if statutory else 0
    for item in minutes.items:
        said = [one for one in statements(item) if _VOTE_WORDS.search(one.quote) or _VOTE_WORDS.search(one.part)]
        tallies, ballots = read_tallies(item), read_ballots(item)
        yield from _check_sums(item, tallies, ballots)
        if most:
            yield from _check_present(tallies, ballots, most)
        if len(tallies) == 1:
            yield from _check_outcome(item, tallies[0])
        if statutory and not tallies and not ballots:
            yield from _check_result(item, said)


def _check_sums(item: Item, tallies: Sequence[Tally], ballots: Sequence[Ballot]) -> Iterator[Finding]:
    for tally in tallies:
        if tally.total is not None and tally.total not in _sums(tally):
            yield _mismatch(tally, str(sum(_ayes_and_noes(tally))), str(tally.total))
    for ballot in ballots:
        if ballot.stated and any(ballot.counts[choice] != count for choice, count in ballot.stated.counts.items()):
            shown = Tally({choice: ballot.counts[choice] for choice in ballot.stated.counts}, 0, "")
            yield _mismatch(ballot.stated, shown.figures(), ballot.stated.figures())
    if len(ballots) == 1 and tallies and not any(_agree(tally, ballots[0]) for tally in tallies):
        yield _mismatch(tallies[0], _counted(ballots[0]).figures(), tallies[0].figures())
    yield from _check_restated(item, tallies)


def _check_restated(item: Item, tallies: Sequence[Tally]) -> Iterator[Finding]:
    """A decision that gives the outcome again, with one figure changed."""
    first = [tally for tally in tallies if not tally.in_decision]
    again = [tally for tally in tallies if tally.in_decision]
    if len(first) != 1 or any(_SEVERAL_VOTES.search(one.text) for one in statements(item)):
        return
    was = sorted(_ayes_and_noes(first[0]))
    for tally in again:
        now = sorted(_ayes_and_noes(tally))
        if was != now and set(was) & set(now) and tally.line != first[0].line:
            yield _mismatch(tally, first[0].figures(), tally.figures())


def _mismatch(tally: Tally, counted: str, stated: str) -> Finding:
    return remark("vote-total-mismatch", tally.line, tally.quote, counted=counted, stated=stated)


def _ayes_and_noes(tally: Tally) -> tuple[int, int]:
    return tally.counts.get(Choice.YES, 0), tally.counts.get(Choice.NO, 0)


def _sums(tally: Tally) -> set[int]:
    """What a total may come to: who abstains or is absent is counted by some and not by others."""
    cast = sum(_ayes_and_noes(tally))
    abstaining = tally.counts.get(Choice.ABSTAIN, 0)
    return {cast, cast + abstaining, cast + abstaining + tally.counts.get(Choice.ABSENT, 0)}


def _counted(ballot: Ballot) -> Tally:
    return Tally(ballot.counts, ballot.line, ballot.quote)


def _agree(tally: Tally, ballot: Ballot) -> bool:
    if tally.by_side:
        return sorted(_ayes_and_noes(tally)) == sorted(_ayes_and_noes(_counted(ballot)))
    return all(
        ballot.counts.get(choice, 0) == count for choice, count in tally.counts.items() if choice is not Choice.ABSENT
    )


def _who_may_vote(minutes: Minutes) -> frozenset[str]:
    lists = [part for part in minutes.front if isinstance(part, Attendance) and not part.absent]
    deciding = [part for part in lists if not _NOT_DECIDING.search(part.label)]
    names = {
        same_name(one.name) for part in deciding for one in part.people if "sekreterare" not in one.role.casefold()
    }
    if names:
        names |= {same_name(one.name) for one in front_signatories(minutes.front, Role.CHAIR)}
    return frozenset(names)


def _check_present(tallies: Sequence[Tally], ballots: Sequence[Ballot], most: int) -> Iterator[Finding]:
    for tally in (*tallies, *map(_counted, ballots)):
        if tally.votes > most:
            yield remark("vote-more-than-present", tally.line, tally.quote, votes=str(tally.votes), present=str(most))
            return


def _check_outcome(item: Item, tally: Tally) -> Iterator[Finding]:
    if tally.by_side:
        return
    ayes, noes = _ayes_and_noes(tally)
    meanings = [
        match for one in statements(item) if not one.is_decision for match in _MEANING.finditer(one.text[:4000])
    ]
    if len(meanings) != 1 or ayes == noes or not item.decisions:
        return
    meaning = meanings[0]
    yes_rejects, no_rejects = (meaning[side].lower().startswith(_REJECTING) for side in ("yes", "no"))
    if yes_rejects == no_rejects:
        return
    what = re.escape(meaning["what"])
    rejects = re.compile(rf"\b(?:avslå|avslår|avslog|reject\w*|refuse\w*)\s+(?:the\s+)?{what}\b", re.IGNORECASE)
    grants = re.compile(rf"\b(?:bifalla|bifaller|biföll|approve\w*|grant\w*)\s+(?:the\s+)?{what}\b", re.IGNORECASE)
    for decision in item.decisions:
        rejected, granted = bool(rejects.search(decision.text)), bool(grants.search(decision.text))
        winner_rejects = yes_rejects if ayes > noes else no_rejects
        if rejected not in (granted, winner_rejects):
            yield remark("vote-result-contradicts", decision.line, decision.text, yes=str(ayes), no=str(noes))
            return


def _check_result(item: Item, said: Sequence[Statement]) -> Iterator[Finding]:
    if any(_RESULT.search(one.quote) for one in statements(item)):
        return
    held = next((one for one in said if not _NONE.match(one.text) and _HELD.search(one.text)), None)
    if held:
        yield remark("vote-without-result", held.line, held.quote)
        return
    parts = {one.part for one in statements(item)}
    heading = next(
        (block for block in item.blocks if isinstance(block, Subheading) and normalised(block.text) in _VOTE_PARTS),
        None,
    )
    if heading and normalised(heading.text) not in parts:
        yield remark("vote-without-result", heading.line, heading.text)
