"""A draft corrected in the browser, what has changed since, and the history of it all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx
import pytest
from visitor import TestClient, browser

from life import Life
from signflow.blobs import digest_of
from signflow.rounds.model import Document, State
from signflow.starts.fresh import Meeting
from signflow.steps.new_draft import new_draft

ANNA, HELENE = "anna@example.org", "helene@example.org"


@pytest.fixture
def client(life: Life) -> Iterator[TestClient]:
    with browser(life) as one:
        yield one


@pytest.fixture
def broken(life: Life, sample: bytes) -> Document:
    """A draft whose adjuster's name is misspelt where she signs."""
    head, _, tail = sample.decode().rpartition("Helene Olofsson")
    return life.drop(f"{head}Helene Olofson{tail}", "Anteckningar.md")


def text_in(page: httpx.Response) -> str:
    """What a browser has in the field: line ends are LF, and the first after the tag is not its text."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert found
    return unescape(found[1]).replace("\r\n", "\n").removeprefix("\n")


def opened(page: httpx.Response) -> str:
    found = re.search(r'name="opened" value="(\d+)"', page.text)
    assert found
    return found[1]


def send(client: TestClient, document: Document, act: str, text: str, version: str) -> httpx.Response:
    """The form as a browser sends it: line ends are CRLF."""
    fields = {"text": text.replace("\n", "\r\n"), "opened": version, "act": act}
    return client.post(f"/documents/{document.id}/text", files={name: (None, value) for name, value in fields.items()})


def test_an_error_is_found_corrected_and_saved(life: Life, client: TestClient, broken: Document) -> None:
    page = client.get(f"/documents/{broken.id}")
    assert f"/documents/{broken.id}/text" in page.text
    editor = client.get(f"/documents/{broken.id}/text")
    text = text_in(editor)
    assert text.encode() == life.ports.blobs.get(broken.draft.source)
    line = next(number for number, line in enumerate(text.split("\n"), 1) if "Olofson" in line and "sson" not in line)
    assert f'href="#line-{line}"' in editor.text
    assert f'id="line-{line}" class="error"' in editor.text

    checked = send(client, broken, "check", text, opened(editor))
    assert "fel att rätta. Ingenting är sparat." in checked.text
    assert text_in(checked) == text
    mended = text.removesuffix("Helene Olofson") + "Helene Olofsson"
    assert mended != text
    checked = send(client, broken, "check", mended, opened(editor))
    assert "Inget fel hittades" in checked.text
    assert "Förhandsvisning" in checked.text
    assert 'class="minutes"' in checked.text
    assert life.load(broken).draft.number == 1

    saved = send(client, broken, "save", text_in(checked), opened(checked))
    assert saved.status_code == 303
    assert saved.headers["location"] == f"/drafts/{digest_of(mended.encode())}"
    life.work()
    after = life.load(broken)
    assert (after.draft.number, after.draft.filename, after.draft.clean) == (2, "Anteckningar.md", True)
    assert life.ports.blobs.get(after.draft.source) == mended.encode()
    arrived = client.get(saved.headers["location"])
    assert arrived.headers["location"] == f"/documents/{broken.id}"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("\n\n# Titel\n\nText\n", "\n\n# Titel\n\nNy text\n"),
        ("# Titel\r\n\r\nText\r\n", "# Titel\r\n\r\nNy text\r\n"),
        ("\ufeff# Titel\n\nText", "# Titel\n\nNy text"),
        ("# Å\n\n</textarea><b>&amp; Text", "# Å\n\n</textarea><b>&amp; Ny text"),
    ],
)
def test_the_text_is_kept_to_the_letter(life: Life, client: TestClient, source: str, kept: str) -> None:
    document = life.drop(source)
    page = client.get(f"/documents/{document.id}/text")
    assert "<b>" not in page.text
    text = text_in(page).replace("Text", "Ny text")
    assert send(client, document, "save", text, opened(page)).status_code == 303
    life.work()
    assert life.ports.blobs.get(life.load(document).draft.source).decode() == kept


def test_windows_text_is_saved_as_unicode(life: Life, client: TestClient) -> None:
    document = life.drop("# Möte\r\n\r\nÅsa säger".encode("windows-1252"))
    page = client.get(f"/documents/{document.id}/text")
    assert text_in(page) == "# Möte\n\nÅsa säger"
    unchanged = send(client, document, "save", text_in(page), "1")
    assert unchanged.status_code == 422
    assert "densamma som i version 1" in unchanged.text
    send(client, document, "save", "# Möte\n\nÅsa tiger", "1")
    life.work()
    assert life.ports.blobs.get(life.load(document).draft.source) == "# Möte\r\n\r\nÅsa tiger".encode()


def test_a_newer_version_is_never_written_over_unseen(life: Life, client: TestClient, broken: Document) -> None:
    page = client.get(f"/documents/{broken.id}/text")
    theirs, mine = text_in(page) + "\nDeras rad", text_in(page) + "\nMin rad"
    assert send(client, broken, "save", theirs, opened(page)).status_code == 303
    pending = send(client, broken, "save", mine, opened(page))
    assert pending.status_code == 409
    assert "håller på att läsas in" in pending.text
    assert "Min rad" in text_in(pending)
    life.work()
    looked = send(client, broken, "check", mine, opened(pending))
    assert opened(looked) == "1"  # looking at it does not make it a text on top of the newer one
    refused = send(client, broken, "save", mine, opened(looked))
    assert refused.status_code == 409
    assert "Min rad" in text_in(refused)
    assert "Deras rad" in refused.text
    assert f"/documents/{broken.id}/changes?from=1" in refused.text
    assert life.load(broken).draft.number == 2
    assert opened(refused) == "2"
    assert send(client, broken, "save", mine, opened(refused)).status_code == 303
    life.work()
    kept = life.ports.blobs.get(life.load(broken).draft.source).decode()
    assert kept.endswith("Min rad")
    assert [version.number for version in life.ports.store.versions(broken.id)] == [1, 2, 3]


def test_of_many_who_save_at_once_one_does(life: Life, client: TestClient, broken: Document) -> None:
    text = text_in(client.get(f"/documents/{broken.id}/text"))

    def save(number: int) -> int:
        return send(client, broken, "save", f"{text}\nRad {number}", "1").status_code

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(save, range(4))) == [303, 409, 409, 409]
    life.work()
    assert life.load(broken).draft.number == 2


@pytest.mark.parametrize("version", ["", "0", "x", "-1", "99", "9" * 4000])
def test_a_form_of_no_version_saves_nothing(life: Life, client: TestClient, broken: Document, version: str) -> None:
    assert send(client, broken, "save", "Ny text", version).status_code == 409
    assert life.ports.store.open_work() == ()


def test_an_empty_and_a_huge_text_are_refused_and_given_back(life: Life, client: TestClient, broken: Document) -> None:
    assert "Texten är tom" in send(client, broken, "save", " \n ", "1").text
    huge = send(client, broken, "save", "å" * 500_001, "1")
    assert huge.status_code == 422
    assert "för lång" in huge.text
    assert len(text_in(huge)) == 500_001
    assert send(client, broken, "save", "å" * 600_000, "1").status_code in {400, 413}
    assert life.ports.store.open_work() == ()


def test_what_is_final_is_not_corrected(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    page = client.get(f"/documents/{document.id}/text")
    assert "Sparar du avslutas omgången" in page.text
    life.sign(ANNA)
    life.sign(HELENE)
    assert life.load(document).state is State.ARCHIVED
    refused = send(client, document, "save", text_in(page) + "\nmer", opened(page))
    assert refused.status_code == 422
    assert "kan inte rättas längre" in refused.text
    assert text_in(refused).endswith("mer")
    assert "/text" not in client.get(f"/documents/{document.id}").text


def test_a_word_draft_is_corrected_in_word(life: Life, client: TestClient) -> None:
    ports = life.ports
    meeting = Meeting("protocol", "Miljönämnden", None, 1, ())  # type: ignore[arg-type] -- the name is enough here
    draft = new_draft(meeting, ports.templates, ports.texts["sv"], as_word=True, at=ports.clock())
    document = life.drop(draft.data, "protokoll.docx")
    assert f"/documents/{document.id}/text" not in client.get(f"/documents/{document.id}").text
    page = client.get(f"/documents/{document.id}/text")
    assert "rättas där" in page.text
    assert "<textarea" not in page.text


def test_a_text_from_elsewhere_is_refused(life: Life, broken: Document) -> None:
    with browser(life, **{"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}) as stranger:
        assert send(stranger, broken, "save", "Ny text", "1").status_code == 403
    assert life.ports.store.open_work() == ()


def test_what_has_changed_is_told_in_words_and_marks(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    assert "/changes" not in client.get(f"/documents/{document.id}").text
    life.drop(sample.replace(b"den 24 januari", b"den <25> mars"), document=document.id)
    page = client.get(f"/documents/{document.id}")
    assert f"/documents/{document.id}/changes" in page.text
    changes = client.get(f"/documents/{document.id}/changes")
    assert changes.status_code == 200
    inserted = re.sub(r"<[^>]+>", "", "".join(re.findall(r"<ins>(.*?)</ins>", changes.text)))
    assert "&lt;25&gt; mars" in inserted
    assert "tillagt" in changes.text
    assert "borttaget" in changes.text
    back = client.get(f"/documents/{document.id}/changes?from=2&to=1").text
    assert "&lt;25&gt; mars" in re.sub(r"<[^>]+>", "", "".join(re.findall(r"<del>(.*?)</del>", back)))
    same = client.get(f"/documents/{document.id}/changes?from=2&to=2").text
    assert "Versionerna säger samma sak" in same
    for address in ("from=3", "to=0", "from=x", "from=-1", "to=99999999999999"):
        assert client.get(f"/documents/{document.id}/changes?{address}").status_code == 404


def test_versions_that_cannot_be_read_are_not_compared(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    life.drop(b"\x00\x01\x02", "x.md", document=document.id)
    page = client.get(f"/documents/{document.id}/changes")
    assert page.status_code == 200
    assert "går inte att läsa" in page.text
    assert "<textarea" not in client.get(f"/documents/{document.id}/text").text


def test_the_timeline_has_a_chapter_for_each_version_and_round(life: Life, client: TestClient, sample: bytes) -> None:
    document = life.drop(sample)
    life.drop(sample.replace(b"den 24 januari", b"den 25 januari"), document=document.id)
    life.sign(ANNA)
    life.sign(HELENE)
    page = client.get(f"/documents/{document.id}").text
    told = page[page.index('id="history-heading"') :]
    chapters = re.findall(r"<h3>([^<]+)</h3>", told)
    assert chapters == ["Version 1", "Omgång 1", "Version 2", "Omgång 2", "Arkiv"]
    history = life.ports.store.history(document.id)
    assert told.count("<time ") == len(history)
    instants = re.findall(r'<time datetime="([^"]+)"', told)
    assert instants == [entry.at.isoformat() for entry in history]
    for entry in history:
        if "digest" in entry.data:
            assert f"<code>{entry.data['digest']}</code>" in told
