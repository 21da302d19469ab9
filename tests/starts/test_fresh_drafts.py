"""Fresh drafts: with their blanks filled they are in order, and until then each blank is a finding."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from filling import TEMPLATES, Secretary
from hypothesis import given
from hypothesis import strategies as st

from signflow.blobs import DOCX, MARKDOWN
from signflow.errors import SettingsError
from signflow.minutes import read_draft
from signflow.minutes.blocks import Heading, TableBlock
from signflow.minutes.decoding import decode_draft
from signflow.minutes.findings import Severity
from signflow.minutes.markdown.document import read_markdown
from signflow.minutes.model import MinutesClass, Role
from signflow.minutes.reading import PlaceUnit
from signflow.minutes.rules.blanks import BLANK
from signflow.rendering.house.style import load_style
from signflow.starts.fresh import Attendee, Meeting, fresh_text
from signflow.steps.check_draft import check_draft
from signflow.steps.new_draft import expected, invited, new_draft
from signflow.store.people import RegisteredPerson
from signflow.texts import LANGUAGES, Language, Texts

AT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 30)
TEXTS = {language: Texts(TEMPLATES, language) for language in LANGUAGES}
PEOPLE = (
    Attendee("Anna Söderström", "Nacka", Role.SECRETARY),
    Attendee("Bo |Berg|", "Täby & Co", Role.CHAIR),
    Attendee("Siân *ap* Rhys", "", Role.ADJUSTER),
    Attendee("Carl_Dal", "Ekerö [gäst]"),
)
KNOWN = {"nobody": (), "all roles": PEOPLE, "two": PEOPLE[2:]}
CASES = [
    (minutes_class, language, form, people)
    for minutes_class in MinutesClass
    for language in LANGUAGES
    for form in ("markdown", "word")
    for people in KNOWN
]


def meeting(minutes_class: MinutesClass, people: str, seed: int) -> Meeting:
    return Meeting(minutes_class, "Södra nämnden" if seed % 2 else "", DAY if seed % 3 else None, seed, KNOWN[people])


@pytest.mark.parametrize("seed", [1, 12, 94])
@pytest.mark.parametrize(("minutes_class", "language", "form", "people"), CASES)
def test_with_its_blanks_filled_a_fresh_draft_is_in_order(
    minutes_class: MinutesClass, language: Language, form: str, people: str, seed: int
) -> None:
    begun = meeting(minutes_class, people, seed)
    draft = new_draft(begun, TEMPLATES, TEXTS[language], as_word=form == "word", at=AT)
    names = tuple(one.name for one in begun.people if one.role is None or one.role is Role.ADJUSTER)
    secretary = Secretary(language, seed, first_item=seed, present=names)
    filled = secretary.fill_word(draft.data) if form == "word" else secretary.fill(draft.data.decode()).encode()

    checked = check_draft(filled, draft.filename, load_style(TEMPLATES / "house"), None)

    assert [(one.code, one.line, one.quote) for one in checked.findings if one.severity is not Severity.NOTE] == []
    minutes = checked.minutes
    assert minutes is not None
    assert (minutes.minutes_class, minutes.language) == (minutes_class, language)
    assert minutes.items[0].number == seed
    assert all(minutes.named(role) for role in (Role.SECRETARY, Role.ADJUSTER))
    assert checked.unit is (PlaceUnit.PARAGRAPH if form == "word" else PlaceUnit.LINE)
    if begun.body:
        assert minutes.body == begun.body
    if begun.date:
        assert minutes.date == begun.date
    present = {one.name for one in minutes.participants}
    assert {one.name for one in begun.people} <= present


@pytest.mark.parametrize(("minutes_class", "language", "form", "people"), CASES)
def test_each_blank_that_is_left_is_found(
    minutes_class: MinutesClass, language: Language, form: str, people: str
) -> None:
    begun = meeting(minutes_class, people, 7)
    draft = new_draft(begun, TEMPLATES, TEXTS[language], as_word=form == "word", at=AT)
    written = BLANK.findall(fresh_text(begun, TEMPLATES, TEXTS[language]))
    found = [one for one in read_draft(draft.data, draft.filename).findings if one.code == "placeholder-left"]
    assert sorted(one.quote for one in found) == sorted(written)
    assert all(one.line for one in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_minutes_that_use_such_signs_otherwise_have_no_blanks(language: Language) -> None:
    text = fresh_text(Meeting(MinutesClass.NOTES), TEMPLATES, TEXTS[language])
    quoted = Secretary(language, 3).fill(text).replace("Nacka", "‹Fyllan› och ‹ifyllt›")
    assert [one for one in read_draft(quoted.encode(), "x.md").findings if one.code == "placeholder-left"] == []


@pytest.mark.parametrize(("minutes_class", "language"), [(one, lang) for one in MinutesClass for lang in LANGUAGES])
def test_a_word_draft_has_real_headings_tables_lists_and_blanks(
    minutes_class: MinutesClass, language: Language
) -> None:
    begun = Meeting(minutes_class, people=PEOPLE)
    markdown = new_draft(begun, TEMPLATES, TEXTS[language], as_word=False, at=AT).data.decode()
    draft = new_draft(begun, TEMPLATES, TEXTS[language], as_word=True, at=AT)
    document: Any = Document(io.BytesIO(draft.data))
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert len(headings) == sum(line.startswith("#") for line in markdown.splitlines())
    assert len(document.tables) == markdown.count("\n| --- |")
    assert all(table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for table in document.tables)
    assert len(list(document.element.iter(qn("w:sdt")))) == len(BLANK.findall(markdown))
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {
        {"sv": "sv-SE", "en": "en-GB"}[language]
    }
    assert round(document.sections[0].page_width.mm) == 210
    if minutes_class is MinutesClass.PROTOCOL:
        assert [one.style.name for one in document.paragraphs if one.style.name == "List Bullet"] == ["List Bullet"]


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp")), max_size=60
)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


@given(_TEXT, _TEXT, _TEXT)
def test_what_is_filled_in_means_itself(name: str, organisation: str, body: str) -> None:
    people = (Attendee(f"A{name}", organisation), Attendee(f"1. {name}"))
    text = fresh_text(Meeting(MinutesClass.NOTES, f"C{body}", people=people), TEMPLATES, TEXTS["sv"])
    blocks = read_markdown(decode_draft(text.encode(), "").lines or ()).blocks or ()
    table = next(block for block in blocks if isinstance(block, TableBlock))
    cells = [[_bare(cell.text) for cell in row] for row in table.rows[1:3]]
    assert cells == [[_bare(f"A{name}"), _bare(organisation), ""], [_bare(f"1.{name}"), "", ""]]
    headings = [_bare(block.row.text) for block in blocks if isinstance(block, Heading)]
    assert headings[1] == _bare(f"C{body}")
    assert all(not span.strong and not span.emphasis for row in table.rows[1:] for cell in row for span in cell.spans)


def test_the_people_of_a_body_are_those_the_register_names_with_it() -> None:
    def person(name: str, organisation: str, *roles: str) -> RegisteredPerson:
        return RegisteredPerson(name, organisation, f"{len(name)}@example.org", roles)

    register = [
        person("Anna", "Socialnämnden", "sekreterare"),
        person("Bo Ek", "Nacka", "socialnämnden", "ordförande"),
        person("Carl Dal", "Kulturnämnden", "justerare"),
    ]
    assert expected(register, "socialnämnden") == (
        Attendee("Anna", "Socialnämnden", Role.SECRETARY),
        Attendee("Bo Ek", "Nacka", Role.CHAIR),
    )
    assert [one.name for one in expected(register, "Byggnadsnämnden")] == ["Anna", "Bo Ek", "Carl Dal"]
    assert expected([person(f"P{number}", "") for number in range(61)], "") == ()
    assert invited(register, ["carl dal", "Dora Ny"]) == (
        Attendee("Carl Dal", "Kulturnämnden", Role.ADJUSTER),
        Attendee("Dora Ny"),
    )


def test_two_who_may_adjust_leave_the_choice_to_the_meeting() -> None:
    people = (Attendee("Bo Ek", "", Role.ADJUSTER), Attendee("Carl Dal", "", Role.ADJUSTER))
    assert "‹fyll i justerarens namn›" in fresh_text(Meeting(MinutesClass.NOTES, people=people), TEMPLATES, TEXTS["sv"])


@pytest.mark.parametrize("template", ["{% if %}", "{{ no_such_word }}", "{{ people.x.y }}", "{% include 'x' %}", None])
def test_a_template_that_cannot_be_used_is_named(tmp_path: Any, template: str | None) -> None:
    if template is not None:
        (tmp_path / "drafts" / "sv").mkdir(parents=True)
        (tmp_path / "drafts" / "sv" / "notes.md.j2").write_text(template, "utf-8")
    with pytest.raises(SettingsError) as refused:
        fresh_text(Meeting(MinutesClass.NOTES), tmp_path, TEXTS["sv"])
    assert refused.value.code == "draft-template-unusable"
    assert str(refused.value.params["file"]).endswith("drafts/sv/notes.md.j2")


def test_a_file_is_named_after_class_body_and_day() -> None:
    begun = Meeting(MinutesClass.PROTOCOL, "../Kommun styrelsen: §/5", DAY)
    assert new_draft(begun, TEMPLATES, TEXTS["sv"], as_word=False, at=AT).filename == (
        "protokoll-kommun-styrelsen-5-2026-11-30.md"
    )
    plain = new_draft(Meeting(MinutesClass.NOTES), TEMPLATES, TEXTS["en"], as_word=True, at=AT)
    assert (plain.filename, plain.media_type) == ("notes.docx", DOCX)
    assert new_draft(begun, TEMPLATES, TEXTS["sv"], as_word=False, at=AT).media_type == MARKDOWN
