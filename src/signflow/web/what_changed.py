"""What has changed since the round before, for those who are asked once more: why that came to nothing, and the new words."""

from __future__ import annotations

from dataclasses import dataclass

from signflow.rendering.html.difference import difference_html
from signflow.rounds.model import Document, Objection
from signflow.steps.compare_versions import compare_versions
from signflow.steps.ports import Ports
from signflow.texts import Language, Texts
from signflow.web.downloads import Kept

_MOST_KEPT = 32


@dataclass(frozen=True, slots=True)
class Changed:
    """What the page says before it shows the text again.

    Attributes:
        why: Why the round before ended, in words.
        objection: Who would not sign then, and why; None if that was not it.
        same: Whether it is the same text once more.
        html: The difference; empty where it is the same text, or one of the two cannot be read.
    """

    why: str
    objection: Objection | None
    same: bool
    html: str


class WhatChanged:
    """Differences between rounds, made when they are asked for and kept while there is room: versions never change."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._kept: Kept[tuple[str, int, int, Language], str] = Kept(_MOST_KEPT, lambda _: 1)

    def since_last_round(self, document: Document, t: Texts) -> Changed | None:
        """What is new in the document's round; None in its first.

        Raises:
            IntegrityError: The bytes of a draft are not what they were.
        """
        current = document.round
        if current is None or current.number == 1:
            return None
        before = self._ports.store.round(document.id, current.number - 1)
        old, new = before.draft_number, current.draft_number
        why = t(f"states.round_end.{before.ended}") if before.ended else ""
        if old == new:
            return Changed(why, before.objection, same=True, html="")

        def compared() -> str:
            difference = compare_versions(self._ports, document.id, old, new).difference
            return difference_html(difference, t) if difference else ""

        html = self._kept.get((document.id, old, new, t.language), compared)
        return Changed(why, before.objection, same=False, html=html)
