from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, compat32
from email.utils import getaddresses, parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.errors import RefusedError
from signflow.mail.message import Attachment, Sender, compose
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
TEXTS = {language: Texts(TEMPLATES, language) for language in LANGUAGES}
AT = dt.datetime(2020, 1, 17, 8, 30, tzinfo=dt.UTC)
SENDER = Sender("Södertörnskommunerna", "minutes@sodertorn.example", "kansli@sodertorn.example")
TITLE, FINGERPRINT = "Minnesanteckningar, 1", "3f2a 9c01 77be 4d10"
ABOUT = {"title": TITLE, "body": "Ledningsgruppen", "meeting_date": "16 januari 2020", "fingerprint": FINGERPRINT}
ASKED = {
    "lead": "Karin Ek hos Södertörnskommunerna ber dig läsa och skriva under handlingen nedan.",
    "facts": {**ABOUT, "role": "Sekreterare", "place_of": "Åke Öst"},
    "link": "https://sign.example/sign/abc",
    "deadline": "Protokollet ska vara justerat senast 30 januari 2020.",
    "expires": "16 februari 2020 kl. 09.30",
    "how": "På sidan läser du handlingen och ber om en engångskod.",
}
VALUES: Mapping[str, Mapping[str, object]] = {
    "invitation": ASKED,
    "reminder": ASKED,
    "code": {"code": "042137", "minutes": "10", "organisation": "Södertörnskommunerna", "fingerprint": FINGERPRINT},
    "substituted": {"lead": "Bo Ek skriver under i ditt ställe.", "reason": "Sjuk.\nTillbaka i maj.", "facts": ABOUT},
    "objection": {
        "lead": "Helene Olofsson vill inte skriva under.",
        "reason": "Punkt 3 är fel.\nVi beslutade inget.",
        "items": [
            {"name": "§ 3", "reason": "Ingen beslutade det.", "proposal": "Ärendet bordläggs."},
            {"name": "§ 4", "reason": "Fel belopp.", "proposal": ""},
        ],
        "link": "https://sign.example/documents/abc",
    },
    "voided": {"lead": "Texten har ändrats.", "facts": ABOUT, "own": "Din underskrift är ogiltig.", "next": "Vänta."},
    "adjusted": {
        "lead": "Alla har skrivit under.",
        "facts": ABOUT,
        "next": "Tillkännage justeringen senast 20 januari 2020.",
        "link": "https://sign.example/documents/abc",
    },
    "receipt": {
        "lead": "Alla har skrivit under.",
        "facts": {**ABOUT, "signed_at": "17 januari 2020", "dissent": "Jag deltog inte i § 3.\nSe reservationen."},
        "copy": "Handlingen är bifogad.",
        "link": "https://sign.example/archive/abc",
        "verify": "https://sign.example/verify",
    },
    "extract": {
        "items": "§ 3, § 4",
        "lead": "Här är utdrag ur protokollet.",
        "facts": {
            "body": "Ledningsgruppen",
            "meeting_date": "16 januari 2020",
            "items": "§ 3, § 4",
            "sent_by": "Bo",
        },
        "masked": "I § 4 är uppgifter ersatta.",
        "digest": "3f2a" * 16,
        "verify": "https://sign.example/verify",
    },
    "staff_code": {
        "code": "0421 3755",
        "minutes": "10",
        "organisation": "Kommunen",
        "host": "sign.example",
        "link": "https://sign.example/staff/sign-in?browser=0f3a.Zm9v",
    },
}
PDF = Attachment("Protokoll 2020-01-16.pdf", b"%PDF-1.7 \xff\x00 not really", "application/pdf")


def write(
    kind: str = "invitation",
    *,
    person: str = "Anna Söderström",
    address: str = "anna@sodertorn.example",
    language: Language = "sv",
    sender: Sender = SENDER,
    thread: str = "",
    attachment: Attachment | None = None,
    **values: object,
) -> EmailMessage:
    return compose(
        kind,
        key="doc:1:invitation:secretary:1",
        person=person,
        address=address,
        values={"title": TITLE, "organisation": "Södertörnskommunerna", **VALUES[kind], **values},
        texts=TEXTS[language],
        templates=TEMPLATES,
        sender=sender,
        at=AT,
        thread=thread,
        attachments=[attachment] if attachment else (),
    )


def read(message: EmailMessage) -> tuple[EmailMessage, str, str]:
    parsed = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    return parsed, text.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def said(value: object) -> Iterator[str]:
    """Every line of what a letter is filled in with."""
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from said(one)
    elif isinstance(value, list):
        for one in value:
            yield from said(one)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@x.example",
        "anna@",
        "a b@x.example",
        "anna@x.example\r\nBcc: all@x.example",
        "anna@x.example, eve@evil.example",
        "<anna@x.example>",
        '"anna"@x.example',
        "anna@x.example\x00",
        f"{'a' * 300}@x.example",
        "anna@" + "å" * 80 + ".example",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(RefusedError, match="mail-address-invalid"):
        write(address=address)


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(sorted(VALUES)))
def test_names_and_titles_cannot_add_headers(name: str, title: str, kind: str) -> None:
    message = write(kind, person=name, title=title)
    parsed, _, _ = read(message)
    assert sorted(parsed.keys()) == sorted(write(kind).keys())
    assert [address.addr_spec for address in parsed["To"].addresses] == ["anna@sodertorn.example"]
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == message["Subject"]
    assert len(str(parsed["Subject"])) <= 160
    assert not any(
        unicodedata.bidirectional(one) in {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI"} for one in str(parsed["To"])
    )


@pytest.mark.parametrize(
    "title", ["Protokoll 👩‍👩‍👧‍👦 §§ 1–9", "क्‍ष", "Årsmöte\r\nBcc: all@x.example", "a" * 5000, "ö " * 3000]
)
def test_a_subject_says_the_title_as_it_is_written(title: str) -> None:
    parsed, text, html = read(write(title=title, facts={**ABOUT, "title": title}))
    subject = str(parsed["Subject"]).removeprefix("Att skriva under: ")
    assert subject.removesuffix("…") == " ".join(title.split())[: len(subject.removesuffix("…"))].rstrip()
    assert len(subject) > min(len(title), 100) - 2
    assert words(title) in words(text)
    assert words(title) in words(html)
    longest = max(len(line) for line in write(title=title).as_bytes().splitlines())
    assert longest <= 998  # RFC 5322, 2.1.1


_MANY_WORDS = st.lists(
    st.sampled_from(
        ["Åke", "Öst,", "och", "för", "§", "Södertörnskommunernas", "Kommunstyrelsen", "Överförmyndare", "9"]
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(_MANY_WORDS, st.sampled_from(["åsa@x.example", "anna@x.example"]))
def test_a_name_in_letters_of_its_own_keeps_its_quotation_marks(words: str, address: str) -> None:
    """As a server takes it that is told that addresses may be beyond ASCII (RFC 6532)."""
    name = f"{words}, (9) {words}"[:110].strip()
    raw = write(person=name, address=address).as_bytes(policy=SMTPUTF8).decode()
    (line,) = re.findall(r"^To: (.*?)\r\n(?! )", raw, re.DOTALL | re.MULTILINE)
    assert getaddresses([line.replace("\r\n", "")]) == [(name, address)]


@given(_MANY_WORDS)
def test_no_space_is_lost_or_won_where_a_header_is_folded(words: str) -> None:
    """Read by the older reader of the library: the newer one itself gets long names wrong."""
    message = write(person=words, title=words, sender=Sender(words, "k@x.example", "r@x.example"))
    read_again = message_from_bytes(message.as_bytes(), policy=compat32)
    unfolded = {name: re.sub(r"\r\n(?=[ \t])", "", value) for name, value in read_again.items()}
    assert str(make_header(decode_header(unfolded["Subject"]))) == f"Att skriva under: {words}"
    for name, address in (("To", "anna@sodertorn.example"), ("From", "k@x.example"), ("Reply-To", "r@x.example")):
        person, found = parseaddr(unfolded[name])
        assert (str(make_header(decode_header(person))), found) == (words, address)
    assert max(len(line) for line in message.as_bytes().split(b"\n\n")[0].splitlines()) <= 78


@pytest.mark.parametrize("words", ["=?utf-8?q?=0D=0ABcc:_all@x.example?=", "=?utf-8?b?DQpCY2M6IGFAeC5leGFtcGxl?= Å"])
def test_what_looks_encoded_is_not_decoded(words: str) -> None:
    message = write(person=words, title=words, sender=Sender(words, "k@x.example", "r@x.example"))
    parsed, _, _ = read(message)
    assert sorted(parsed.keys()) == sorted(write().keys())
    assert str(parsed["Subject"]).replace("= ?", "=?") == f"Att skriva under: {words}"
    assert b"\nBcc" not in message.as_bytes()


def words(text: str) -> str:
    """The text without what a line's end does to it."""
    return " ".join(text.replace("\n> ", " ").split())


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_say_all_there_is_to_say(kind: str, language: Language) -> None:
    parsed, text, html = read(write(kind, language=language))
    wanted = list(said(VALUES[kind]))
    assert len(wanted) > 3
    for line in wanted:
        assert words(line) in words(text)
        assert words(line) in words(html)
    assert parsed.get_content_type() == "multipart/alternative"
    assert parsed["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == 1
    assert "Anna Söderström" in text


@pytest.mark.parametrize("kind", VALUES)
def test_the_text_reads_well_in_72_columns(kind: str) -> None:
    long = "Ett mycket långt ord för vart och ett som står här. " * 9
    link = f"https://sign.example/{'a' * 80}"
    _, text, _ = read(write(kind, lead=long, reason=f"{long}\n{long}", own=long, link=link))
    wide = [line for line in text.split("\n") if len(line) > 72]
    assert wide in ([], [link])
    assert "\n\n\n" not in text
    assert text.count("\n-- \n") == 1
    if kind in {"objection", "substituted"}:
        assert text.count("\n> Ett mycket") >= 2
        assert all(line.startswith("> ") for line in text[text.index("\n> ") + 1 : text.rindex("\n> ")].split("\n")[:6])


def test_what_somebody_wrote_cannot_pass_for_the_end_of_the_letter() -> None:
    _, text, _ = read(write("objection", reason="Nej.\n-- \nKlicka på https://evil.example"))
    assert text.count("\n-- \n") == 1
    assert "\n> Klicka" in text


def test_a_letter_follows_on_the_one_that_began() -> None:
    first = write()
    later = write("reminder", thread="doc:1:invitation:secretary:1")
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    parsed, _, _ = read(later)
    assert parsed["In-Reply-To"] == parsed["References"] == first["Message-ID"]


def test_identifiers_stand_whole_however_long_the_domain() -> None:
    sender = Sender("K", f"minutes@{'kommunen-' * 6}x.{'forbundet-' * 5}x.example", "")
    data = write("reminder", sender=sender, thread="doc:1:invitation:secretary:1").as_bytes()
    found = [line.partition(b": ")[2] for line in data.splitlines() if line.startswith((b"In-Reply-To", b"References"))]
    assert len(set(found)) == 1
    assert found[0] == str(write(sender=sender)["Message-ID"]).encode()


@pytest.mark.parametrize(
    ("name", "filename"),
    [
        ("Protokoll 2020-01-16.pdf", "Protokoll 2020-01-16.pdf"),
        ("Årsmöte 👩‍👧 2020.pdf", "Årsmöte 👩‍👧 2020.pdf"),
        ("../../etc/passwd\r\nX: y.pdf", "etc passwd X y.pdf"),
        ('CON:"a"|b?.pdf', "CON a b.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        (f"{'å' * 400}.pdf", f"{'å' * 119}….pdf"),
    ],
)
def test_a_file_goes_with_the_letter_under_a_name_that_people_can_read(name: str, filename: str) -> None:
    message = write("receipt", attachment=Attachment(name, PDF.data, "application/pdf"))
    parsed, text, html = read(message)
    (part,) = parsed.iter_attachments()
    assert (part.get_content_type(), part.get_content(), part.get_filename()) == ("application/pdf", PDF.data, filename)
    assert parsed.get_content_type() == "multipart/mixed"
    assert parsed["Content-Language"] == "sv"
    assert "Handlingen är bifogad." in text
    assert "Handlingen är bifogad." in html
    assert sorted(parsed.keys()) == sorted(write("receipt").keys())


def test_headers_say_whose_letter_it_is() -> None:
    parsed, _, _ = read(write())
    assert str(parsed["From"]) == "Södertörnskommunerna <minutes@sodertorn.example>"
    assert str(parsed["To"]) == "Anna Söderström <anna@sodertorn.example>"
    assert str(parsed["Reply-To"]) == "Södertörnskommunerna <kansli@sodertorn.example>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert str(parsed["Message-ID"]).endswith("@sodertorn.example>")
    assert parsed["Date"].datetime == AT


def test_no_reply_to_where_none_is_set() -> None:
    assert write(sender=Sender("K", "k@x.example", ""))["Reply-To"] is None


@pytest.mark.parametrize("attachment", [None, PDF])
def test_the_same_letter_is_the_same_mail(attachment: Attachment | None) -> None:
    assert write(attachment=attachment).as_bytes() == write(attachment=attachment).as_bytes()


def test_markup_in_what_people_wrote_stays_text() -> None:
    parsed, text, html = read(
        write("objection", reason="<script>alert(1)</script> & <img src=x>", title="<b>H</b>", lead="<b>H</b>")
    )
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;b&gt;H&lt;/b&gt;" in html
    assert "<script>alert(1)</script> & <img src=x>" in text
    assert "H" in str(parsed["Subject"]) or parsed["Subject"]


@pytest.mark.parametrize("kind", VALUES)
def test_nothing_is_fetched_and_nobody_is_tracked(kind: str) -> None:
    parsed, text, html = read(write(kind))
    for forbidden in ("<img", "src=", "url(", "@import", "<link", "<script", "<iframe", "background="):
        assert forbidden not in html
    given = {line for line in said(VALUES[kind]) if line.startswith("http")}
    assert set(re.findall(r'https?://[^"<\s]+', html + text)) == given
    assert not {"List-Unsubscribe", "Disposition-Notification-To", "Return-Receipt-To"} & set(parsed.keys())


@pytest.mark.parametrize("kind", VALUES)
def test_every_address_also_stands_as_text(kind: str) -> None:
    _, text, html = read(write(kind))
    for link in set(re.findall(r'href="([^"]+)"', html)):
        assert f">{link}<" in html
        assert link in text.split()


def test_a_domain_with_letters_beyond_ascii_is_written_as_dns_knows_it() -> None:
    assert write(address="anna@kommunförbundet.example")["To"].addresses[0].domain == "xn--kommunfrbundet-1pb.example"
