from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signflow.errors import RefusedError
from signflow.mail.message import Sender, compose
from signflow.texts import LANGUAGES, Language, Texts

TEMPLATES = Path(__file__).parents[2] / "templates"
TEXTS = {language: Texts(TEMPLATES, language) for language in LANGUAGES}
AT = dt.datetime(2020, 1, 17, 8, 30, tzinfo=dt.UTC)
SENDER = Sender("Södertörnskommunerna", "minutes@sodertorn.example", "kansli@sodertorn.example")
VALUES = {
    "invitation": {
        "role": "Sekreterare",
        "title": "Minnesanteckningar, 1",
        "body": "Ledningsgruppen",
        "meeting_date": "16 januari 2020",
        "organisation": "Södertörnskommunerna",
        "link": "https://sign.example/sign/abc",
        "fingerprint": "3f2a 9c01 77be 4d10",
        "expires": "16 februari 2020 kl. 09.30",
    },
    "code": {
        "code": "042137",
        "minutes": "10",
        "title": "Minnesanteckningar, 1",
        "organisation": "Södertörnskommunerna",
        "fingerprint": "3f2a 9c01 77be 4d10",
    },
    "objection": {
        "objector": "Helene Olofsson",
        "reason": "Punkt 3 är fel.\nVi beslutade inget.",
        "title": "Minnesanteckningar, 1",
        "link": "https://sign.example/documents/abc",
    },
}


def write(
    kind: str = "invitation",
    *,
    person: str = "Anna Söderström",
    address: str = "anna@sodertorn.example",
    language: Language = "sv",
    sender: Sender = SENDER,
    **values: str,
) -> EmailMessage:
    return compose(
        kind,
        key="doc:1:invitation:secretary:1",
        person=person,
        address=address,
        values={**VALUES[kind], **values},
        texts=TEXTS[language],
        templates=TEMPLATES,
        sender=sender,
        at=AT,
    )


def read(message: EmailMessage) -> tuple[EmailMessage, str, str]:
    parsed = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert text is not None
    assert html is not None
    return parsed, text.get_content(), html.get_content()


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


@given(st.text(max_size=300), st.text(max_size=300))
def test_names_and_titles_cannot_add_headers(name: str, title: str) -> None:
    message = write(person=name, title=title)
    parsed, _, _ = read(message)
    assert sorted(parsed.keys()) == sorted(write().keys())
    assert [address.addr_spec for address in parsed["To"].addresses] == ["anna@sodertorn.example"]
    assert parsed["Bcc"] is None


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_say_all_there_is_to_say(kind: str, language: Language) -> None:
    parsed, text, html = read(write(kind, language=language))
    for name, value in VALUES[kind].items():
        if (kind, name) == ("invitation", "organisation"):
            assert value in text
        for line in value.splitlines():
            assert line in text
            assert line in html
    assert parsed.get_content_type() == "multipart/alternative"
    assert parsed["Content-Language"] == language
    assert f'<html lang="{language}">' in html
    assert "Anna Söderström" in text


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


def test_the_same_letter_is_the_same_mail() -> None:
    assert write().as_bytes() == write().as_bytes()


def test_markup_in_what_people_wrote_stays_text() -> None:
    parsed, text, html = read(write("objection", reason="<script>alert(1)</script> & <img src=x>", objector="<b>H</b>"))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;b&gt;H&lt;/b&gt;" in html
    assert "<script>alert(1)</script> & <img src=x>" in text
    assert "H" in str(parsed["Subject"]) or parsed["Subject"]


@pytest.mark.parametrize("kind", VALUES)
def test_nothing_is_fetched_and_nobody_is_tracked(kind: str) -> None:
    _, _, html = read(write(kind))
    for forbidden in ("<img", "src=", "url(", "@import", "<link", "<script", "<style"):
        assert forbidden not in html
    assert html.count("http") == html.count(VALUES[kind].get("link", "http-none"))


def test_a_domain_with_letters_beyond_ascii_is_written_as_dns_knows_it() -> None:
    assert write(address="anna@kommunförbundet.example")["To"].addresses[0].domain == "xn--kommunfrbundet-1pb.example"
