"""Damaged files: refused, or said not to be valid, or proven to be harmless. `make attacks` takes ten thousand."""

from __future__ import annotations

import pytest
from attack_harmless import harmless, honestly_shown, shown
from attack_judges import judged
from attack_mutations import BASES, MUTATIONS, mutated
from attack_papers import Papers
from attack_pdf import edited
from attack_saving import painted

from signflow.signing.report import Indication

_SEEDS = range(20_000, 20_400)  # other ones than `make attacks` takes


@pytest.mark.timeout(60)
@pytest.mark.parametrize("first", _SEEDS[::20])
def test_a_mutant_that_passes_is_harmless(papers: Papers, first: int) -> None:
    for seed in range(first, first + 20):
        mutant = mutated(papers, seed)
        report = judged(papers, mutant.pdf).report
        if report is not None and report.indication is Indication.TOTAL_PASSED:
            assert harmless(papers, mutant, report), (mutant.seed, mutant.base, mutant.kinds)


def test_the_same_seed_is_the_same_damage_and_all_kinds_occur(papers: Papers) -> None:
    made = [mutated(papers, seed) for seed in _SEEDS]
    assert made[7] == mutated(papers, _SEEDS[7])
    assert {kind for one in made for kind in one.kinds} == set(MUTATIONS)
    assert {one.base for one in made} == set(BASES)
    assert len({one.pdf for one in made}) > 0.95 * len(made)


def test_the_proof_tells_a_painted_page_and_another_catalog_from_honest_files(papers: Papers) -> None:
    """Were it to call everything harmless, the mutants would show nothing."""
    report = judged(papers, papers.adjuster).report
    assert report is not None
    assert shown(papers.adjuster, report) in honestly_shown(papers)
    language = edited(papers.adjuster, lambda editor: editor.put(editor.root, "/Lang", "(en)"))
    for changed in (painted(papers.adjuster), language):
        assert shown(changed, report) not in honestly_shown(papers)
