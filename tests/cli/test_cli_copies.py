"""`signflow render --copy …`: what a secretary publishes and sends."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from command_line import CommandLine, Said
from pypdf import PdfReader

from signflow.texts import Texts

SAMPLE = Path(__file__).parents[1] / "samples" / "minnesanteckningar-2020-01-16.md"
TEXTS = Texts(Path(__file__).parents[2] / "templates", "sv")
AT = ("--at", "2020-01-20T10:00:00")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The sample with a person's number in it, and a marked name."""
    file = tmp_path / "anteckningar-12.md"
    text = SAMPLE.read_text("utf-8")
    file.write_text(text.replace("upphandling", "upphandling (811218-9876)", 1), "utf-8")
    return file


def text_of(pdf: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.read_bytes())).pages).split())


def make(cli: CommandLine, draft: Path, output: Path, *options: str | Path) -> Said:
    return cli("render", draft, "-o", output, *AT, *options)


def test_the_signing_copy_is_what_is_made_if_nothing_is_said(cli: CommandLine, draft: Path, tmp_path: Path) -> None:
    plain, named = tmp_path / "plain.pdf", tmp_path / "named.pdf"
    assert make(cli, draft, plain).code == make(cli, draft, named, "--copy", "signing").code == 0
    assert plain.read_bytes() == named.read_bytes()
    assert "811218-9876" in text_of(plain)


@pytest.mark.parametrize("copy", ["web", "html"])
def test_what_is_for_the_web_is_redacted(cli: CommandLine, draft: Path, tmp_path: Path, copy: str) -> None:
    output = tmp_path / f"copy.{copy}"
    assert make(cli, draft, output, "--copy", copy).code == 0
    text = output.read_text("utf-8") if copy == "html" else text_of(output)
    assert "811218" not in text
    assert TEXTS("copies.mask") in text
    assert TEXTS("copies.web.what") in text
    assert TEXTS("copies.original.kept", document=draft.stem, organisation="Södertörnskommunerna") in text
    again = tmp_path / "again"
    make(cli, draft, again, "--copy", copy)
    assert again.read_bytes() == output.read_bytes()


def test_a_copy_names_the_signed_original_and_its_digest(cli: CommandLine, draft: Path, tmp_path: Path) -> None:
    signed = tmp_path / "undertecknat 12.pdf"
    make(cli, draft, signed)
    digest = hashlib.sha256(signed.read_bytes()).hexdigest()
    for copy, item in (("web", ()), ("html", ()), ("extract", ("--item", "3"))):
        output = tmp_path / copy
        assert make(cli, draft, output, "--copy", copy, "--original", signed, *item).code == 0
        text = output.read_text("utf-8") if copy == "html" else text_of(output)
        assert digest in text
        assert "undertecknat 12" in text


def test_an_extract_has_the_digest_of_the_pdf_of_the_same_draft_at_the_same_time(
    cli: CommandLine, draft: Path, tmp_path: Path
) -> None:
    signing, extract = tmp_path / "signing.pdf", tmp_path / "extract.pdf"
    make(cli, draft, signing)
    said = make(cli, draft, extract, "--copy", "extract", "--item", "3")
    assert said.code == 0
    assert "--original" in said.out
    assert hashlib.sha256(signing.read_bytes()).hexdigest() in text_of(extract)


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (("--copy", "fax"), 2, "fax"),
        (("--copy", "extract"), 2, "--item"),
        (("--copy", "extract", "--item", "4711"), 1, "4711"),
        (("--copy", "extract", "--item", "§3"), 2, "--item"),
        (("--copy", "web", "--item", "3"), 2, "--item"),
        (("--item", "3"), 2, "--item"),
        (("--original", "x.pdf"), 2, "--original"),
        (("--copy", "web", "--original", "missing.pdf"), 2, "missing.pdf"),
        (("--copy", "web", "--original", str(SAMPLE)), 2, "PDF"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_written(  # noqa: PLR0917 -- fixtures and cases
    cli: CommandLine, draft: Path, tmp_path: Path, options: tuple[str, ...], code: int, word: str
) -> None:
    output = tmp_path / "out.pdf"
    said = make(cli, draft, output, *options)
    assert said.code == code
    assert word in said.err
    assert not output.exists()


def test_the_items_that_there_are_are_told(cli: CommandLine, draft: Path, tmp_path: Path) -> None:
    said = make(cli, draft, tmp_path / "out.pdf", "--copy", "extract", "--item", "4711")
    assert "1, 2, 3" in " ".join(said.err.split())


def test_the_original_is_not_written_over(cli: CommandLine, draft: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.pdf"
    make(cli, draft, signed)
    before = signed.read_bytes()
    assert make(cli, draft, signed, "--copy", "web", "--original", signed).code == 2
    assert signed.read_bytes() == before


def test_marked_passages_are_hidden_and_others_stay(cli: CommandLine, tmp_path: Path) -> None:
    draft = tmp_path / "draft.md"
    text = SAMPLE.read_text("utf-8")
    line = next(one for one in text.splitlines() if len(one.split()) > 12 and one[0].isalpha() and "\t" not in one)
    words = line.split()
    marked = " ".join((*words[:4], f"=={words[4]} Zzyzx==", *words[5:]))
    draft.write_text(text.replace(line, marked), "utf-8")
    output, signing = tmp_path / "web.pdf", tmp_path / "signing.pdf"
    assert make(cli, draft, output, "--copy", "web").code == 0
    assert make(cli, draft, signing).code == 0
    assert "Zzyzx" in text_of(signing)
    assert "Zzyzx" not in text_of(output)
    assert "==" not in text_of(signing)
    assert TEXTS("copies.web.masked.one", word=TEXTS("copies.mask")) in text_of(output)
