"""The page in every package for somebody who finds it in fifty years: what it is and how to check it."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence

from signflow.archive.package import SIGNED_PDF, FileRole, PackageFile
from signflow.texts import Texts

README_PATH = "documentation/README.txt"
_PARAGRAPHS = ("what", "signed", "source", "provenance", "description", "check")
_WIDTH = 96


def build_readme(
    document_id: str, title: str, body: str, meeting_on: dt.date, languages: Sequence[Texts]
) -> PackageFile:
    """The DOCUMENTATION file of a package: the same page in each language, in that order, as plain text in UTF-8.

    Equal arguments give equal bytes; it holds no time of its own.
    """
    pages: list[str] = []
    for texts in languages:
        heading = texts("archive.readme.heading")
        facts = {
            "title": title,
            "body": body,
            "document": document_id,
            "path": SIGNED_PDF,
            "date": texts.date(meeting_on),
        }
        paragraphs = [texts(f"archive.readme.{name}", **facts) for name in _PARAGRAPHS]
        wrapped = [textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False) for text in paragraphs]
        pages.append("\n\n".join([f"{heading}\n{'=' * len(heading)}", *wrapped]) + "\n")
    content = "\n\n".join(pages).encode("utf-8", "replace")
    return PackageFile(README_PATH, content, "text/plain", FileRole.DOCUMENTATION)
