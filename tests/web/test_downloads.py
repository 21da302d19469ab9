from __future__ import annotations

from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.blobs import PDF, BlobRef, digest_of
from signflow.errors import IntegrityError, RefusedError
from signflow.web.downloads import Reading, download
from signflow.web.pages import preferred


class Blobs:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.reads = 0

    def put(self, data: bytes, media_type: str) -> BlobRef:
        raise NotImplementedError

    def get(self, ref: BlobRef) -> bytes:
        self.reads += 1
        if digest_of(self.data) != ref.digest:
            raise IntegrityError("blob-altered", digest=ref.digest)
        return self.data


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_file_name_makes_one_harmless_header(name: str) -> None:
    header = download(b"x", PDF, name).headers["content-disposition"]
    assert header.isascii()
    assert header.isprintable()
    message = Message()
    message["content-disposition"] = header
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name


@given(st.text(max_size=200))
def test_any_accept_language_is_read(header: str) -> None:
    assert preferred(header, "sv") in {"sv", "en"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "sv"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("sv;q=0.1,en;q=0.2", "en"),
        ("en;q=0", "sv"),
        ("en;q=x, de", "sv"),
        ("nb, da;q=0.9", "sv"),
    ],
)
def test_the_language_that_is_preferred_is_taken(header: str, language: str) -> None:
    assert preferred(header, "sv") == language


def test_what_is_no_pdf_is_refused_each_time_and_not_kept() -> None:
    blobs = Blobs(b"not a pdf")
    reading, ref = Reading(blobs), BlobRef(digest_of(b"not a pdf"), 9, PDF)
    for _ in range(2):
        with pytest.raises(RefusedError):
            reading.image(ref, 1)
        with pytest.raises(RefusedError):
            reading.shown(ref)
    assert blobs.reads == 4


def test_altered_bytes_are_never_shown() -> None:
    with pytest.raises(IntegrityError):
        Reading(Blobs(b"other")).image(BlobRef("0" * 64, 5, PDF), 1)
