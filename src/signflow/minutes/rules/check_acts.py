"""What is wrong with what persons do in the items: unknown ones act, disqualified ones take part.

Source: Kommunallagen 5:47 and 6:28–30: who is disqualified takes no part while the matter is dealt with.
"""

from __future__ import annotations

from collections.abc import Iterator

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes, MinutesClass, Role
from signflow.minutes.recognition.people import same_name
from signflow.minutes.recognition.recognise import front_signatories
from signflow.minutes.rules.acts import Act, ActKind, read_acts
from signflow.minutes.rules.names import Roll

_COMPARED_NAMES = 2_000


def check_acts(minutes: Minutes) -> Iterator[Finding]:
    """Persons who act and are not listed as present; disqualified ones who act."""
    present = _present(minutes)
    if not minutes.participants:
        return
    strangers: set[str] = set()
    for item in minutes.items:
        acts = list(read_acts(item))
        for act in acts:
            name = same_name(act.name.text)
            if name not in strangers and _is_stranger(act, present):
                strangers.add(name)
                disqualified = act.kind is ActKind.DISQUALIFIED
                code = "disqualified-unknown" if disqualified else "person-unknown"
                yield remark(code, act.line, act.quote, name=act.name.text)
        if minutes.minutes_class is MinutesClass.PROTOCOL:
            yield from _check_disqualified(acts, present)


def _present(minutes: Minutes) -> Roll:
    signing = [one for role in Role for one in front_signatories(minutes.front, role)]
    names = [one.name for one in (*minutes.participants, *signing, *minutes.signatories)]
    return Roll(names[:_COMPARED_NAMES])


def _is_stranger(act: Act, present: Roll) -> bool:
    name = act.name
    return name.may_be_person and not present.meant(name.text) and not present.nearly(name.text)


def _check_disqualified(acts: list[Act], present: Roll) -> Iterator[Finding]:
    disqualified = {
        _who(act, present) for act in acts if act.kind is ActKind.DISQUALIFIED and _is_somebody(act, present)
    }
    told: set[tuple[str, ActKind]] = set()
    for act in acts:
        who = _who(act, present)
        if act.kind is not ActKind.DISQUALIFIED and who in disqualified and (who, act.kind) not in told:
            told.add((who, act.kind))
            yield remark("disqualified-took-part", act.line, act.quote, name=act.name.text, act=str(act.kind))


def _is_somebody(act: Act, present: Roll) -> bool:
    return act.name.bracketed or act.name.may_be_person or present.meant(act.name.text) is not None


def _who(act: Act, present: Roll) -> str:
    return same_name(present.meant(act.name.text) or act.name.text)
