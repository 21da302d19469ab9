"""Which lines begin something of their own, though the line above them is not ended by an empty one."""

from __future__ import annotations

from signflow.minutes.blocks import Row
from signflow.minutes.model import Span
from signflow.minutes.recognition.closing import begins_closing
from signflow.minutes.recognition.headings import is_plain_heading
from signflow.minutes.recognition.labels import (
    COLUMNS,
    always_item,
    continues_decision,
    front_kind,
    is_deciding_sentence,
    is_decision_label,
    is_notice_heading,
    is_section,
    may_be_wrapped,
    names_task,
)

_EXAMINED_CHARACTERS = 300


def begins_unit(text: str, above: str) -> bool:
    """Whether the line is a label, a heading, a decision or a signature, whatever stands above it.

    A clause (`att …`) is one only where the line above was not broken by an editor.
    """
    line = text[:_EXAMINED_CHARACTERS].strip().replace("*", "")
    if continues_decision(line):
        return not may_be_wrapped(above)
    if not line[:1].isupper() and not is_plain_heading(Row((Span(line),), 1)):
        return False
    label = COLUMNS.split(line.partition(":")[0])[0]
    return bool(
        front_kind(label)
        or is_decision_label(label)
        or is_section(label)
        or is_notice_heading(line)
        or always_item(line)
        or is_deciding_sentence(line)
        or names_task(line)
        or begins_closing(line)
        or is_plain_heading(Row((Span(line),), 1))
    )
