"""Lines drawn with underscores or full stops, for a pen: no words, and on our pages rules or signature boxes instead."""

from __future__ import annotations

import re
from dataclasses import replace

from signflow.minutes.model import Fact

_PEN_LINE = re.compile(r"_{3,}|…{2,}|\.{4,}")


def pen_free(text: str) -> str:
    """The text without lines for a pen."""
    return " ".join(_PEN_LINE.sub(" ", text).split()) if _PEN_LINE.search(text) else text


def without_pen_lines(fact: Fact) -> Fact:
    """The fact; where it says nothing but a line for a pen, without it."""
    if pen_free(fact.value.text).strip():
        return fact
    return replace(fact, value=replace(fact.value, spans=()))
