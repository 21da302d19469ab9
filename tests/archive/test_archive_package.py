from __future__ import annotations

import dataclasses

import pytest
from archive_samples import SOFTWARE, sample_files, sample_package
from hypothesis import given
from hypothesis import strategies as st

from signflow.archive.package import FOLDERS, SIGNED_PDF, EventType, FileRole, PackageFile, PremisEvent, verify_package
from signflow.errors import RefusedError

UNFIT_PATHS = [
    "",
    "minutes.pdf",
    "/etc/passwd",
    "representations/source/data/",
    "representations/source/data/../../../METS.xml",
    "representations/source/data/./a",
    "representations/source/data//a",
    "representations/source/data/a\\b",
    "representations/source/data/a\nb",
    "representations/source/data/a\0b",
    "representations/source/data/\ud800",
    "representations/source/data/a\N{COMBINING RING ABOVE}",
    "representations/source/data/" + "å" * 101,
    "representations/signed/data/source.md",
    "METS.xml",
    "metadata/preservation/premis.xml",
]


def refusal(**changes: object) -> str:
    with pytest.raises(RefusedError) as refused:
        verify_package(sample_package(**changes))
    return refused.value.code


@pytest.mark.parametrize("path", UNFIT_PATHS, ids=ascii)
def test_a_path_outside_its_folder_is_refused(path: str) -> None:
    stray = PackageFile(path, b"x", "text/plain", FileRole.SOURCE)
    assert refusal(files=(*sample_files(1), stray)) == "archive-path-unfit"


@pytest.mark.parametrize("document_id", ["", " a", "a\n", "a" * 201, "a\0", "\ud800", "a\u2028b"], ids=ascii)
def test_an_unfit_name_is_refused(document_id: str) -> None:
    assert refusal(document_id=document_id) == "archive-id-unfit"


def test_the_signed_pdf_must_be_there_once_and_in_its_place() -> None:
    others = tuple(file for file in sample_files(1) if file.role is not FileRole.SIGNED)
    assert refusal(files=others) == "archive-package-incomplete"
    elsewhere = PackageFile("representations/signed/data/other.pdf", b"x", "application/pdf", FileRole.SIGNED)
    assert refusal(files=(*others, elsewhere)) == "archive-path-unfit"


def test_a_package_without_its_page_for_readers_is_refused() -> None:
    files = tuple(file for file in sample_files(1) if file.role is not FileRole.DOCUMENTATION)
    assert refusal(files=files) == "archive-package-incomplete"


@pytest.mark.parametrize("name", ["A.md", "a.md", "a.md/b"])
def test_two_files_cannot_stand_in_one_place(name: str) -> None:
    folder = FOLDERS[FileRole.SOURCE]
    one = PackageFile(f"{folder}a.md", b"x", "text/markdown", FileRole.SOURCE)
    other = PackageFile(f"{folder}{name}", b"y", "text/markdown", FileRole.SOURCE)
    assert refusal(files=(*sample_files(1), one, other)) == "archive-path-taken"


def test_an_event_of_nobody_is_refused() -> None:
    package = sample_package()
    event = dataclasses.replace(package.events[0], agent="nobody")
    assert refusal(events=(event,)) == "archive-agent-unknown"


def test_the_program_that_made_the_package_may_act_without_being_listed() -> None:
    event = PremisEvent(EventType.RENDERING, sample_package().events[0].at, "Rendered", SOFTWARE.identifier)
    verify_package(sample_package(events=(event,), agents=()))


@given(st.integers(0, 10_000))
def test_a_whole_package_is_taken(seed: int) -> None:
    package = sample_package(seed)
    verify_package(package)
    assert SIGNED_PDF in {file.path for file in package.files}
