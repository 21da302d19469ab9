"""Hypothesis: whatever is written in whatever place, the minutes hold it in its order, or a finding refuses it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signflow.minutes import read_draft
from signflow.minutes.findings import Severity
from signflow.minutes.markdown.document import read_markdown
from signflow.minutes.model import Minutes, Span
from signflow.minutes.words import passages

PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "**",
            "*",
            "_",
            "- ",
            "  - ",
            "1. ",
            "2) ",
            "> ",
            "| ",
            " |",
            "|---|\n",
            "\n",
            "\n\n",
            "  ",
            "\t",
            "\\",
        ),
        *(
            "==",
            "===\n",
            "----\n",
            "[",
            "]{lang=fi}",
            "{lang=se}",
            "[^1]",
            "[^1]: ",
            "[^2]:",
            "    ",
            "](http://a.se)",
            "](",
        ),
        *(
            "(data:image/png;base64,AAAA)",
            "![k](data:image/png;base64,QQ==)",
            "<mailto:a@b.se>",
            "https://a.se/x_y)",
            "&amp;",
        ),
        *(
            "Plats och tid",
            "Beslutande",
            "Ersättare:",
            "Utses att justera: ",
            "Justeringens plats och tid",
            "Paragrafer",
            "Närvarande",
        ),
        *(
            "Underskrifter",
            "Sekreterare",
            "Ordförande ",
            "Justerande",
            "Vid protokollet: ",
            "Justerat: ",
            "Justeras/",
            "________",
        ),
        *(
            "ANSLAG/BEVIS",
            "Anslagsbevis",
            "Bevis",
            "Organ ",
            "Datum för anslags uppsättande",
            "Underskrift",
            "Proof of notice",
        ),
        *(
            "§ 94",
            "§§ 94–96",
            "94 §",
            "KS § 94 ",
            "Ärende 4 ",
            "§ 95 Budget",
            "6-13",
            "Paragraf 6-13",
            "1–3",
            "**4.** x",
            "1 A",
            "2 B",
        ),
        *(
            "Beslut",
            "Beslut 2",
            "Nämnden beslutar att",
            "Nämnden beslutar",
            "att y",
            "a) att z",
            "Beslutet justeras omedelbart.",
        ),
        *(
            "Yrkanden",
            "Jäv",
            "Bilaga 1 Karta",
            "Dnr KS 2024/12",
            "Protokoll från nämndens möte",
            "Sammanträdesprotokoll",
            "nämnden",
        ),
        *(
            "Anna Ek (S)",
            "Bo Å",
            " ersätter Bo Å (M)",
            "kommunchef Anna Ek",
            "och ",
            "Inga",
            ", ",
            ": ",
            "kl 9-10",
            "2024-03-05",
            "text.",
        ),
    ]
)
FIELDS = (
    "title",
    "body",
    "place",
    "person",
    "role",
    "heading",
    "text",
    "clause",
    "signer",
    "range",
    "notice",
    "cell",
    "note",
)
TEMPLATE = """# {title}

{body}

Plats och tid: {place}, 5 mars 2024 kl 9–10

Beslutande
{person} (S), {role}
Bo Ek

| Utses att justera | {cell} |
|---|---|
| Paragrafer | {range} |

## § 1 {heading}

{text}[^1][^2]

[^1]: {note}

Nämnden beslutar att

1. {clause}
   - {clause}

Sekreterare  {signer}  Paragrafer {range}
Justerare
Bo Ek

Anslagsbevis
Organ: {notice}
Underskrift: ____

[^2]: {note}
"""


def codes(text: str) -> dict[str, Severity]:
    return {finding.code: finding.severity for finding in read_draft(text.encode(), "a.md").findings}


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=600)
def test_no_mixture_of_what_minutes_hold_loses_or_moves_words(text: str) -> None:
    assert "words-lost" not in codes(text)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, st.text(max_size=60))))
@settings(max_examples=400)
def test_any_text_in_any_field_survives_or_is_refused(fields: dict[str, str]) -> None:
    assert "words-lost" not in codes(TEMPLATE.format(**fields))


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, st.lists(PIECES, max_size=6).map("".join))))
@settings(max_examples=400)
def test_any_markup_or_label_in_any_field_survives(fields: dict[str, str]) -> None:
    assert "words-lost" not in codes(TEMPLATE.format(**fields))


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=300)
def test_spans_hold_the_marks_and_never_a_line_break(text: str) -> None:
    blocks = read_markdown(text.split("\n")).blocks
    assert blocks is not None
    minutes = read_draft(text.encode(), "a.md").minutes
    if minutes:
        assert all("\n" not in passage.text and "\r" not in passage.text for passage in passages(minutes))
        assert all(span.text for span in _spans(minutes))


def _spans(minutes: Minutes) -> list[Span]:
    paragraphs = [block for item in minutes.items for block in item.blocks]
    return [span for block in (*minutes.front, *paragraphs) for span in getattr(block, "spans", ())]
