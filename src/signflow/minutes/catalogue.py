"""Every code a finding may carry, with what it stops: the one list that texts, documentation and rules are held to.

The sentences stand in `findings.toml` in each language, the explanations in `docs/findings.md`; a test keeps the three
in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from signflow.minutes.findings import Finding, Severity
from signflow.minutes.identity_numbers import find_identity_numbers

_QUOTE_CHARACTERS = 120
_EXAMINED_CHARACTERS = 1_000
_MASK = "••••••-••••"

SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {
        # the file
        "draft-empty": Severity.ERROR,
        "draft-format": Severity.ERROR,
        "draft-binary": Severity.ERROR,
        "draft-undecodable": Severity.ERROR,
        "draft-too-large": Severity.ERROR,
        "draft-unpacks-too-large": Severity.ERROR,
        "draft-too-slow": Severity.ERROR,
        "draft-damaged": Severity.ERROR,
        "draft-encrypted": Severity.ERROR,
        "draft-macros": Severity.ERROR,
        "line-too-long": Severity.ERROR,
        "paragraph-too-long": Severity.ERROR,
        "encoding-guessed": Severity.NOTE,
        "control-characters": Severity.WARNING,
        "direction-override": Severity.ERROR,
        "direction-turns": Severity.ERROR,
        "garbled-text": Severity.WARNING,
        "words-lost": Severity.ERROR,
        "mark-lost": Severity.ERROR,
        "tracked-change": Severity.ERROR,
        "comment-left": Severity.WARNING,
        "hidden-text": Severity.ERROR,
        "struck-text": Severity.WARNING,
        "header-left-out": Severity.NOTE,
        "contents-left-out": Severity.NOTE,
        "text-box": Severity.WARNING,
        "placeholder-left": Severity.ERROR,
        "object-left-out": Severity.ERROR,
        "symbol-unknown": Severity.ERROR,
        "image-left-out": Severity.WARNING,
        "image-remote": Severity.WARNING,
        "image-without-alternative": Severity.ERROR,
        "image-unreadable": Severity.ERROR,
        "image-too-large": Severity.ERROR,
        "leftover-markup": Severity.WARNING,
        "identity-number": Severity.WARNING,
        "masked-passages": Severity.NOTE,
        "note-unknown": Severity.WARNING,
        "note-unused": Severity.WARNING,
        "link-unsafe": Severity.WARNING,
        "language-unknown": Severity.WARNING,
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
        "adjustment-date-missing": Severity.NOTE,
        # the people
        "participants-missing": Severity.WARNING,
        "deciding-members-missing": Severity.ERROR,
        "person-twice": Severity.ERROR,
        "namesakes": Severity.WARNING,
        "present-and-absent": Severity.ERROR,
        "name-misspelled": Severity.WARNING,
        "person-unknown": Severity.WARNING,
        # the items
        "items-missing": Severity.ERROR,
        "item-number-missing": Severity.NOTE,
        "item-number-gap": Severity.WARNING,
        "item-number-duplicate": Severity.ERROR,
        "item-number-order": Severity.WARNING,
        "item-title-missing": Severity.WARNING,
        "item-empty": Severity.WARNING,
        "decision-empty": Severity.ERROR,
        "vote-total-mismatch": Severity.ERROR,
        "vote-more-than-present": Severity.ERROR,
        "vote-result-contradicts": Severity.WARNING,
        "vote-without-result": Severity.ERROR,
        "protocol-item-silent": Severity.WARNING,
        "protocol-items-silent": Severity.WARNING,
        "disqualified-took-part": Severity.ERROR,
        "disqualified-unknown": Severity.WARNING,
        "immediate-not-said": Severity.WARNING,
        # the closing block
        "secretary-missing": Severity.ERROR,
        "chair-missing": Severity.ERROR,
        "adjuster-missing": Severity.ERROR,
        "signatory-not-participant": Severity.ERROR,
        "signatory-misspelled": Severity.ERROR,
        "signatory-twice": Severity.ERROR,
        "adjuster-not-appointed": Severity.ERROR,
        "appointed-not-signing": Severity.WARNING,
        "range-gap": Severity.ERROR,
        "range-unknown": Severity.ERROR,
        "notice-missing": Severity.NOTE,
        # about the list itself
        "findings-omitted": Severity.NOTE,
        # raised by other rooms
        "file-unreadable": Severity.ERROR,
        "character-not-in-font": Severity.ERROR,
        "signatory-without-address": Severity.ERROR,
        "chair-must-sign": Severity.ERROR,
        "adjusters-must-sign": Severity.ERROR,
        "objection": Severity.ERROR,
        "immediate-differs": Severity.ERROR,
        "immediate-item-gone": Severity.ERROR,
        "immediate-items-differ": Severity.ERROR,
    }
)


def remark(code: str, line: int | None = None, quote: str = "", **params: str) -> Finding:
    """A finding with the severity of its code; identity numbers in the quote and the parameters are masked.

    Raises:
        KeyError: The code is not in `SEVERITIES`: a defect of ours.
    """
    masked = {name: _shown(value) for name, value in params.items()}
    return Finding(code, SEVERITIES[code], line, _shown(quote), masked)


def mask_identity_numbers(text: str) -> str:
    """The text with each valid personal identity or co-ordination number replaced by dots."""
    parts: list[str] = []
    end_before = 0
    for begin, end in find_identity_numbers(text):
        if begin >= end_before:
            parts += [text[end_before:begin], _MASK]
        end_before = max(end, end_before)
    return "".join((*parts, text[end_before:]))


def _shown(words: str) -> str:
    """The beginning of the words, on one line; what is looked at is bounded, for a passage may have many findings."""
    flat = mask_identity_numbers(" ".join(words[:_EXAMINED_CHARACTERS].split()))
    return flat if len(flat) <= _QUOTE_CHARACTERS else flat[: _QUOTE_CHARACTERS - 1] + "…"
