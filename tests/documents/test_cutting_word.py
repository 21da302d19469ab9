"""Items cut out of Word files: exactly those, and nothing of the others in any part of the new file."""

from __future__ import annotations

import io
from random import Random
from typing import Any

import docx
from document_as_word import as_word
from document_drawing import drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from cut_drafts import held_against_whole, minutes_of, said_in_word, texts
from signflow.minutes import read_draft
from signflow.minutes.cutting import cut_items

SECRET = "Vera Vik i hemlighet"


def with_secrets(data: bytes) -> bytes:
    """The file with words in its head and foot, its comments and its properties."""
    document: Any = docx.Document(io.BytesIO(data))
    document.sections[0].header.paragraphs[0].text = SECRET
    document.sections[-1].footer.paragraphs[0].text = SECRET
    for name in ("title", "subject", "comments", "keywords", "author"):
        setattr(document.core_properties, name, SECRET)
    for one in document.paragraphs[::7]:
        if one.runs:
            document.add_comment(one.runs[0], text=SECRET, author=SECRET)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@settings(max_examples=40)  # each is typed, cut and read several times
@given(seed=st.integers(0, 5_000), chance=st.integers(0, 9))
def test_word_is_cut_to_the_items_alone(seed: int, chance: int) -> None:
    data = with_secrets(as_word(drawn(seed, pictures=seed % 2 == 0)))
    whole = minutes_of(data, "a.docx")
    numbers = [item.number for item in whole.items if item.number is not None]
    if len(numbers) < 2:
        return
    random = Random(chance)  # noqa: S311 - not for secrets
    wanted = frozenset(random.sample(numbers, random.randint(1, len(numbers) - 1)))
    cut = cut_items(data, "a.docx", wanted)
    held_against_whole(data, "a.docx", wanted, cut)
    assert cut.data is not None
    everything = said_in_word(cut.data)
    assert SECRET not in everything
    others = (text for item in whole.items if item.number not in wanted for text in texts(item))
    kept = " ".join(read_draft(cut.data, "a.docx").lines)
    assert not [text for text in others if len(text) > 12 and text not in kept and text in everything]


def test_word_of_a_python_library_opens_what_was_cut() -> None:
    data = as_word(drawn(2, pictures=True))
    number = minutes_of(data, "a.docx").items[0].number
    assert number is not None
    cut = cut_items(data, "a.docx", frozenset({number}))
    assert cut.data is not None
    assert cut_items(data, "a.docx", frozenset({number})) == cut  # byte for byte
    opened = docx.Document(io.BytesIO(cut.data))
    assert any("Omedelbar" in one.text or "Immediate" in one.text for one in opened.paragraphs)
    assert len(opened.styles) == len(docx.Document(io.BytesIO(data)).styles)
