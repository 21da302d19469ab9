"""Every attack: never a clean pass, never through the gate, never an exception but a refusal, seconds and not minutes."""

from __future__ import annotations

import pytest
from attack_judges import bounded_memory, gate_passes, judged
from attack_kinds import Aim, Attack
from attack_papers import Papers
from attack_set import ATTACKS, FAMILIES, once_each

_SECONDS = 60  # for building, two validations and the gate, on a machine that is busy with other things


def test_the_set_has_every_published_family() -> None:
    sizes = {family.name: len(family.attacks) for family in FAMILIES}
    assert len(sizes) == 13
    assert min(sizes.values()) >= 15
    labels = [attack.label for attack in ATTACKS]
    assert len(labels) == len(set(labels))


@pytest.mark.timeout(_SECONDS)
@pytest.mark.parametrize("attack", once_each(ATTACKS), ids=lambda attack: attack.label)
def test_an_attack_does_not_succeed(papers: Papers, attack: Attack) -> None:
    pdf = attack.build(papers)
    assert attack.aim is Aim.STRIP or pdf != getattr(papers, attack.base, b"")
    with bounded_memory():
        verdict = judged(papers, pdf)
        assert verdict.report is None or not attack.missed(verdict.report), verdict
        assert not gate_passes(papers, attack.base, pdf)
