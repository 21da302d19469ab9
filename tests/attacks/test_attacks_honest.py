"""No false alarm."""

from __future__ import annotations

import pytest
from attack_honest import HONEST, Honest
from attack_papers import Papers
from signing_house import NOW

from signflow.signing.validation.validate import validate_pdf


@pytest.mark.parametrize("honest", HONEST, ids=lambda honest: honest.name)
def test_an_honest_file_raises_no_alarm(papers: Papers, honest: Honest) -> None:
    at = NOW + honest.after
    assert honest.alarms(validate_pdf(honest.build(papers), papers.trust_at(at), at=at)) == []
