"""The register: files as personnel systems write them, and rows that must not come in."""

from __future__ import annotations

import codecs
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import at_once

from signflow.errors import RefusedError
from signflow.rounds.links import LinkKey
from signflow.store.database import Database
from signflow.store.people import People, RegisteredPerson, fold
from signflow.store.people import read_people as read_digested

ANNA = RegisteredPerson("Anna Söderström", "Södertörnskommunerna", "anna@example.org", ("sekreterare", "handläggare"))
AKE = RegisteredPerson("Åke Öst", "", "ake@example.org", ())
KEY = LinkKey(bytes(range(32)))
read_people = partial(read_digested, digest=KEY.identifier_digest)


def _refusal(data: bytes | str) -> tuple[str, object]:
    with pytest.raises(RefusedError) as caught:
        read_people(data.encode() if isinstance(data, str) else data)
    return caught.value.code, caught.value.params.get("line", caught.value.params.get("column"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@@example.org",
        "anna@example.org, ond@example.org",
        "anna@example.org;ond@example.org",
        "anna@example.org\nBcc: ond@example.org",
        "anna@example.org\r\n\r\nHej",
        "anna@example.org\x00",
        "anna@example.org\u2028Bcc: ond@example.org",
        "an\u202ena@example.org",
        "an\u200bna@example.org",
        "anna\x7f@example.org",
        "Anna <anna@example.org>",
        '"anna"@example.org',
        "anna(hej)@example.org",
        "anna@[127.0.0.1]",
        "anna @example.org",
        "mailto:anna@example.org",
        f"{'a' * 65}@example.org",
        f"anna@{'a' * 64}.example.org",
        f"anna@{'a.' * 126}se",
    ],
)
def test_what_is_no_address_is_refused_with_its_line(address: str) -> None:
    quoted = address.replace('"', '""')
    data = f'namn;e-post\nÅke Öst;ake@example.org\nAnna;"{quoted}"\n'
    code, line = _refusal(data)
    assert code == "people-address-invalid"
    assert line == 3 + data.rstrip("\n").count("\n") - 2


@pytest.mark.parametrize(
    ("data", "code", "where"),
    [
        ("", "people-empty", None),
        ("\n \n;;\n", "people-empty", None),
        (codecs.BOM_UTF8, "people-empty", None),
        ("Anna;anna@example.org\n", "people-column-missing", "name"),
        ("namn;telefon\nAnna;123\n", "people-column-missing", "e-mail"),
        ("e-post\nanna@example.org\n", "people-column-missing", "name"),
        ("namn;e-post\n\n ;anna@example.org\n", "people-name-missing", 3),
        ("namn;e-post\n\u200b;anna@example.org\n", "people-name-missing", 2),
        ("namn;e-post\nAnna\n", "people-address-invalid", 2),
        ('namn;e-post\nÅke;ake@example.org\n"Anna;anna@example.org\nEva;eva@example.org\n', "people-unreadable", 4),
        ('namn;e-post\n"Anna"x;anna@example.org\n', "people-unreadable", 2),
        ("namn;e-post\n" + "a" * 200_000 + ";anna@example.org\n", "people-unreadable", 2),
        ("namn;e-post\nÅsa \x81;asa@example.org\n".encode("latin-1"), "people-unreadable", 2),
        (codecs.BOM_UTF16_LE + b"n", "people-unreadable", 1),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(data: bytes | str, code: str, where: object) -> None:
    assert _refusal(data) == (code, where)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert _refusal(b"x" * 5_000_001)[0] == "people-too-large"


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for start in (b"", b"namn;e-post\n", b"name,e-mail,roles\r\n"):
        try:
            people = read_people(start + data)
        except RefusedError:
            continue
        for person in people:
            assert person.name.isprintable()
            assert person.organisation.isprintable()
            assert person.address.isprintable()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "heading",
    [
        ("Namn", "Organisation", "E-post", "Roller"),
        ("name", "organisation", "e-mail", "roles"),
        (" NAMN ", "Organisation", "epost", "Roll"),
    ],
)
def test_files_of_every_make_are_read(separator: str, encoding: str, end: str, heading: tuple[str, ...]) -> None:
    rows = [
        heading,
        ("Anna  Söderström", "Södertörnskommunerna", "anna@Example.ORG", "Sekreterare | Handläggare"),
        ("", "", "", ""),
        ("Åke Öst", "", " ake@example.org ", ""),
    ]
    text = end.join(separator.join(row) for row in rows) + end
    assert read_people(text.encode(encoding)) == (ANNA, AKE)


def test_columns_may_stand_in_any_order_and_others_are_passed_over() -> None:
    data = 'Avdelning;E-post;Namn\nKansliet;ake@example.org;"Öst, Åke"\n'
    assert read_people(data.encode()) == (RegisteredPerson("Öst, Åke", "", "ake@example.org", ()),)


def test_names_are_composed_and_cleaned() -> None:
    data = "namn;e-post\nA\u030ake\u00a0\u00d6st\u200b;ake@example.org\n"
    assert read_people(data.encode())[0].name == "Åke Öst"


def test_a_national_domain_is_an_address() -> None:
    assert read_people("namn;e-post\nÅsa;åsa@exämpel.SE\n".encode())[0].address == "åsa@exämpel.se"


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


def test_a_name_has_an_address_if_it_is_one_persons(people: People) -> None:
    assert people.address_of("Anna Söderström") == ""
    assert people.put([ANNA, AKE]) == 2
    assert people.address_of(" anna\tSÖDERSTRO\u0308M") == "anna@example.org"
    people.put([RegisteredPerson("Anna Söderström", "Nacka", "anna.s@example.org", ())])
    assert people.address_of("Anna Söderström") == ""
    assert len(people.all()) == 3


def test_an_address_is_one_person_in_whatever_case_it_is_written(people: People) -> None:
    people.put([ANNA])
    people.put([RegisteredPerson("Anna Söderström-Ek", "", "Anna@example.org", ("ordförande",))])
    assert people.all() == (RegisteredPerson("Anna Söderström-Ek", "", "Anna@example.org", ("ordförande",), ""),)


def test_an_address_with_national_letters_is_one_person_too(people: People) -> None:
    for name in ("Åsa Ek", "Åsa Ek-Öst"):
        people.put([RegisteredPerson(name, "", "Åsa@exämpel.se", (), KEY.identifier_digest(name))])
    assert [person.name for person in people.all()] == ["Åsa Ek-Öst"]
    assert people.identifier_digest_of("Åsa@exämpel.se") == KEY.identifier_digest("Åsa Ek-Öst")


def test_the_last_row_of_an_address_stands(people: People) -> None:
    assert people.put([ANNA, RegisteredPerson("Åke Öst", "", ANNA.address, ())]) == 2
    assert [person.name for person in people.all()] == ["Åke Öst"]


def test_a_name_is_a_name_and_no_pattern(people: People) -> None:
    people.put([ANNA])
    for name in ("%", "Anna%", "' OR 1=1 --", "anna_söderström", ""):
        assert people.address_of(name) == ""


def test_two_imports_at_once_both_come_in(people: People) -> None:
    crowd = [RegisteredPerson(f"Person {number}", "", f"p{number}@example.org", ()) for number in range(20)]
    assert at_once(*[partial(people.put, crowd), partial(people.put, crowd[::-1])] * 2) == [20] * 4
    assert len(people.all()) == 20


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize("heading", ["identifier", "Identitet", "PERSONNUMMER", " id "])
@pytest.mark.parametrize(
    "written", ["195207306886", "19520730-6886", "19520730 6886", " 1952 07 30-6886 ", "19520730\u00a06886"]
)
def test_an_identity_number_is_one_however_it_is_written(heading: str, written: str) -> None:
    (person,) = read_people(f"namn;e-post;{heading}\nMajlis Medin;majlis@example.org;{written}\n".encode())
    assert person.identifier_digest == KEY.identifier_digest("195207306886")
    assert "6886" not in repr(person)


@pytest.mark.parametrize(
    "identifier", ["248289761001", "2482-8976-1001", "user-1", "user1", "User-1", "öst", "19520730-688"]
)
def test_other_identifiers_are_taken_as_they_are(identifier: str) -> None:
    (person,) = read_people(f"namn;e-post;id\nMajlis Medin;majlis@example.org;{identifier}\n".encode())
    assert person.identifier_digest == KEY.identifier_digest(identifier)
    others = ("user-1", "user1", "User-1", "öst", "19520730-688", "195207306886")
    assert len({KEY.identifier_digest(one) for one in others}) == len(others)
    assert LinkKey(bytes(32)).identifier_digest(identifier) != person.identifier_digest


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        ("520730-6886", "people-identifier-short"),
        ("5207306886", "people-identifier-short"),
        ("520730+6886", "people-identifier-short"),
        ("520730 6886", "people-identifier-short"),
        ("52 07 30-6886", "people-identifier-short"),
        ("1,95207E+11", "people-identifier-invalid"),
        ("1.95207e+11", "people-identifier-invalid"),
        ("x" * 256, "people-identifier-invalid"),
    ],
)
def test_what_is_no_identifier_is_refused_with_its_line_and_not_repeated(identifier: str, code: str) -> None:
    data = f"namn;e-post;id\nÅke;ake@example.org;\nMajlis;majlis@example.org;{identifier}\n".encode()
    assert _refusal(data) == (code, 3)
    with pytest.raises(RefusedError) as caught:
        read_people(data)
    assert identifier not in f"{caught.value} {caught.value!r}"


def test_a_column_stands_once() -> None:
    data = "id;namn;e-post;personnummer\n1;Majlis;majlis@example.org;195207306886\n"
    assert _refusal(data) == ("people-column-twice", "identifier")


def test_a_file_without_identifiers_leaves_them_and_an_empty_one_takes_it_away(people: People) -> None:
    known, other = KEY.identifier_digest("195207306886"), KEY.identifier_digest("197010632391")
    rows = b"Majlis;Majlis@example.org;195207306886\nEva;eva@example.org;197010632391\n"
    people.put(read_people(b"namn;e-post;id\n" + rows))
    assert people.identifier_digest_of("majlis@EXAMPLE.org") == known
    people.put(read_people(b"namn;e-post\nMajlis Medin;majlis@example.org\n"))
    assert people.identifier_digest_of("majlis@example.org") == known
    assert [(one.name, one.identifier_digest) for one in people.all()] == [("Eva", other), ("Majlis Medin", known)]
    people.put(read_people(b"namn;e-post;id\nMajlis Medin;majlis@example.org;\n"))
    assert people.identifier_digest_of("majlis@example.org") == ""
    people.put(read_people(b"namn;e-post;id\nEva;eva@example.org\n"))
    assert [one.identifier_digest for one in people.all()] == ["", ""]
    assert people.identifier_digest_of("nobody@example.org") == ""
    people.put([replace(AKE, identifier_digest=known)])
    people.put([AKE])
    assert people.identifier_digest_of(AKE.address) == known


@pytest.mark.parametrize("address", ["%", "majlis@example.or_", "' OR 1=1 --", ""])
def test_an_address_is_an_address_and_no_pattern(people: People, address: str) -> None:
    people.put(read_people(b"namn;e-post;id\nMajlis;majlis@example.org;195207306886\n"))
    assert people.identifier_digest_of(address) == ""


def test_the_number_itself_is_not_in_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'signflow.db'}")
    database.migrate()
    register = People(database)
    register.put(read_people(b"namn;e-post;id\nMajlis;majlis@example.org;19520730-6886\n"))
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()))
    assert KEY.identifier_digest("195207306886").encode() in kept
    for written in (b"195207306886", b"19520730-6886", b"520730", b"6886;"):
        assert written not in kept
    database.close()
