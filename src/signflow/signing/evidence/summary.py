"""What a batch says of itself, in a form that is kept beside its timestamps: for people, and for the planner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from signflow.errors import IntegrityError
from signflow.signing.evidence.planner import Holding
from signflow.signing.evidence.records import EvidenceRecord
from signflow.signing.evidence.tokens import TokenFacts, read_token_facts

_FORMAT = 1


def build_summary(
    number: int, documents: int, left_out: int, stem: EvidenceRecord, alone: TokenFacts | None
) -> dict[str, Any]:
    """The summary of a batch, a JSON object.

    Args:
        number: Of the batch.
        documents: How many have evidence in its newest tree.
        left_out: How many had to be left out of that tree.
        stem: Its timestamps.
        alone: What its documents' own last timestamps rest on, taken together.

    Raises:
        IntegrityError: A token cannot be read.
    """
    history = [
        {"tree": chain_number, "digest": one.digest, **_facts(read_token_facts(one.token))}
        for chain_number, chain in enumerate(stem.chains, start=1)
        for one in chain
    ]
    return {
        "format": _FORMAT,
        "standard": "RFC 4998",
        "number": number,
        "documents": documents,
        "left_out": left_out,
        "timestamps": history,
        "documents_own_timestamps": _facts(alone) if alone else None,
    }


def read_holding(summary: Mapping[str, Any]) -> Holding:
    """What holds up the batch of that summary.

    Raises:
        IntegrityError: `evidence-summary-unreadable`.
    """
    try:
        newest, alone = summary["timestamps"][-1], summary["documents_own_timestamps"]
        return Holding(
            int(summary["number"]),
            int(summary["documents"]),
            str(newest["digest"]),
            _read_facts(newest),
            _read_facts(alone) if alone else None,
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise IntegrityError("evidence-summary-unreadable", reason=type(error).__name__) from error


def _facts(facts: TokenFacts) -> dict[str, Any]:
    return {
        "at": facts.at.isoformat(),
        "authority": facts.authority,
        "local": facts.local,
        "certificates_end_at": facts.certificates_end_at.isoformat(),
        "algorithms": [[family, bits] for family, bits in facts.algorithms],
    }


def _read_facts(value: Mapping[str, Any]) -> TokenFacts:
    return TokenFacts(
        dt.datetime.fromisoformat(value["at"]),
        str(value["authority"]),
        bool(value["local"]),
        dt.datetime.fromisoformat(value["certificates_end_at"]),
        tuple((str(family), int(bits)) for family, bits in value["algorithms"]),
    )
