"""What pages show of a draft is read once, is what the reader says, and is never missed."""

from __future__ import annotations

import pytest

from life import Life
from real_minutes import SAMPLE
from signflow.errors import IntegrityError
from signflow.minutes import read_draft
from signflow.minutes.reading import draft_lines
from signflow.rounds.model import Draft
from signflow.starts.fresh import Meeting
from signflow.steps import read_once
from signflow.steps.new_draft import new_draft
from signflow.steps.read_once import Attendance, read_attendance, read_lines


def _word(life: Life) -> bytes:
    meeting = Meeting("protocol", "Miljönämnden", None, 1, ())  # type: ignore[arg-type] -- the name is enough here
    return new_draft(meeting, life.ports.templates, life.ports.texts["sv"], as_word=True, at=life.ports.clock()).data


def _draft(life: Life, data: bytes, filename: str = "a.md") -> Draft:
    return Draft(1, life.ports.blobs.put(data, "text/markdown"), filename, clean=True, appointments=())


def _lose(life: Life, draft: Draft) -> None:
    """Whoever reads the bytes again finds that they are gone."""
    for file in (life.settings.data / "blobs").rglob(f"*{draft.source.digest}*"):
        file.unlink()
    with pytest.raises(IntegrityError):
        life.ports.blobs.get(draft.source)


@pytest.mark.parametrize("word", [False, True])
def test_it_is_read_once_and_is_what_the_reader_says(life: Life, *, word: bool) -> None:
    data, filename = (_word(life), "protokoll.docx") if word else (SAMPLE.read_bytes(), SAMPLE.name)
    draft = _draft(life, data, filename)
    lines, attendance = read_lines(life.ports, draft), read_attendance(life.ports, draft)
    minutes = read_draft(data, filename).minutes
    assert minutes is not None
    assert lines == draft_lines(data, filename)
    assert attendance == Attendance(
        tuple(one.name for one in minutes.participants), tuple(one.name for one in minutes.absent)
    )
    _lose(life, draft)
    assert (read_lines(life.ports, draft), read_attendance(life.ports, draft)) == (lines, attendance)
    with pytest.raises(IntegrityError):
        read_attendance(life.ports, draft, anew=True)


def test_what_is_kept_and_not_whole_is_read_again(life: Life) -> None:
    draft = _draft(life, SAMPLE.read_bytes())
    lines = read_lines(life.ports, draft)
    kept = next((life.settings.data / "drawn").rglob("*.lines"))
    kept.write_bytes(kept.read_bytes().replace("ä".encode(), b"a", 1))
    assert read_lines(life.ports, draft) == lines


def test_what_the_file_is_called_tells_what_is_read(life: Life) -> None:
    data = SAMPLE.read_bytes()
    assert not read_lines(life.ports, _draft(life, data, "a.rtf"))
    assert read_lines(life.ports, _draft(life, data, "a.md")) == draft_lines(data, "a.md")


def test_what_cannot_be_read_now_is_read_when_it_can(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _draft(life, SAMPLE.read_bytes())

    def too_slow(_data: bytes, _filename: str) -> tuple[str, ...]:
        return ()

    with monkeypatch.context() as overloaded:
        overloaded.setattr(read_once, "lines_apart", too_slow)
        assert read_lines(life.ports, draft) == ()
    assert read_lines(life.ports, draft) == draft_lines(SAMPLE.read_bytes(), "a.md")
