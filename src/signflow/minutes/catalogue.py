"""Every code a finding may carry, with what it stops: the one list that texts, documentation and rules are held to.

The sentences stand in `findings.toml` in each language, the explanations in `docs/findings.md`; a test keeps the three
in step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from signflow.minutes.findings import Finding, Severity

_QUOTE_CHARACTERS = 120
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9])(?:1[89]|20)?([0-9]{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278][0-9]|[39][01]))[-+ ]?([0-9]{4})(?![0-9])"
)
_MASK = "••••••-••••"

SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        # the file
        "draft-empty": Severity.ERROR,
        "draft-format": Severity.ERROR,
        "draft-binary": Severity.ERROR,
        "draft-undecodable": Severity.ERROR,
        "draft-too-large": Severity.ERROR,
        "line-too-long": Severity.ERROR,
        "paragraph-too-long": Severity.ERROR,
        "encoding-guessed": Severity.NOTE,
        "control-characters": Severity.WARNING,
        "direction-override": Severity.ERROR,
        "garbled-text": Severity.WARNING,
        "words-lost": Severity.ERROR,
        "image-left-out": Severity.WARNING,
        "leftover-markup": Severity.WARNING,
        "identity-number": Severity.WARNING,
        # the meeting
        "title-missing": Severity.ERROR,
        "body-missing": Severity.WARNING,
        "class-unclear": Severity.WARNING,
        "date-missing": Severity.ERROR,
        "date-year-missing": Severity.ERROR,
        "date-impossible": Severity.ERROR,
        "weekday-mismatch": Severity.ERROR,
        "time-missing": Severity.WARNING,
        "time-impossible": Severity.ERROR,
        "end-before-start": Severity.ERROR,
        "place-missing": Severity.WARNING,
        # the people
        "participants-missing": Severity.WARNING,
        "person-twice": Severity.ERROR,
        "namesakes": Severity.WARNING,
        "present-and-absent": Severity.ERROR,
        # the items
        "items-missing": Severity.ERROR,
        "item-number-missing": Severity.NOTE,
        "item-number-gap": Severity.WARNING,
        "item-number-duplicate": Severity.ERROR,
        "item-number-order": Severity.WARNING,
        "item-title-missing": Severity.WARNING,
        "item-empty": Severity.WARNING,
        "decision-empty": Severity.ERROR,
        # the closing block
        "secretary-missing": Severity.ERROR,
        "chair-missing": Severity.ERROR,
        "adjuster-missing": Severity.ERROR,
        "signatory-not-participant": Severity.ERROR,
        "signatory-misspelled": Severity.ERROR,
        "signatory-twice": Severity.ERROR,
        # about the list itself
        "findings-omitted": Severity.NOTE,
        # raised by other rooms
        "character-not-in-font": Severity.ERROR,
        "signatory-without-address": Severity.ERROR,
        "objection": Severity.ERROR,
    }
)


def remark(code: str, line: int | None = None, quote: str = "", **params: str) -> Finding:
    """A finding with the severity of its code; identity numbers in the quote and the parameters are masked.

    Raises:
        KeyError: The code is not in `SEVERITIES`: a defect of ours.
    """
    masked = {name: mask_identity_numbers(value) for name, value in params.items()}
    return Finding(code, SEVERITIES[code], line, _shortened(mask_identity_numbers(quote)), masked)


def mask_identity_numbers(text: str) -> str:
    """The text with each valid personal identity or co-ordination number replaced by dots."""
    return _IDENTITY_NUMBER.sub(lambda match: _MASK if _has_valid_check_digit(match) else match[0], text)


def has_identity_number(text: str) -> bool:
    """Whether a valid personal identity number or co-ordination number stands in the text.

    Source: Folkbokföringslagen (1991:481) 18 §: date of birth (day + 60 for co-ordination numbers), birth number and a
    check digit by the Luhn formula.
    """
    return any(_has_valid_check_digit(match) for match in _IDENTITY_NUMBER.finditer(text))


def _has_valid_check_digit(match: re.Match[str]) -> bool:
    digits = [int(digit) for digit in match[1] + match[2]]
    doubled = (digit * (2 - position % 2) for position, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _shortened(quote: str) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= _QUOTE_CHARACTERS else flat[: _QUOTE_CHARACTERS - 1] + "…"
