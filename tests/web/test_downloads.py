from __future__ import annotations

from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.blobs import PDF
from signflow.web.downloads import download
from signflow.web.pages import preferred


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
