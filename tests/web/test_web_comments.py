"""Readers comment by item: the letter, the page behind the link, the secretary's answers, and a new version."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from email.message import EmailMessage

from test_web_scanners import Links, everything
from visitor import browser

from life import Life, text_of
from signflow.errors import UnavailableError
from signflow.rounds.readers import CommentStanding
from signflow.rounds.work import WorkKind, daily_work

ANNA, BO = "anna@example.org", "bo@example.org"
INVITED = {"name-0": "Bo Ek", "address-0": BO}


def reader_link(life: Life) -> str:
    found = re.search(r"/read/[A-Za-z0-9_-]{43}", text_of(life.mails(BO)[-1]))
    assert found
    return found[0]


def test_a_reader_comments_and_the_secretary_answers(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    place = f"/documents/{document.id}"
    with browser(life) as client:
        assert client.post(f"{place}/readers", data={"name-0": "Bo Ek"}).status_code == 422
        assert client.post(f"{place}/readers", data={}).status_code == 422
        assert client.post(f"{place}/readers", data=INVITED).status_code == 303
        assert client.post(f"{place}/readers", data=INVITED).status_code == 422
        life.work()
        link = reader_link(life)
        page = client.get(link)
        assert "Kommentera punkten" in page.text
        assert "/sign/" not in page.text
        item = re.findall(r'name="item" value="([^"]+)"', page.text)[0]
        said = {"item": item, "version": "1", "text": "Ska det stå <b>taxa</b>?"}
        assert client.post(link, data={**said, "text": " "}).status_code == 422
        assert client.post(link, data={**said, "item": "§ 99"}).status_code == 422
        assert client.post(link, data={**said, "version": "7"}).status_code == 422
        for _ in range(2):  # the button was pressed twice
            assert client.post(link, data=said).status_code == 303
        assert len(life.load(document).comments) == 1
        assert "&lt;b&gt;taxa" in client.get(link).text
        anna = f"/sign/{life.token(ANNA)}/comments"
        assert "&lt;b&gt;taxa" in client.get(anna).text
        assert client.post(anna, data={**said, "text": "Ja."}).status_code == 303
        assert client.post(f"{anna}/1", data={"text": "Någon annans."}).status_code == 422
        assert client.post(f"{link}/1", data={"text": "Ska det stå avgift?"}).status_code == 303
        desk = client.get(f"{place}/readers").text
        assert "Ska det stå avgift?" in desk
        assert "2 kommentarer väntar" in client.get(place).text
        assert client.post(f"{place}/comments/1", data={"as": "resolved"}).status_code == 422
        assert client.post(f"{place}/comments/1", data={"as": "resolved", "answer": "Nej."}).status_code == 303
        assert client.post(f"{link}/1", data={"text": "Jo."}).status_code == 422
        assert "Nej." in client.get(link).text
    assert [one.standing for one in life.load(document).comments] == [CommentStanding.RESOLVED, CommentStanding.OPEN]


def test_a_new_version_ends_the_round_tells_readers_and_comments_follow_their_items(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data=INVITED)
        life.work()
        link = reader_link(life)
        items = re.findall(r'name="item" value="([^"]+)"', client.get(link).text)
        for item in items[:2]:
            client.post(link, data={"item": item, "version": "1", "text": f"Om {item}."})
        title = items[0].partition(" ")[2]
        text = sample.decode().replace(title, f"{title} och annat", 1)
        life.drop(text, "utkast 2.md", document.id)
        told = life.mails(BO)
        assert len(told) == 2
        assert "har ändrats" in text_of(told[-1])
        first, second = life.load(document).comments
        assert first.item == f"{items[0]} och annat"
        assert (first.changed_in, second.changed_in, second.item) == (2, None, items[1])
        assert {first.standing, second.standing} == {CommentStanding.OPEN}
        assert "ändrades i version 2" in client.get(link).text


def test_an_invitation_that_is_taken_back_leads_nowhere_and_a_link_opens_nothing_else(
    life: Life, sample: bytes
) -> None:
    document = life.drop(sample)
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data=INVITED)
        life.work()
        link = reader_link(life)
        assert client.get(f"{link}/pages/1.png").status_code == 200
        assert client.get(link.replace("/read/", "/sign/")).status_code == 404
        assert client.get(f"/read/{life.token(ANNA)}").status_code == 404
        assert client.post(f"/documents/{document.id}/readers/1/dismissal").status_code == 303
        closed = client.get(link)
        assert document.title not in closed.text
        assert client.get(f"{link}/pages/1.png").status_code == 404
        assert client.post(link, data={"item": "", "version": "1", "text": "Hej"}).status_code == 422
    assert life.load(document).comments == ()


def test_programs_that_press_every_button_change_nothing(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data=INVITED)
        life.work()
        link = reader_link(life)
        client.post(link, data={"item": "", "version": "1", "text": "Hej"})
        before = everything(life)
        presses = Links(client.get(link).text).presses
        assert {f"{link}/1", link} <= {one.action for one in presses}
        for press in presses:
            if press.method == "post":
                fields = {**press.fields, "text": ""}
                assert client.post(press.action, data=fields).status_code == 422
        client.head(link)
    life.work()
    assert everything(life) == before


def test_to_change_the_text_the_editor_opens_at_the_item(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    lines = sample.decode().splitlines()
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data=INVITED)
        life.work()
        link = reader_link(life)
        items = re.findall(r'name="item" value="([^"]+)"', client.get(link).text)
        for item in (items[1], ""):
            client.post(link, data={"item": item, "version": "1", "text": "Stämmer det?"})
        page = client.get(f"/documents/{document.id}/readers").text
        links = re.findall(rf'href="(/documents/{document.id}/text[^"]*)"', page)
        assert len(links) == 2
        assert f"/documents/{document.id}/text" in links
        (place,) = (one for one in links if "line=" in one)
        number = int(place.rpartition("-")[2])
        assert items[1].partition(" ")[2] in lines[number - 1]
        editor = client.get(place).text
        assert f'data-line="{number}"' in editor
        assert f"öppnas vid rad {number}" in editor
        assert f'id="line-{number}"' in editor


def test_a_line_that_the_text_has_not_opens_it_at_its_beginning(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    with browser(life) as client:
        for line in ("0", "-1", "x", "999999", "9" * 30, "²"):
            page = client.get(f"/documents/{document.id}/text", params={"line": line})
            assert page.status_code == 200
            assert 'data-line=""' in page.text
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith("; script-src 'self'")
        assert "script-src" not in client.get(f"/documents/{document.id}").headers["Content-Security-Policy"]


def the_day(life: Life, day: str) -> None:
    """The work of that day, at noon."""
    now = dt.datetime.fromisoformat(f"{day}T10:00:00+00:00")
    life.with_ports(clock=lambda: now)
    for work in daily_work(now.date()):
        if work.kind is WorkKind.REMIND:
            life.ports.store.ask_for(work)
    life.work()


def test_readers_are_told_of_a_new_version_once_a_day_and_not_of_each_that_is_saved(life: Life, sample: bytes) -> None:
    now = dt.datetime.fromisoformat("2026-03-03T09:00:00+00:00")
    life.with_ports(clock=lambda: now, policy=replace(life.ports.policy, open_review_when_clean=False))
    document = life.drop(sample)
    text = sample.decode()
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data={**INVITED, "until": "2026-03-06"})
    life.work()
    the_day(life, "2026-03-03")
    assert len(life.mails(BO)) == 1
    for number in (2, 3, 4):
        life.drop(text.replace("24 januari", f"{number} januari"), f"utkast {number}.md", document.id)
    assert len(life.mails(BO)) == 1
    for _ in range(2):
        the_day(life, "2026-03-04")
    first, told = life.mails(BO)
    words = " ".join(text_of(told).split())
    assert "ny version (4)" in words
    assert "6 mars 2026" in words
    assert reader_link(life) in text_of(first)
    assert told["In-Reply-To"] == first["Message-ID"]
    broken = text.replace("Torsdagen", "Onsdagen").replace("Anna Söderström", "Anna Söderstrom")
    life.drop(broken, "utkast 5.md", document.id)
    the_day(life, "2026-03-05")
    assert len(life.mails(BO)) == 2, "it has errors"
    life.drop(text.replace("24 januari", "6 januari"), "utkast 6.md", document.id)
    the_day(life, "2026-03-07")
    the_day(life, "2026-03-09")
    assert len(life.mails(BO)) == 2, "their last day has passed"
    kinds = [entry.kind for entry in life.ports.store.history(document.id)]
    assert kinds.count("readers-told") == 1


def test_nobody_is_told_at_the_weekend_or_of_what_another_letter_told(life: Life, sample: bytes) -> None:
    now = dt.datetime.fromisoformat("2026-03-06T09:00:00+00:00")
    life.with_ports(clock=lambda: now)
    document = life.drop(sample)
    with browser(life) as client:
        client.post(f"/documents/{document.id}/readers", data=INVITED)
    life.work()
    life.drop(sample.decode().replace("24 januari", "25 januari"), "utkast 2.md", document.id)
    assert len(life.mails(BO)) == 2, "the round is over"
    the_day(life, "2026-03-09")
    assert len(life.mails(BO)) == 2
    life.with_ports(policy=replace(life.ports.policy, open_review_when_clean=False))
    life.drop(sample.decode().replace("24 januari", "26 januari"), "utkast 3.md", document.id)
    life.drop(sample.decode().replace("24 januari", "27 januari"), "utkast 4.md", document.id)
    assert len(life.mails(BO)) == 3, "that round is over too"
    the_day(life, "2026-03-14")
    assert len(life.mails(BO)) == 3, "a Saturday"
    the_day(life, "2026-03-16")
    assert len(life.mails(BO)) == 4


def test_a_reader_whom_no_letter_reaches_is_told_of_on_the_documents_page(life: Life, sample: bytes) -> None:
    class Refusing:
        def deliver(self, message: EmailMessage) -> None:
            if BO in str(message["To"]):
                raise UnavailableError("mail-refused", address=BO, reason="550 no such user")
            real.deliver(message)

    document, real = life.drop(sample), life.ports.delivery
    place = f"/documents/{document.id}"
    life.with_ports(delivery=Refusing())
    with browser(life) as client:
        client.post(f"{place}/readers", data=INVITED)
        assert "gick inte att leverera" not in client.get(place).text
        life.work()
        for page in (client.get(place).text, client.get(f"{place}/readers").text):
            assert f"Brevet till Bo Ek ({BO}), som är inbjuden att läsa, gick inte att leverera." in page
        client.post(f"{place}/readers/1/dismissal")
        assert "gick inte att leverera" not in client.get(place).text
