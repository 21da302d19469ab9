"""Whatever the bytes: an answer, never an exception; and the answer names the fault and its line."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signflow.minutes import read_draft
from signflow.minutes.findings import Severity

FRAGMENTS = (
    *(
        "# ",
        "## ",
        "### ",
        "**",
        "*",
        "_",
        "- ",
        "1. ",
        "2) ",
        "> ",
        "|",
        "|---|\n",
        "\n",
        "\n\n",
        "  ",
        "\t",
        "  \n",
        "\\\n",
    ),
    *(
        "Tid",
        "Plats",
        "Deltagare",
        "Närvarande:",
        "Frånvarande",
        "Ledamöter",
        "Organ",
        "Namn",
        "Inga",
        "och",
        ", ",
        ": ",
    ),
    *(
        "Beslut",
        "Beslut:",
        "Att göra",
        "att x",
        "Kommunstyrelsen beslutar att y",
        "§ 94",
        "§ 5 Budget",
        "1",
        "Övriga frågor",
    ),
    *(
        "Vid protokollet",
        "Justerat",
        "Ordförande",
        "Sekreterare",
        "Utses att justera: Anna Ek och Bo Å",
        "Underskrifter\nSekreterare Eva Ek\nJusterare Bo Å\n\n",
        " Paragrafer 5–6\n",
        "Närvarolista\n",
        "Ärendelista\n",
        "| Beslutande | § |\n|--|--|\n| Anna Ek | 3 |\n",
        "| Beslut: | ja |\n|--|--|\n",
        "Anna Ek",
        "Bo Å",
    ),
    *(
        "(S)",
        "[a](b)",
        '[a](b "c")',
        "![x](y)",
        "<b>",
        "<br>",
        "[^1]",
        "[^1]: not\n",
        "a) x\n",
        "b) y\n",
        "- x\n",
        "&amp;",
        "\\*",
        "`",
        "```",
        "---",
        "===",
        "____",
        "<http://a.se>",
    ),
    *(
        "16 januari 2020",
        "kl 9-10",
        "text.",
        "Minnesanteckningar för X",
        "Protokoll",
        "\u202e",
        "\u00ad",
        "\r\n",
        "    ",
        "~~",
    ),
)


def codes(data: bytes, filename: str = "a.md") -> dict[str, int | None]:
    return {finding.code: finding.line for finding in read_draft(data, filename).findings}


@pytest.mark.parametrize(
    ("data", "filename", "code", "line"),
    [
        (b"", "a.md", "draft-empty", None),
        (b" \n\t\r\n", "a.md", "draft-empty", None),
        ("\ufeff\u00a0\n\u00ad".encode(), "a.md", "draft-empty", None),
        (b"PK\x03\x04word/document.xml", "a.md", "draft-damaged", None),
        (b"PK\x05\x06" + bytes(18), "protokoll.docx", "draft-binary", None),
        (b"%PDF-1.7\n", "a", "draft-format", None),
        (b"{\\rtf1\\ansi", "a.txt", "draft-format", None),
        (b"\n <!DOCTYPE html><p>", "a.txt", "draft-format", None),
        (b"\x00\x01\x02", "a.md", "draft-binary", None),
        ("# Möte".encode("utf-16-le"), "a.md", "draft-binary", None),
        (bytes(range(1, 32)) + b"\xff", "a.md", "draft-binary", None),
        (b"# M\xf6te\n\nbyte \x81 finns inte", "a.md", "draft-undecodable", 3),
        (b"\xff\xfe#", "a.md", "draft-undecodable", 1),
        (b"# M\n\n" + b"a" * 20_001, "a.md", "line-too-long", 3),
        (b"# M\n\n" + b"a b c\n" * 20_000, "a.md", "paragraph-too-long", 3),
        (b"a\n" * 50_001, "a.md", "draft-too-large", None),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused_with_one_error(
    data: bytes, filename: str, code: str, line: int | None
) -> None:
    reading = read_draft(data, filename)
    assert reading.minutes is None
    assert [(f.code, f.line, f.severity) for f in reading.findings if f.severity is Severity.ERROR] == [
        (code, line, Severity.ERROR)
    ]


def test_invisible_characters_are_removed_and_named_with_their_line() -> None:
    reading = read_draft("# Minnes\u00adanteckningar\u200b för X\n\ntext\u2066 här\x07\n".encode(), "a.md")
    assert reading.minutes is not None
    assert reading.minutes.title == "Minnesanteckningar för X"
    found = [(f.line, f.params["characters"]) for f in reading.findings if f.code == "control-characters"]
    assert found == [(1, "U+200B"), (3, "U+0007, U+2066")]


def test_a_direction_override_is_an_error() -> None:
    assert codes("# Möte\n\nbetala \u202e001 kr".encode())["direction-override"] == 3


@pytest.mark.parametrize("text", ["Ã¤renden", "m\ufffdte", "â€œcitatâ€\x9d"])
def test_garbled_text_is_remarked_on(text: str) -> None:
    assert codes(f"# Möte\n\n{text}\n".encode())["garbled-text"] == 3


def test_what_markdown_would_hide_stays_visible_and_is_remarked_on() -> None:
    draft = "# Möte\n\n## 1. Ett\n\n<script>alert(1)</script>\n\n[text]: http://a.se 'titel'\n\n```\nkod\n```\n\n    indrag\n"
    reading = read_draft(draft.encode(), "a.md")
    assert reading.minutes is not None
    texts = [block.text for block in reading.minutes.items[0].blocks]  # type: ignore[union-attr]  # all are paragraphs
    assert texts == ["<script>alert(1)</script>", "[text]: http://a.se 'titel'", "``` kod ```", "indrag"]
    assert [f.line for f in reading.findings if f.code == "leftover-markup"] == [5, 9]


def test_links_and_pictures_become_text_with_their_address() -> None:
    draft = "# Möte\n\n## 1. Ett\n\nSe [rapporten](https://a.se/?q=å&b=1) och ![karta](http://b.se/x.png).\n"
    reading = read_draft(draft.encode(), "a.md")
    assert reading.minutes is not None
    assert (
        reading.minutes.items[0].blocks[0].text  # type: ignore[union-attr]  # a paragraph
        == "Se rapporten (https://a.se/?q=å&b=1) och karta (http://b.se/x.png)."
    )
    assert codes(draft.encode())["image-remote"] == 5


def test_identity_numbers_are_found_by_their_check_digit_and_never_quoted() -> None:
    # 811218-9876 is the tax agency's own example; the second has a wrong check digit
    draft = "# Möte\n\n## 1. Ett\n\nSökande 19811218-9876.\n\nÄrende 811218-9875.\n\nBeslut\n"
    findings = read_draft(draft.encode(), "a.md").findings
    assert [f.line for f in findings if f.code == "identity-number"] == [5]
    assert not any("9876" in f.quote or "9876" in str(f.params) for f in findings)


def test_what_is_nested_beyond_reading_is_reported_not_lost_silently() -> None:
    assert codes(("# Möte\n\n" + ">" * 60 + " djupt\n").encode())["words-lost"] == 3


def test_findings_of_one_code_are_counted_beyond_a_hundred() -> None:
    findings = read_draft(("# Möte\n\n" + "## 1. Samma\n\ntext\n\n" * 150).encode(), "a.md").findings
    assert sum(f.code == "item-number-duplicate" for f in findings) == 100
    assert [f.params for f in findings if f.code == "findings-omitted"] == [
        {"omitted": "item-number-duplicate", "count": "49"}
    ]


@given(st.binary(max_size=400), st.sampled_from(["a.md", "a.txt", "a", ".", ""]))
def test_no_bytes_raise(data: bytes, filename: str) -> None:
    read_draft(data, filename)


@given(st.text(max_size=400))
def test_no_text_raises_or_loses_words(text: str) -> None:
    assert "words-lost" not in codes(text.encode())


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=50).map("".join))
@settings(max_examples=400)
def test_no_mixture_of_marks_and_labels_loses_or_moves_words(text: str) -> None:
    assert "words-lost" not in codes(text.encode())


def _filled(unit: str, paragraph: int = 19_000, total: int = 990_000) -> bytes:
    text = unit * (paragraph // len(unit)) + "\n\n"
    return ("# Minnesanteckningar för X\n\n**Deltagare**\n\n" + text * (total // len(text))).encode()[:total]


def _noise() -> bytes:
    return random.Random(1).randbytes(20_000_000)  # noqa: S311 - noise, not a secret


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a" * 20_000_000, id="20 MB in one line"),
        pytest.param(_noise(), id="20 MB of noise"),
        pytest.param(b"\xe5\n" * 10_000_000, id="20 MB of Windows-1252 lines"),
        pytest.param(b"\n" * 20_000_000, id="20 MB of empty lines"),
        pytest.param(b"# 1. a\n" * 100_000, id="100 000 headings"),
        pytest.param(b"# 1. a\n" * 49_990, id="as many headings as are read"),
        pytest.param(_filled("["), id="brackets"),
        pytest.param(_filled("![a", 900), id="brackets in many paragraphs"),
        pytest.param(_filled("**a", 1_400), id="stars in many paragraphs"),
        pytest.param(_filled("Anna Ek, "), id="names"),
        pytest.param(_filled("a" + " " * 500), id="spaces"),
        pytest.param(_filled("nämnden-", 300), id="words of bodies"),
        pytest.param(b"".join(b"  " * (i % 60) + b"- a\n" for i in range(10_000)), id="deep lists"),
        pytest.param(b"> " * 9_000 + b"a", id="deep quotations"),
        pytest.param(b"|a|b|\n|-|-|\n" + b"|c|d|\n" * 49_000, id="a long table"),
    ],
)
def test_hostile_sizes_end_in_time(data: bytes) -> None:
    read_draft(data, "a.md")
