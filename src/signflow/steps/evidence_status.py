"""How far what is archived is protected, for those who look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from signflow.archive.archive import Archive
from signflow.signing.evidence.planner import Act, Plan, RenewalRules, plan
from signflow.signing.evidence.summary import read_holding


@dataclass(frozen=True, slots=True)
class EvidenceStatus:
    """What is protected, what not yet, and what is called for.

    Attributes:
        plan: Batch by batch.
        waiting: How many archived documents have no evidence that has not ended.
    """

    plan: Plan
    waiting: int

    @property
    def due(self) -> int:
        """How many batches call for a renewal now."""
        return len(self.plan.calling_for(Act.TIMESTAMP)) + len(self.plan.calling_for(Act.HASH_TREE))

    @property
    def lapsed(self) -> int:
        """How many batches have ended."""
        return len(self.plan.calling_for(Act.LAPSED))


def read_plan(archive: Archive, rules: RenewalRules, now: dt.datetime) -> Plan:
    """What protection ends when, and what is called for now, by what the index knows of the batches."""
    return plan(map(read_holding, archive.evidence.summaries().values()), rules, now)


def read_status(archive: Archive, rules: RenewalRules, now: dt.datetime) -> EvidenceStatus:
    """The status now; reads the index alone."""
    found = read_plan(archive, rules, now)
    lapsed = {one.holding.number for one in found.calling_for(Act.LAPSED)}
    return EvidenceStatus(found, archive.evidence.count_uncovered(lapsed))
