"""Blanks that a fresh draft leaves for its author, and what is said of those that are still there.

A blank is written `‹fyll i plats›` or `‹fill in the place›`: with signs that minutes have no other use for, and words that
say what is to stand there. It counts as left while its opening stands, so half a blank is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signflow.minutes.catalogue import remark
from signflow.minutes.findings import Finding
from signflow.minutes.model import Minutes
from signflow.minutes.words import passages

BLANK = re.compile(r"‹(?:fyll i|fill in)\b[^‹›\n]{0,100}›?")


def check_blanks(minutes: Minutes) -> Iterator[Finding]:
    """A finding for each blank that is left."""
    for passage in passages(minutes):
        if "‹" in passage.text:
            yield from (remark("placeholder-left", passage.line, blank[0]) for blank in BLANK.finditer(passage.text))
