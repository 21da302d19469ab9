"""What signatories are shown is drawn before anybody asks; whatever becomes of it, they are shown the same."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from life import Life
from signflow.blobs import PDF, BlobRef
from signflow.crashpoints import CommitPoint
from signflow.errors import IntegrityError, NotFoundError, RefusedError
from signflow.rendering.page_images import PAGE_WIDTH_PX, page_count, page_image
from signflow.rendering.reading import item_headings, read_structure, structure_html
from signflow.rounds.model import Document, Round, Standing, State
from signflow.rounds.outcome import Decision
from signflow.steps import acts
from signflow.steps.draw_pages import Shown, draw_pages, read_page, read_shown
from signflow.steps.intake import take_draft
from signflow.store.drawings import Drawings

ANNA, HELENE = "anna@example.org", "helene@example.org"
_WORK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from life import Life
with Life(Path(sys.argv[2]), kill_at=sys.argv[3]) as life:
    life.work()
"""


class Broken(Drawings):
    """Fails as a defect of ours would."""

    def get(self, digest: str, name: str, draw: Callable[[], bytes]) -> bytes:
        raise ZeroDivisionError(digest, name, draw)


def _round(life: Life, document: Document) -> Round:
    current = life.load(document).round
    assert current is not None
    return current


def _kept(data: Path) -> list[str]:
    """The names of all drawings."""
    return sorted(path.name for path in (data / "drawn").rglob("*") if path.is_file())


def _check_drawn(life: Life, revision: BlobRef) -> None:
    """All of it is there, and nothing else is; and it is what these bytes say."""
    pdf = life.ports.blobs.get(revision)
    pages = range(1, page_count(pdf) + 1)
    assert _kept(life.settings.data) == sorted(
        [f"{revision.digest}.text", *(f"{revision.digest}.{page}.png" for page in pages)]
    )
    for page in pages:
        drawn = page_image(pdf, page, PAGE_WIDTH_PX)
        assert life.ports.drawings.read(revision.digest, f"{page}.png") == drawn
        assert read_page(life.ports, revision, page) == drawn
    structure = read_structure(pdf)
    assert read_shown(life.ports, revision) == Shown(len(pages), structure_html(structure), item_headings(structure))


def _longer(sample: bytes) -> str:
    """The sample with a text of several pages before those who sign."""
    return sample.decode().replace("## 1.", "\n\n".join(["Gruppen gick igenom läget. " * 30] * 12) + "\n\n## 1.", 1)


@pytest.mark.parametrize("long", [False, True])
def test_each_revision_is_drawn_before_anybody_asks_and_the_one_before_goes(
    life: Life, sample: bytes, *, long: bool
) -> None:
    document = life.drop(_longer(sample) if long else sample)
    copy = _round(life, document).current
    _check_drawn(life, copy)
    life.sign(ANNA)
    signed = _round(life, document).current
    assert signed != copy
    _check_drawn(life, signed)
    life.sign(HELENE)
    assert life.load(document).state is State.ARCHIVED
    _check_drawn(life, _round(life, document).current)


def test_a_page_without_the_stamp_is_not_drawn_again(life: Life, sample: bytes) -> None:
    document = life.drop(_longer(sample))
    copy = _round(life, document).current
    pages = read_shown(life.ports, copy).pages
    assert pages > 3
    life.ports.drawings.drop(copy.digest)
    before = {page: f"page {page}".encode() for page in range(1, pages + 1)}
    for page, image in before.items():  # told apart from what would be drawn
        life.ports.drawings.get(copy.digest, f"{page}.png", partial(bytes, image))
    life.sign(ANNA)
    signed = _round(life, document).current
    after = {page: life.ports.drawings.read(signed.digest, f"{page}.png") for page in range(1, pages + 1)}
    drawn = [page for page in after if after[page] != before[page]]
    assert len(drawn) == 1
    assert after[drawn[0]] == page_image(life.ports.blobs.get(signed), drawn[0], PAGE_WIDTH_PX)


def test_what_is_deleted_or_damaged_is_drawn_anew(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    copy = _round(life, document).current
    for damage in (Path.unlink, _cut):
        for file in [path for path in (life.settings.data / "drawn").rglob("*") if path.is_file()]:
            damage(file)
        read_shown(life.ports, copy)
        for page in range(1, page_count(life.ports.blobs.get(copy)) + 1):
            read_page(life.ports, copy, page)
        _check_drawn(life, copy)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


@pytest.mark.parametrize("fault", ["disk", "defect"])
def test_what_cannot_be_drawn_stops_nobody(life: Life, sample: bytes, fault: str) -> None:
    if fault == "disk":
        (life.settings.data / "drawn").rmdir()
        (life.settings.data / "drawn").write_bytes(b"no folder")
    else:
        life.with_ports(drawings=Broken(life.settings.data / "drawn", "1"))
    document = life.drop(sample)
    assert life.load(document).state is State.REVIEW
    life.sign(ANNA)
    assert [seat.standing for seat in _round(life, document).seats].count(Standing.SIGNED) == 1
    life.sign(HELENE)
    assert life.load(document).state is State.ARCHIVED
    assert life.ports.store.open_work() == ()


@pytest.mark.parametrize("point", [CommitPoint.REVIEW_OPENED, CommitPoint.SIGNATURE_RECORDED])
def test_killed_before_it_is_drawn_nothing_is_lost(tmp_path: Path, sample: bytes, point: CommitPoint) -> None:
    data = tmp_path / "data"
    with Life(data) as life:
        if point is CommitPoint.REVIEW_OPENED:
            take_draft(life.ports, sample, "utkast.md", "inbox", "")
        else:
            life.drop(sample)
            token, code = life.token(ANNA), life.ask_code(ANNA)
            outcome = acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
            assert isinstance(outcome, Decision)
    killed = subprocess.run(
        [sys.executable, "-c", _WORK, str(Path(__file__).parents[1]), str(data), point],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with Life(data) as life:
        (listed,) = life.ports.store.documents()
        current = life.ports.store.load(listed.id).round
        assert current is not None
        assert not [name for name in _kept(data) if name.startswith(current.current.digest)]
        life.work()
        _check_drawn(life, current.current)


def test_of_a_round_that_has_ended_nothing_is_drawn(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.ports.drawings.drop(_round(life, document).current.digest)
    acts.withdraw(life.ports, document.id, "Sekreteraren", "Fel möte.")
    draw_pages(life.ports, document.id)
    assert _kept(life.settings.data) == []


def test_what_is_no_pdf_is_refused_each_time_and_not_kept(life: Life) -> None:
    ref = life.ports.blobs.put(b"not a pdf", PDF)
    for _ in range(2):
        with pytest.raises(RefusedError):
            read_page(life.ports, ref, 1)
        with pytest.raises(RefusedError):
            read_shown(life.ports, ref)
    assert _kept(life.settings.data) == []


def test_there_is_no_page_beyond_the_last(life: Life, sample: bytes) -> None:
    copy = _round(life, life.drop(sample)).current
    for page in (0, read_shown(life.ports, copy).pages + 1):
        with pytest.raises(NotFoundError):
            read_page(life.ports, copy, page)


def test_altered_bytes_are_never_drawn(life: Life) -> None:
    with pytest.raises(IntegrityError):
        read_page(life.ports, BlobRef("0" * 64, 5, PDF), 1)
