"""What the page for checking documents answers: to strangers, to hostile files, and for copies of what is archived."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from visitor import TestClient

from life import Life
from signflow.blobs import digest_of, fingerprint
from signflow.rounds.model import Document
from signflow.signing.trust import Trust
from signflow.steps import verify as verifying
from signflow.steps.apart import Limits
from signflow.web.allowance import Allowance
from signflow.web.app import build_app

PUBLIC = "https://signera.example.org"
HEADERS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin", "Accept-Language": "sv"}
ANNA, HELENE = "anna@example.org", "helene@example.org"


@pytest.fixture
def stranger(life: Life) -> Iterator[TestClient]:
    """Somebody elsewhere."""
    life.with_ports(public_url=PUBLIC)
    with TestClient(build_app(life.ports), base_url=PUBLIC, client=("192.0.2.9", 5), headers=HEADERS) as client:
        yield client


@pytest.fixture
def archived(life: Life, sample: bytes) -> Document:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    return life.load(document)


def original_of(life: Life, document: Document) -> bytes:
    return life.ports.archive.retrieve(document.id)


def upload(client: TestClient, data: bytes, status: int = 200, name: str = "protokoll.pdf") -> str:
    answer = client.post("/verify", files={"file": (name, data, "application/pdf")})
    assert answer.status_code == status, answer.text
    return answer.text


def said(html: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def resaved(pdf: bytes) -> bytes:
    """As a program saves it that knows nothing of signatures."""
    writer, out = PdfWriter(clone_from=io.BytesIO(pdf)), io.BytesIO()
    del writer.root_object["/AcroForm"]
    for page in writer.pages:
        page.pop("/Annots", None)
    writer.write(out)
    return out.getvalue()


def printed(pdf: bytes, folder: Path) -> bytes:
    """As a printer's driver draws it: boxes of signatures become content, structure and metadata are gone."""
    source, target = folder / "original.pdf", folder / "printed.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftocairo", "-pdf", source, target], check=True, timeout=60)
    return target.read_bytes()


def test_a_stranger_is_told_who_signed_and_gets_both_reports(
    life: Life, archived: Document, stranger: TestClient
) -> None:
    pdf = original_of(life, archived)
    html = upload(stranger, pdf)
    words = said(html)
    assert "Undertecknat av Anna Söderström och Helene Olofsson. Ingenting har ändrats sedan dess." in words
    assert "med en engångskod som skickades till personens e-postadress" in words
    assert "ingen utomstående intygar den" in words
    assert fingerprint(digest_of(pdf)) in words
    assert "Filen är det undertecknade originalet av" in words
    assert f"/d/{archived.id}" not in html
    held = {
        kind: base64.b64decode(data) for kind, data in re.findall(r'href="data:application/(\w+);base64,([^"]+)"', html)
    }
    report = json.loads(held["json"])
    assert (report["digest"], report["indication"]) == (digest_of(pdf), "TOTAL-PASSED")
    assert held["xml"].startswith(b"<?xml")
    assert b"mainindication:total-passed" in held["xml"]


def test_the_page_speaks_english_too(life: Life, archived: Document, stranger: TestClient) -> None:
    stranger.headers["Accept-Language"] = "en"
    words = said(upload(stranger, original_of(life, archived)))
    assert "Signed by Anna Söderström and Helene Olofsson. Nothing has been changed since." in words


def test_a_changed_file_is_called_so(life: Life, archived: Document, stranger: TestClient) -> None:
    changed = bytearray(original_of(life, archived))
    changed[2000] ^= 1
    words = said(upload(stranger, bytes(changed)))
    assert "Ogiltig" in words
    assert "Lita inte på den" in words
    assert f"Utger sig för att vara {archived.title}" in words
    assert "Legitimerade sig" not in words
    assert "ord för ord" not in words


@pytest.mark.parametrize("copied", [resaved, None], ids=["saved anew", "printed"])
def test_a_copy_is_recognised_and_the_original_offered(
    life: Life, archived: Document, stranger: TestClient, tmp_path: Path, copied: Callable[[bytes], bytes] | None
) -> None:
    original = original_of(life, archived)
    copy = copied(original) if copied else printed(original, tmp_path)
    words = said(upload(stranger, copy))
    assert "Inte undertecknad" in words
    assert f"Märkt som en kopia av {archived.title}" in words
    assert fingerprint(digest_of(original)) in words
    assert "Originalet finns i arkivet hos Södertörnskommunerna." in words
    assert ("Texten i filen är ord för ord" in words) or ("börjar med originalets text" in words)


def test_a_copy_with_other_words_is_said_to_differ(
    life: Life, archived: Document, stranger: TestClient, tmp_path: Path
) -> None:
    pages = PdfReader(io.BytesIO(original_of(life, archived)))
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_page(pages.pages[0])
    writer.write(out)
    assert "Texten i filen är inte densamma" in said(upload(stranger, printed(out.getvalue(), tmp_path)))


def test_an_earlier_revision_is_recognised_once_the_document_is_archived(
    life: Life, sample: bytes, stranger: TestClient
) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    document = life.load(document)
    assert document.round
    earlier = life.ports.blobs.get(document.round.current)
    assert document.title not in said(upload(stranger, earlier))
    life.sign(HELENE)
    assert f"Filen är en tidigare version av {document.title}" in said(upload(stranger, earlier))


def test_a_number_or_fingerprint_on_paper_leads_to_the_document(
    life: Life, archived: Document, stranger: TestClient
) -> None:
    assert archived.round
    digest = digest_of(original_of(life, archived))
    shown = fingerprint(archived.round.copy.digest)
    for typed in (
        archived.id,
        archived.id.upper(),
        f" {archived.id} ",
        digest,
        fingerprint(digest),
        shown,
        shown.replace(" ", ""),
    ):
        words = said(stranger.get("/verify", params={"q": typed}).text)
        assert f"hör till {archived.title}" in words, typed
        assert digest in words
    for typed in ("0" * 12, "ffff ffff ffff ffff", "protokollet", "%", "_" * 16, digest[:8]):
        words = said(stranger.get("/verify", params={"q": typed}).text)
        assert "Inget arkiverat dokument" in words, typed
        assert archived.title not in words


def test_what_is_not_archived_is_not_told_of(life: Life, sample: bytes, stranger: TestClient) -> None:
    document = life.drop(sample)
    assert document.round
    for typed in (document.id, document.round.copy.digest, fingerprint(document.round.copy.digest)):
        assert "Inget arkiverat dokument" in said(stranger.get("/verify", params={"q": typed}).text)
    assert document.title not in said(upload(stranger, life.ports.blobs.get(document.round.copy)))


def test_the_desk_is_shown_the_way_into_the_archive(life: Life, archived: Document) -> None:
    here = "http://127.0.0.1:8080"
    with TestClient(build_app(life.ports), base_url=here, client=("127.0.0.1", 5)) as client:
        assert f'href="/d/{archived.id}"' in client.get("/verify", params={"q": archived.id}).text


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"PK\x03\x04", b"%PDF-1.7\n" + b"<<" * 100_000, b"\0" * 1000])
def test_what_is_no_pdf_is_refused_in_words(stranger: TestClient, data: bytes) -> None:
    assert "kan inte läsas" in said(upload(stranger, data, 422))


def test_no_file_is_said_politely(stranger: TestClient) -> None:
    assert "Ingen fil kom med" in said(stranger.post("/verify", data={"file": ""}).text)
    assert "Ingen fil kom med" in said(upload(stranger, b"", 422))


def test_what_a_file_says_of_itself_is_not_believed_as_html(stranger: TestClient) -> None:
    html = upload(stranger, b"%PDF-1.7\n", 422, name='"><script>alert(1)</script>.pdf')
    assert "<script" not in html


def test_another_site_cannot_send_files_in_somebodys_name(stranger: TestClient) -> None:
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert (
        stranger.post("/verify", files={"file": ("a.pdf", b"%PDF", "application/pdf")}, headers=headers).status_code
        == 403
    )


def test_one_address_may_not_ask_for_ever(life: Life) -> None:
    at = life.ports.clock()
    life.with_ports(clock=lambda: at, public_url=PUBLIC)
    with TestClient(build_app(life.ports), base_url=PUBLIC, client=("192.0.2.9", 5), headers=HEADERS) as client:
        answers = [client.get("/verify", params={"q": "protokollet"}).status_code for _ in range(61)]
        assert answers == [200] * 60 + [429]
        assert client.get("/verify").status_code == 200
    with TestClient(build_app(life.ports), base_url=PUBLIC, client=("192.0.2.10", 5), headers=HEADERS) as client:
        assert client.get("/verify", params={"q": "protokollet"}).status_code == 200


def test_an_allowance_fills_up_again_and_counts_a_network_of_version_6_as_one() -> None:
    now = [dt.datetime(2026, 1, 1, tzinfo=dt.UTC)]
    allowance = Allowance(3, dt.timedelta(minutes=3), lambda: now[0])
    assert [allowance.take(f"2001:db8::{number}") for number in range(4)] == [True, True, True, False]
    assert allowance.take("2001:db8:0:1::1")
    now[0] += dt.timedelta(minutes=1)
    assert [allowance.take("2001:db8::9") for _ in range(2)] == [True, False]
    now[0] += dt.timedelta(days=1)
    assert [allowance.take("2001:db8::9") for _ in range(4)] == [True, True, True, False]


def test_a_check_that_takes_too_much_is_cut_off_and_the_next_one_is_not(life: Life, archived: Document) -> None:
    pdf, trust, at = original_of(life, archived), life.ports.trust(), life.ports.clock()
    for limits in (Limits(seconds=0.0), Limits(seconds=60.0, memory_bytes=1_000_000)):
        with pytest.raises(verifying.RefusedError, match="verify-too-heavy"):
            verifying.verify_apart(pdf, trust, at=at, limits=limits)
    generous = Limits(seconds=120.0, memory_bytes=1_500_000_000)
    for _ in range(2):
        apart = verifying.verify_apart(pdf, trust, at=at, limits=generous)
        assert apart == verifying.verify_file(pdf, trust, at=at)
    assert verifying.verify_apart(pdf, Trust((), ()), at=at, limits=generous).report.indication == "INDETERMINATE"


def test_nothing_uploaded_is_kept(life: Life, archived: Document, stranger: TestClient) -> None:
    def held() -> dict[str, int]:
        folders = (life.settings.data / "blobs", life.settings.data / "archive", life.settings.data / "inbox")
        return {str(file): file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file()}

    before = held()
    upload(stranger, original_of(life, archived))
    assert held() == before
