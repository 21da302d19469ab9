"""Whatever a file holds, the preflight ends, with findings and never with an error; it does not run on without bounds."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping

import pytest
from drawn_minutes import drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from signflow.rendering.preflight.finding import Finding
from signflow.rendering.preflight.preflight import check_pdf
from signflow.rendering.preflight.rules import RULES
from signflow.texts import LANGUAGES, Language, Texts

MUTATIONS = 400
_TRAILER = b"trailer\n<</Root 1 0 R /Size 9 /ID [<aa><aa>]>>\n"


@pytest.fixture(scope="module")
def honest(render: object) -> bytes:
    return render(drawn(3, items=2))  # type: ignore[operator] -- the session's fixture


def written(objects: Mapping[int, bytes], trailer: bytes = _TRAILER) -> bytes:
    """A file of those objects."""
    out = bytearray(b"%PDF-1.7\n%\x93\x8c\x8b\x9e\n")
    places: dict[int, int] = {}
    for number, source in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, source)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    for number in range(1, max(objects) + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    return bytes(out) + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d %b>>\nstream\n%b\nendstream" % (len(content), entries, content)


_PAGES = {1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>"}


def page(content: bytes, entries: bytes = b"") -> dict[int, bytes]:
    return {
        **_PAGES,
        3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R %b>>" % entries,
        4: stream(content),
    }


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "nothing": (b"", "file-unreadable"),
    "text": (b"no PDF", "file-unreadable"),
    "earlier-is-later": (written(_PAGES, b"trailer\n<</Root 1 0 R /Prev 9>>\n"), "file-unreadable"),
    "table-of-nothing": (b"%PDF-1.7\nxref\n0 9999999999\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n", "file-unreadable"),
    "pages-in-circles": (written({**_PAGES, 3: b"<</Type /Pages /Kids [2 0 R 3 0 R]>>"}), "pages-broken"),
    "length-in-itself": (
        written({**_PAGES, 5: b"<</Length 5 0 R>>\nstream\nx\nendstream"}),
        "stream-length",
    ),
    "reference-in-circles": (written({**_PAGES, 5: b"6 0 R", 6: b"5 0 R"}), "trailer-id"),
    "deep-arrays": (written({**_PAGES, 5: b"[" * 5_000 + b"]" * 5_000}), "object-unreadable"),
    "deep-dictionaries": (written({**_PAGES, 5: b"<</A" * 5_000}), "object-unreadable"),
    "open-strings": (written({**_PAGES, 5: b"(" * 200_000}), "object-unreadable"),
    "white-space": (written({**_PAGES, 5: b"[" + b"1 " + b" " * 500_000 + b"2]"}), "trailer-id"),
    "long-number": (written({**_PAGES, 5: b"9" * 100_000}), "object-unreadable"),
    "bomb": (
        written({**_PAGES, 3: page(b"")[3], 4: stream(zlib.compress(b"\0" * 200_000_000, 9), b"/Filter /FlateDecode")}),
        "stream-unjudged",
    ),
    "bomb-of-operators": (
        written(
            {**_PAGES, 3: page(b"")[3], 4: stream(zlib.compress(b"q Q " * 20_000_000, 9), b"/Filter /FlateDecode")}
        ),
        "too-much",
    ),
    "nested-states": (written(page(b"q " * 200_000)), "graphics-nesting"),
    "nested-marks": (written(page(b"/P BMC " * 100_000)), "content-marks"),
    "many-filters": (written({**_PAGES, 5: stream(b"", b"/Filter [" + b"/FlateDecode " * 999 + b"]")}), "trailer-id"),
    "form-in-itself": (
        written(
            {
                **page(b"/X Do", b"/Resources <</XObject <</X 5 0 R>>>>"),
                5: stream(
                    b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</X 5 0 R>>>>"
                ),
            }
        ),
        "metadata-missing",
    ),
    "structure-in-circles": (
        written(
            {
                **_PAGES,
                1: b"<</Pages 2 0 R /StructTreeRoot 5 0 R>>",
                5: b"<</K 6 0 R>>",
                6: b"<</S /P /P 5 0 R /K [6 0 R]>>",
            }
        ),
        "structure-broken",
    ),
    "wide-table": (
        written(
            {
                **_PAGES,
                1: b"<</Pages 2 0 R /StructTreeRoot 5 0 R>>",
                5: b"<</K 6 0 R>>",
                6: b"<</S /Table /P 5 0 R /K 7 0 R>>",
                7: b"<</S /TR /P 6 0 R /K 8 0 R>>",
                8: b"<</S /TD /P 7 0 R /A <</O /Table /RowSpan 999999999 /ColSpan 999999999>>>>",
            }
        ),
        "too-much",
    ),
    "actions-in-circles": (
        written({**_PAGES, 1: b"<</Pages 2 0 R /OpenAction 5 0 R>>", 5: b"<</S /Sound /Next 5 0 R>>"}),
        "action",
    ),
    "bookmarks-in-circles": (
        written(
            {
                **_PAGES,
                1: b"<</Pages 2 0 R /Outlines <</First 5 0 R>>>>",
                5: b"<</Next 5 0 R /First 5 0 R /A <</S /Sound>>>>",
            }
        ),
        "action",
    ),
    "wrong-kinds": (
        written(
            {
                **_PAGES,
                1: b"<</Pages 7 /Names [] /AcroForm (x) /Metadata 2 0 R /OutputIntents <<>> /OCProperties 1 /Lang /sv>>",
            }
        ),
        "metadata-missing",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_findings(name: str) -> None:
    data, expected = HOSTILE[name]
    assert expected in codes(check_pdf(data)) or (expected == "trailer-id" and check_pdf(data))


def test_mutated_files_never_end_in_errors(honest: bytes) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret, the same each time
    for _ in range(MUTATIONS):
        data = bytearray(honest)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        check_pdf(bytes(data))


_WORDS = st.sampled_from(
    b"1\x010\x01R 5\x010\x01R << >> [ ] /Type /Page /Kids /S /K /AP /N /F /Filter /FlateDecode /Length /Font /W /BM /ID 0 -1 1.5 (a) <61> true null".split()
)


@settings(max_examples=150)
@given(st.lists(_WORDS, max_size=40), st.sampled_from([1, 3, 5]))
def test_any_words_in_an_object_are_judged(words: list[bytes], number: int) -> None:
    objects = {**page(b"/X gs /Y Do", b"/Resources 5 0 R /Annots [5 0 R]"), 5: b"<</Subtype /Widget>>"}
    assert check_pdf(written({**objects, number: b"<<" + b" ".join(words).replace(b"\1", b" ") + b">>"}))


@given(
    st.lists(
        st.sampled_from(
            [b"q", b"Q", b"/A BMC", b"EMC", b"<61>", b"(a)", b"Tj", b"/F 9 Tf", b"<<", b">>", b"BI", b"ID", b"EI", b"7"]
        )
    )
)
def test_any_words_in_content_are_judged(words: list[bytes]) -> None:
    assert check_pdf(written(page(b" ".join(words))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_its_sentence_and_no_other(texts: Mapping[Language, Texts], language: Language) -> None:
    named = {key.removeprefix("preflight.rule.") for key in texts[language].keys() if key.startswith("preflight.rule.")}  # noqa: SIM118 -- not a mapping
    assert named == RULES.keys()


def test_every_rule_names_a_clause() -> None:
    assert [code for code, rule in RULES.items() if not rule.clauses] == []
