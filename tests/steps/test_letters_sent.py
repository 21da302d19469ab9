"""The letters of a whole life: who gets which, once, what it says, and what becomes of one that nobody takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from life import Life, text_of
from signflow.blobs import digest_of, fingerprint
from signflow.errors import UnavailableError
from signflow.rounds.events import CodeTyped, Event, Reminded, Substituted
from signflow.rounds.holidays import is_weekday
from signflow.rounds.letters import LetterKind, letters_due
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, ItemObjection, Seat, State
from signflow.rounds.outcome import Decision, Outcome
from signflow.rounds.work import WorkKind, daily_work
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf
from signflow.steps import acts, letter_words
from signflow.steps.ports import Ports, record
from signflow.steps.remind import remind
from signflow.steps.send_letters import send_letters
from signflow.texts import LANGUAGES, Language

ANNA, HELENE, BO = "anna@example.org", "helene@example.org", "bo@example.org"
DAY = dt.timedelta(days=1)


def subjects(life: Life, address: str) -> list[str]:
    return [str(mail["Subject"]).partition(":")[0] for mail in life.mails(address)]


def flowing(mail: EmailMessage) -> str:
    """The plain text without its line ends."""
    return " ".join(text_of(mail).split())


def words_of(life: Life, document: Document, kind: LetterKind) -> letter_words.Words:
    letter = next(one for one in letters_due(document, life.ports.clock()) if one.kind is kind)
    return letter_words.letter_words(life.ports, document, letter)


def test_the_mail_says_who_asks_for_what_and_until_when(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    (mail,) = life.mails(HELENE)
    text, current = flowing(mail), life.load(document).round
    assert current is not None
    for said in (
        "Anna Söderström hos Södertörnskommunerna ber dig läsa och skriva under",
        "Handling: Minnesanteckningar från Södertörnskommunernas ledningsgrupp, 1",
        "Sammanträde: 16 januari 2020",
        "Du skriver under som: Justerare",
        f"Fingeravtryck: {fingerprint(current.copy.digest)}",
        f"Länken gäller till {life.ports.texts['sv'].instant(current.seats[1].link_expires_at or current.opened_at)}",
    ):
        assert said in text
    assert "vara justerat" not in text  # the law knows no deadline for notes
    assert "Södertörnskommunerna ber dig" in flowing(life.mails(ANNA)[0])  # nobody asks themselves


@pytest.mark.parametrize(
    ("days_after", "said"),
    [
        (14, "Protokollet ska vara justerat senast 16 mars 2026"),
        (15, "Protokollet skulle ha varit justerat senast 16 mars 2026"),
    ],
)
def test_minutes_that_the_law_wants_adjusted_say_by_when(life: Life, sample: bytes, days_after: int, said: str) -> None:
    met = dt.date(2026, 3, 2)
    document = replace(life.drop(sample), minutes_class="protocol", meeting_on=met)
    day = dt.datetime.combine(met + days_after * DAY, dt.time(12), dt.UTC)
    life.with_ports(clock=lambda: day)
    sentence = str(words_of(life, document, LetterKind.INVITATION)["deadline"])
    assert sentence.startswith(said)
    assert "5 kap. 69 § kommunallagen" in sentence


@pytest.mark.parametrize(
    ("minutes_class", "said"),
    [("protocol", "senast 9 mars 2026 (8 kap. 12 §"), ("notes", "Du behöver inte göra något")],
)
def test_the_secretary_learns_what_to_do_when_all_have_signed(
    life: Life, sample: bytes, minutes_class: str, said: str
) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    thursday = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
    done = replace(life.load(document), minutes_class=minutes_class, adjusted_at=thursday)
    assert said in str(words_of(life, done, LetterKind.ADJUSTED)["next"])
    assert "Alla har skrivit under" in subjects(life, ANNA)
    assert "Alla har skrivit under" not in subjects(life, HELENE)


def test_all_who_signed_get_the_signed_copy_and_can_check_it(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    pdf = life.ports.archive.retrieve(document.id)
    opened = fingerprint(document.round.copy.digest if document.round else "")
    for address in (ANNA, HELENE):
        (receipt,) = (mail for mail in life.mails(address) if str(mail["Subject"]).startswith("Kvitto"))
        (attached,) = receipt.iter_attachments()
        assert attached.get_content() == pdf
        assert (
            attached.get_filename() == "Minnesanteckningar från Södertörnskommunernas ledningsgrupp, 1 2020-01-16.pdf"
        )
        assert f"Den arkiverade filens fingeravtryck: {fingerprint(digest_of(pdf))}" in flowing(receipt)
        assert f"Fingeravtryck: {opened}" in flowing(receipt)
        assert text_of(receipt).count(f"{life.ports.public_url}/verify") == 1
        assert "Undertecknad av: Anna Söderström och Helene Olofsson" in flowing(receipt)
    report = validate_pdf(pdf, life.ports.trust(), at=life.ports.clock())
    assert report.indication is Indication.TOTAL_PASSED


def test_a_copy_too_large_for_a_mail_says_how_to_get_it(
    life: Life, sample: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_words, "LARGEST_ATTACHED_BYTES", 1000)
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    receipt = life.mails(HELENE)[-1]
    assert list(receipt.iter_attachments()) == []
    assert "för stor att skicka med e-post (1 MB)" in flowing(receipt)
    assert f"{life.ports.public_url}/archive/{document.id}" in text_of(receipt).split()


def test_a_round_that_ends_tells_who_had_a_link_before_a_new_one_comes(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
    asked, over = "Att skriva under", "Omgången är avslutad"
    assert subjects(life, ANNA) == [asked, "Din kod för att skriva under", over, asked]
    assert subjects(life, HELENE) == [asked, over]
    to_anna, to_helene = life.mails(ANNA)[2], life.mails(HELENE)[1]
    assert "Din underskrift är ogiltig." in flowing(to_anna)
    assert "Du hade inte skrivit under." in flowing(to_helene)
    for mail in (to_anna, to_helene):
        assert "Texten i handlingen nedan har ändrats." in flowing(mail)
        assert "ett nytt meddelande med en ny länk" in flowing(mail)
        assert mail["In-Reply-To"] == life.mails(str(mail["To"]))[0]["Message-ID"]
    acts.withdraw(life.ports, document.id, "web", "Inställt.")
    life.work()
    assert "Det kommer ingen ny länk." in flowing(life.mails(ANNA)[-1])
    assert subjects(life, HELENE) == [asked, over]  # it was not her turn in the second round


def test_the_secretary_reads_an_objection_item_by_item(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    life.ask_code(HELENE)
    seat, shown = _seat(life, document), life.load(document).round
    assert seat.challenge is not None
    assert shown is not None
    items = (ItemObjection("2.", "Fel belopp.", "4,5 miljoner."), ItemObjection("§ 4", "Jag deltog inte."))
    typed = CodeTyped(1, "adjuster-1", seat.challenge.id, True, shown.current.digest, "", items)
    assert isinstance(record(life.ports, document.id, typed), Decision)
    life.work()
    text = flowing(life.mails(ANNA)[-1])
    assert "invänder mot det här: Punkt 2: > Fel belopp. Föreslagen lydelse: > 4,5 miljoner. § 4: > Jag" in text
    assert subjects(life, HELENE) == ["Att skriva under", "Din kod för att skriva under"]


def _seat(life: Life, document: Document) -> Seat:
    current = life.load(document).round
    assert current is not None
    return current.seats[1]


def stand_in(life: Life, document: Document) -> None:
    life.register({"Bo Ek": BO})
    current = life.load(document).round
    assert current is not None
    token = life.ports.links.token(document.id, current.number, "adjuster-1~2", current.copy.digest)
    event = Substituted(1, "adjuster-1", "Bo Ek", BO, link_digest(token), "body", "Sjukskriven i maj.", "web")
    assert isinstance(record(life.ports, document.id, event), Decision)
    life.work()


def test_who_stands_in_and_who_is_stood_in_for_both_learn_of_it(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    stand_in(life, document)
    assert "I stället för: Helene Olofsson" in flowing(life.mails(BO)[0])
    told = flowing(life.mails(HELENE)[-1])
    assert "Bo Ek skriver under handlingen nedan i ditt ställe." in told
    assert "> Sjukskriven i maj." in told
    assert "du behöver inte göra något" in told
    life.sign(BO)
    assert life.load(document).state is State.ARCHIVED
    assert subjects(life, BO)[-1] == "Kvitto"
    assert subjects(life, HELENE) == ["Att skriva under", "Du behöver inte skriva under"]


class _Picky:
    """A mail server that takes nothing for some addresses."""

    def __init__(self, real: object, refused: set[str], code: str = "mail-refused") -> None:
        self._real = real
        self.refused = refused
        self._code = code

    def deliver(self, message: EmailMessage) -> None:
        address = message["To"].addresses[0].addr_spec
        if address in self.refused:
            raise UnavailableError(self._code, address=address, reason="550 No such user")
        self._real.deliver(message)  # type: ignore[attr-defined]


@pytest.fixture
def picky(life: Life) -> _Picky:
    delivery = _Picky(life.ports.delivery, set())
    life.with_ports(delivery=delivery)
    return delivery


def test_a_dead_address_is_told_nothing_and_holds_up_no_document(life: Life, sample: bytes, picky: _Picky) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    picky.refused.add(HELENE)
    changed = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
    assert changed.round is not None
    assert changed.round.number == 2
    assert life.ports.effects.result(f"mail:{document.id}:1:voided:adjuster-1") == {
        "refused": 1,
        "reason": "550 No such user",
    }
    assert not life.ports.store.open_work()
    picky.refused.clear()
    assert send_letters(life.ports, document.id) == 0
    assert "Omgången är avslutad" not in subjects(life, HELENE)


def test_a_server_that_is_down_is_not_a_dead_address(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    real = life.ports.delivery
    life.with_ports(delivery=_Picky(real, {HELENE}, "mail-unavailable"))
    with pytest.raises(UnavailableError, match="mail-unavailable"):
        life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
    assert [row.work.kind for row in life.ports.store.open_work(document.id)] == [
        WorkKind.SEND_LETTERS,
        WorkKind.OPEN_REVIEW,
    ]
    assert subjects(life, ANNA)[-1] == "Omgången är avslutad"  # hers went all the same
    life.with_ports(delivery=real)
    life.work()
    assert subjects(life, HELENE)[-1] == "Omgången är avslutad"
    assert subjects(life, ANNA).count("Omgången är avslutad") == 1


def test_a_link_that_nobody_takes_is_tried_until_somebody_does(life: Life, sample: bytes, picky: _Picky) -> None:
    picky.refused.add(ANNA)
    with pytest.raises(UnavailableError, match="mail-refused"):
        life.drop(sample)
    assert [row.work.kind for row in life.ports.store.open_work()] == [WorkKind.OPEN_REVIEW]
    picky.refused.clear()
    life.work()
    assert subjects(life, ANNA) == ["Att skriva under"]


def on_a_weekday(life: Life, days: int) -> None:
    """Let it be the first weekday that is at least so many days later."""
    day_of, clock = life.ports.texts["sv"].day, life.ports.clock
    until = clock() + days * DAY
    while not is_weekday(day_of(until)):
        until += DAY
    life.with_ports(clock=lambda: until)


def the_days_work(life: Life) -> None:
    day = life.ports.texts["sv"].day(life.ports.clock())
    (work,) = (one for one in daily_work(day) if one.kind is WorkKind.REMIND)
    assert life.ports.store.ask_once(work)
    life.work()


def test_who_waits_is_reminded_by_the_work_of_the_day(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    the_days_work(life)
    assert subjects(life, ANNA) == ["Att skriva under"]
    on_a_weekday(life, 3)
    the_days_work(life)
    assert subjects(life, ANNA) == ["Att skriva under", "Påminnelse om att skriva under"]
    first, reminder = life.mails(ANNA)
    waited = (life.ports.texts["sv"].day(life.ports.clock()) - life.ports.texts["sv"].day(dt.datetime.now(dt.UTC))).days
    assert f"Den har väntat på dig i {waited} dagar." in flowing(reminder)
    assert reminder["References"] == first["Message-ID"]
    assert life.tokens(ANNA) == [life.token(ANNA)]
    assert send_letters(life.ports, document.id) == 0
    reminded_at = life.ports.clock()
    for days in (1, 2):
        life.with_ports(clock=lambda days=days: reminded_at + days * DAY)
        the_days_work(life)
    assert len(life.mails(ANNA)) == 2
    assert [entry.actor for entry in life.ports.store.history(document.id) if entry.kind == "reminded"] == ["signflow"]


def test_an_organisation_may_remind_nobody(tmp_path: Path, sample: bytes) -> None:
    with Life(tmp_path, remind_after_days=0) as life:
        life.drop(sample)
        on_a_weekday(life, 20)
        assert remind(life.ports) == 0


def test_reminding_that_was_cut_short_goes_on_and_reminds_nobody_twice(
    life: Life, sample: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.drop(sample)
    other = sample.decode().replace("ledningsgrupp, 1", "ledningsgrupp, 2").replace("16 januari", "23 januari")
    life.drop(other)
    on_a_weekday(life, 4)
    recorded = list[str]()

    def until_the_power_goes(ports: Ports, document_id: str, event: Event) -> Outcome:
        outcome = record(ports, document_id, event)
        recorded.append(document_id)
        raise KeyboardInterrupt(outcome)

    with monkeypatch.context() as power:
        power.setattr("signflow.steps.remind.record", until_the_power_goes)
        with pytest.raises(KeyboardInterrupt):
            remind(life.ports)
    assert len(recorded) == 1
    assert remind(life.ports) == 1
    assert remind(life.ports) == 0
    life.work()
    assert subjects(life, ANNA).count("Påminnelse om att skriva under") == 2
    assert len({mail["Message-ID"] for mail in life.mails(ANNA)}) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("days", "in_days"), [(0, "waited_today"), (1, "waited_day"), (2, "waited_days")])
def test_how_long_it_has_waited_is_said_in_words(
    tmp_path: Path, sample: bytes, language: Language, days: int, in_days: str
) -> None:
    with Life(tmp_path, language=language) as life:
        document = life.drop(sample)
        clock = life.ports.clock
        life.with_ports(clock=lambda: clock() + days * DAY)
        assert isinstance(record(life.ports, document.id, Reminded(1, "secretary", 1, "web")), Decision)
        life.work()
        expected = life.ports.texts[language](f"mail.reminder.{in_days}", days=days)
        assert expected in flowing(life.mails(ANNA)[-1])
