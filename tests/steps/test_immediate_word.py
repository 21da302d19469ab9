"""Items adjusted at once out of minutes that were written in Word."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from test_immediate import PEOPLE, WHOLE, codes, cut, signed_by_all

from life import Life
from signflow.blobs import DOCX
from signflow.rounds.model import State


def in_word(text: str) -> bytes:
    """The minutes as somebody types them in Word, with something in the page's head."""
    document: Any = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Ärende om Vera Vik"
    for line in filter(None, text.splitlines()):
        marks, _, words = line.partition(" ")
        if marks in ("#", "##"):
            document.add_heading(words, len(marks))
        else:
            document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE, open_review_when_clean=False) as house:
        yield house


def test_items_out_of_word_are_a_word_file_that_is_signed_and_referred_to(life: Life) -> None:
    main = life.drop(in_word(WHOLE), "protokoll.docx")
    part = cut(life, main, 12)
    assert (part.draft.filename, part.draft.clean) == ("protokoll-omedelbar-justering-12.docx", True)
    assert part.draft.source.media_type == DOCX
    assert signed_by_all(life, part).state is State.ARCHIVED
    assert "immediate-differs" not in codes(
        life, life.drop(in_word(WHOLE.replace("rapporten", "den")), "protokoll.docx")
    )
    assert "immediate-differs" in codes(life, life.drop(in_word(WHOLE.replace("150", "200")), "protokoll.docx"))
    life.drop(in_word(WHOLE.replace("rapporten", "allt")), "protokoll.docx")
    assert signed_by_all(life, main).state is State.ARCHIVED
