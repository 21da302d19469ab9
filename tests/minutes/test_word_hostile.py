"""Word files made to harm: each is refused clearly or read as harmless text, within 10 s of work and 512 MB of memory."""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from word_drafts import (
    NAMESPACES,
    PNG,
    STYLES,
    bold,
    image,
    levels,
    numbered,
    numbering,
    packed,
    paragraph,
    parts_of,
    run,
    table,
    word,
)

from signflow.minutes import read_draft
from signflow.minutes.word.document import MAX_PARAGRAPHS

SECONDS = 10
MEMORY_BYTES = 512_000_000
READ = """
import json, sys
from pathlib import Path
from signflow.minutes import read_draft
reading = read_draft(Path(sys.argv[1]).read_bytes(), "utkast.docx")
print(json.dumps([reading.minutes is not None, [finding.code for finding in reading.findings]]))
"""
BODY = f"<w:document {NAMESPACES}><w:body>{{}}</w:body></w:document>"
NEARLY = MAX_PARAGRAPHS - 10
OPENED_FIELD = '<w:r><w:fldChar w:fldCharType="begin"/><w:t>a</w:t></w:r>'


def document(xml: str | bytes) -> bytes:
    return packed({**parts_of(""), "word/document.xml": xml})


def entities(declarations: str, encoding: str = "utf-8") -> bytes:
    text = f"<!DOCTYPE d [{declarations}]>" + BODY.format("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>")
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    return document((prolog + text).encode(encoding))


def laughs() -> bytes:
    return entities(
        '<!ENTITY e0 "ha">'
        + "".join(f'<!ENTITY e{"" if at == 9 else at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
    )


def lying(data: bytes, size: int) -> bytes:
    """The package with that size of a part understated."""
    return data.replace(struct.pack("<I", size), struct.pack("<I", 100))


def overlapping() -> bytes:
    """Many entries of the directory that share the bytes of one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(paragraph("x")).items():
            archive.writestr(name, content)
        archive.writestr("word/media/a.png", bytes(10_000_000))
        shared = archive.getinfo("word/media/a.png")
        for at in range(100):
            twin = zipfile.ZipInfo(f"word/media/{at}.png")
            for name in ("header_offset", "file_size", "compress_size", "CRC", "compress_type"):
                setattr(twin, name, getattr(shared, name))
            archive.filelist.append(twin)
    return buffer.getvalue()


def twice() -> bytes:
    """A package with two documents: which is it?"""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in parts_of(paragraph("x")).items():
                archive.writestr(name, content)
            archive.writestr("Word/Document.xml", BODY.format(paragraph("y")))
    return buffer.getvalue()


def encrypted_entry() -> bytes:
    data = bytearray(word(paragraph("x")))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def typed(content_type: str, **parts: str | bytes) -> bytes:
    return packed({**parts_of(paragraph("x"), content_type=content_type), **parts})


MAIN = "application/vnd.{}.main+xml".format
HOSTILE: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "a part of 150 MB": (lambda: word(paragraph("a" * 150_000_000)), "draft-unpacks-too-large"),
    "39 MB in one word": (lambda: word(paragraph("a" * 39_000_000)), "draft-damaged"),
    "9 MB in one word": (lambda: word(paragraph("a" * 9_000_000)), "draft-too-large"),
    "39 MB in short words": (lambda: word(f"<w:p><w:r>{'<w:t>abcdefgh</w:t>' * 2_000_000}</w:r></w:p>"), "draft-unpacks-too-large"),
    "a part that understates its size": (lambda: lying(word(paragraph("a" * 20_000_000)), len(BODY.format(paragraph("a" * 20_000_000)))), "draft-damaged"),
    "a package in a package": (lambda: word(paragraph(image('r:embed="i"', "x")), i=packed({"a": bytes(50_000_000)})), "image-unreadable"),
    "200 MB of parts that are never read": (lambda: packed({**parts_of(paragraph("x")), "a": bytes(201_000_000)}), "draft-unpacks-too-large"),
    "100 000 parts": (lambda: packed({str(at): b"" for at in range(100_000)}), "draft-unpacks-too-large"),
    "parts over each other": (overlapping, "draft-unpacks-too-large"),
    "one part under two names": (twice, "draft-damaged"),
    "names that lead out": (lambda: packed({**parts_of(paragraph("x")), "../../etc/passwd": "x"}), "draft-damaged"),
    "names from the root": (lambda: packed({**parts_of(paragraph("x")), "/etc/passwd": "x"}), "draft-damaged"),
    "a billion laughs": (laughs, "draft-damaged"),
    "an entity from disk": (lambda: entities('<!ENTITY e SYSTEM "file:///etc/passwd">'), "draft-damaged"),
    "an entity in UTF-16": (lambda: entities('<!ENTITY e "x">', "utf-16"), "draft-damaged"),
    "an entity in UTF-7": (lambda: document(b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d []><d/>'), "draft-damaged"),
    "a document type elsewhere": (lambda: document('<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x">' + BODY.format("")), "draft-damaged"),
    "100 000 deep": (lambda: document(BODY.format("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000)), "draft-damaged"),
    "80 tables in each other": (lambda: word("<w:tbl><w:tr><w:tc>" * 80 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 80), None),
    "60 text boxes in each other": (lambda: word("<w:p><w:r><w:pict><w:txbxContent>" * 60 + paragraph("x") + "</w:txbxContent></w:pict></w:r></w:p>" * 60), "text-box"),
    "240 wrappings": (lambda: word(f"<w:p>{'<w:smartTag>' * 240}{run('x')}{'</w:smartTag>' * 240}</w:p>"), None),
    "a million paragraphs": (lambda: word("<w:p/>" * 1_000_000), "draft-too-large"),
    "as many paragraphs as are read": (lambda: word(paragraph("Anna Ek\tBro") * NEARLY), None),
    "as many headings": (lambda: word(paragraph("1. a", "Rubrik1") * NEARLY), None),
    "as many nested entries": (lambda: word("".join(numbered("a", 1, at % 9) for at in range(NEARLY)), numbering=numbering(levels(*[("decimal", "%1.")] * 9))), None),
    "as many cells": (lambda: word(table([["a", "b"]] * (NEARLY // 2))), None),
    "as many cells in one row": (lambda: word(table([["a"] * NEARLY])), None),
    "cells a milliard wide": (lambda: word(table([[f'<w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>{paragraph("a")}'] * 2] * 12_000)), None),
    "100 000 attributes": (lambda: word("<w:p " + " ".join(f'a{at}=""' for at in range(100_000)) + "/>" + paragraph("x")), None),
    "fields without end": (lambda: word(paragraph("x") + "<w:p>" + OPENED_FIELD * 100_000 + "</w:p>"), "hidden-text"),
    "a long address many times": (lambda: word(paragraph(f'<w:hyperlink r:id="L">{run("a")}</w:hyperlink>' * 5_000), refers_to={"L": ("hyperlink", "https://" + "x" * 900_000)}), "draft-too-large"),
    "one note many times": (lambda: word(paragraph('<w:r><w:footnoteReference w:id="2"/></w:r>') * 40_000, footnotes=f'<w:footnote w:id="2">{paragraph("z") * 40_000}</w:footnote>'), "draft-too-large"),
    "one image many times": (lambda: word(paragraph(run("a") + image('r:embed="i"', "x")) * 5_000, i=PNG + bytes(40_000_000)), None),
    "61 MB of images": (lambda: word("".join(paragraph(image(f'r:embed="i{at}"', "x")) for at in range(13)), **{f"i{at}": PNG + bytes(5_000_000) for at in range(13)}), "draft-unpacks-too-large"),
    "lists that refer in a circle": (
        lambda: word(
            numbered("a", 1) * 100,
            numbering='<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="L"/></w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
            styles=f'{STYLES}<w:style w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
        ),
        None,
    ),
    "numbers beyond letters": (lambda: word(numbered("a", 1) * 100, numbering=numbering(levels(("lowerRoman", "%1" * 30), start=999_999_999))), None),
    "styles in a circle": (lambda: word(paragraph("a", "A") * 100, styles='<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'), None),
    "50 000 styles on each other": (lambda: word("".join(paragraph("a", f"S{at}") for at in range(0, 50_000, 10)), styles="".join(f'<w:style w:styleId="S{at}"><w:basedOn w:val="S{at + 1}"/></w:style>' for at in range(50_000))), None),
    "60 000 changes": (lambda: word(paragraph("".join(f'<w:ins w:author="{at}">{run("x")}</w:ins>' for at in range(60_000)))), "tracked-change"),
    "unknown signs": (lambda: word(paragraph("\uf0ff" * 100_000) + paragraph("x")), "symbol-unknown"),
    "noise": (lambda: b"PK\x03\x04" + random.Random(1).randbytes(19_000_000), "draft-damaged"),  # noqa: S311 - noise, not a secret
    "a directory of nothing": (lambda: b"PK\x03\x04" + b"PK\x01\x02" * 4_000_000, "draft-unpacks-too-large"),
    "100 MB": (lambda: b"PK\x03\x04" + bytes(100_000_000), "draft-too-large"),
    "an old container": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(19_000_000), "draft-format"),
}  # fmt: skip


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_in_time_and_within_memory(name: str, tmp_path: Path) -> None:
    make, code = HOSTILE[name]
    file = tmp_path / "utkast.docx"
    file.write_bytes(make())
    ended = subprocess.run(
        [sys.executable, "-c", READ, file],
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=_bounded,
    )
    assert ended.returncode == 0, ended.stderr.decode()[-2_000:]
    is_read, codes = json.loads(ended.stdout)
    assert "words-lost" not in codes
    if code is None:
        assert is_read
    else:
        assert code in codes


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04", "draft-damaged"),
        (word(paragraph("x"))[:-30], "draft-damaged"),
        (document("<w:document>"), "draft-damaged"),
        (document(f"<w:document {NAMESPACES}/>"), "draft-damaged"),
        (packed({name: part for name, part in parts_of("").items() if name != "word/document.xml"}), "draft-damaged"),
        (word(""), "draft-empty"),
        (word(paragraph() * 3), "draft-empty"),
        (encrypted_entry(), "draft-encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "draft-encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "draft-format"),
        (typed(MAIN("ms-word.document.macroEnabled")), "draft-macros"),
        (typed(MAIN("ms-word.template.macroEnabledTemplate")), "draft-macros"),
        (packed({**parts_of(paragraph("x")), "word/vbaProject.bin": b"x"}), "draft-macros"),
        (typed(MAIN("openxmlformats-officedocument.spreadsheetml.sheet")), "draft-format"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "draft-format"),
        (packed({"a.txt": "x"}), "draft-format"),
        (packed(parts_of(paragraph("x")), zipfile.ZIP_BZIP2), "draft-damaged"),
        (word(paragraph("a" * 20_001)), "paragraph-too-long"),
        (word(table([[paragraph("a" * 15_000) * 2, "b"]])), "paragraph-too-long"),
    ],
)
def test_a_file_that_is_no_readable_word_document_is_refused_with_one_error(data: bytes, code: str) -> None:
    reading = read_draft(data, "utkast.docx")
    assert reading.minutes is None
    assert [finding.code for finding in reading.findings] == [code]


GOOD = word(
    paragraph("Möte", "Rubrik1")
    + bold("Deltagare")
    + table([["Anna", "Bo"]])
    + numbered("a", 1)
    + paragraph(image('r:embed="i"', "x")),
    numbering=numbering(levels(("decimal", "%1."))),
    footnotes="",
    i=PNG,
)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_altered_bytes_raise(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, byte in changes:
        data[at] = byte
    read_draft(bytes(data), "utkast.docx")


FRAGMENTS = (
    "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:sdt>", "</w:sdt>",
    "<w:sdtContent>", "</w:sdtContent>", "<w:del>", "</w:del>", "<w:ins>", "</w:ins>", "<w:drawing>", "</w:drawing>",
    "<w:txbxContent>", "</w:txbxContent>", "<w:pPr>", "</w:pPr>", "<w:rPr>", "</w:rPr>", '<w:numPr><w:numId w:val="1"/></w:numPr>',
    '<w:numId w:val="1"/>', '<w:ilvl w:val="x"/>', "<w:b/>", '<w:b w:val=""/>', "<w:vanish/>", "<w:t>Beslut</w:t>", "<w:t>§ 4 a</w:t>",
    "<w:t>Deltagare:</w:t>", "<w:t>Anna Ek</w:t>", "<w:t xml:space='preserve'> </w:t>", "<w:br/>", "<w:tab/>", "<w:sym/>",
    '<w:sym w:char="zz"/>', '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="separate"/>',
    '<w:fldChar w:fldCharType="end"/>', '<w:instrText>HYPERLINK "https://a.se"</w:instrText>', '<w:fldSimple w:instr="HYPERLINK">',
    "</w:fldSimple>", '<w:footnoteReference w:id="1"/>', '<w:footnoteReference w:id="1" w:customMarkFollows="1"/>',
    '<w:commentReference w:id="1"/>', '<w:gridSpan w:val="-1"/>', '<w:outlineLvl w:val="0"/>', '<w:pStyle w:val="Rubrik1"/>',
    '<w:pStyle w:val="?"/>', '<a:blip r:embed="i"/>', '<wp:inline><wp:extent cx="-4"/></wp:inline>', '<v:imagedata r:id="i"/>',
    '<v:shape style="width:1.2.3pt">', "</v:shape>", "<mc:AlternateContent>", "</mc:AlternateContent>", "<mc:Choice>", "</mc:Choice>",
    "<m:oMath>", "</m:oMath>", "<w:altChunk/>", "<!-- x -->", "<?x y?>", "<w:highlight/>", '<w:lang w:val="?"/>',
)  # fmt: skip


def _closed(fragments: Sequence[str]) -> str:
    """The fragments as well-formed XML: what closes nothing is left out, what stays open is closed."""
    open_tags: list[str] = []
    result = ""
    for one in fragments:
        if one.startswith("</"):
            if open_tags and open_tags[-1] == one[2:-1]:
                open_tags.pop()
                result += one
            continue
        if not one.endswith(("/>", "-->", "?>")) and "</" not in one:
            open_tags.append(one[1:].split(" ")[0].rstrip(">"))
        result += one
    return result + "".join(f"</{tag}>" for tag in reversed(open_tags))


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(_closed))
@settings(max_examples=400, deadline=None)
def test_no_mixture_of_elements_raises_or_loses_words(body: str) -> None:
    data = word(
        paragraph("Möte", "Rubrik1") + body,
        numbering=numbering(levels(("decimal", "§ %1"))),
        footnotes=f'<w:footnote w:id="1">{paragraph("not")}</w:footnote>',
        comments=f'<w:comment w:id="1">{paragraph("prat")}</w:comment>',
        i=PNG,
    )
    reading = read_draft(data, "utkast.docx")
    assert reading.minutes is not None
    assert "words-lost" not in {finding.code for finding in reading.findings}


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40)


@given(st.lists(st.tuples(TEXT, st.sampled_from(["", "Rubrik1", "Rubrik2", "Fet", "Numrerad"])), max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_text_raises_or_loses_words(paragraphs: list[tuple[str, str]]) -> None:
    data = word("".join(paragraph(text, style) for text, style in paragraphs))
    assert "words-lost" not in {finding.code for finding in read_draft(data, "utkast.docx").findings}
