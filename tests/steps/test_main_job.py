"""The life of a document through the real rooms, and what goes wrong on the way."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from email.message import EmailMessage

import docx
import pytest
from pypdf import PdfReader

from life import Life, carry_out, text_of
from signflow.blobs import DOCX
from signflow.errors import IntegrityError, UnavailableError
from signflow.rounds.model import RoundEnd, Standing, State
from signflow.rounds.outcome import Decision, Refusal
from signflow.signing.report import Indication, Level
from signflow.signing.validation.validate import validate_pdf
from signflow.steps import acts
from signflow.steps.import_people import import_people
from signflow.steps.reconcile import reconcile

ANNA, HELENE = "anna@example.org", "helene@example.org"


def test_the_sample_goes_from_draft_to_archive(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    assert document.state is State.REVIEW
    assert life.ports.store.versions(document.id)[-1].findings == ()
    assert [str(mail["To"]) for mail in life.mails()] == ["Anna Söderström <anna@example.org>"]

    assert isinstance(life.sign(ANNA), Decision)
    assert life.load(document).state is State.REVIEW
    assert isinstance(life.sign(HELENE), Decision)

    archived = life.load(document)
    assert archived.state is State.ARCHIVED
    pdf = life.ports.archive.retrieve(document.id)
    report = validate_pdf(pdf, life.ports.trust(), at=life.ports.clock())
    assert report.indication is Indication.TOTAL_PASSED
    assert [(one.field, one.signatory) for one in report.signatures] == [
        ("secretary", "Anna Söderström"),
        ("adjuster-1", "Helene Olofsson"),
        ("seal", "Södertörnskommunerna"),
    ]
    assert report.signatures[-1].level is Level.ARCHIVAL
    assert life.ports.archive.check().ok
    assert archived.round is not None
    assert pdf.startswith(life.ports.blobs.get(archived.round.copy))
    assert life.ports.store.verify_audit() > 0
    assert not life.ports.store.open_work()


def test_a_word_draft_is_archived_with_the_file_that_was_dropped(life: Life, sample: bytes) -> None:
    draft = as_word(sample.decode())
    document = life.drop(draft, "Anteckningar januari.docx")
    assert document.state is State.REVIEW
    assert document.draft.source.media_type == DOCX
    life.sign(ANNA)
    life.sign(HELENE)

    assert life.load(document).state is State.ARCHIVED
    kept = [file.read_bytes() for file in life.settings.data.rglob("*.docx")]
    assert kept == [draft]
    report = validate_pdf(life.ports.archive.retrieve(document.id), life.ports.trust(), at=life.ports.clock())
    assert report.indication is Indication.TOTAL_PASSED


def as_word(markdown: str) -> bytes:
    """The same minutes as a secretary has them in Word: styled headings, labels in italics, tabs between columns."""
    word = docx.Document()
    for line in filter(None, markdown.splitlines()):
        marks = len(line) - len(line.lstrip("#"))
        words = line.lstrip("# ")
        if marks:
            word.add_heading(words, min(marks - 1, 2) or 1)
        elif words.startswith("*"):
            label, _, rest = words[1:].partition("*")
            paragraph = word.add_paragraph()
            paragraph.add_run(label).italic = True
            paragraph.add_run(rest)
        else:
            word.add_paragraph(words)
    file = io.BytesIO()
    word.save(file)
    return file.getvalue()


def test_every_word_of_the_sample_is_in_the_archived_pdf_in_order(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    pages = PdfReader(io.BytesIO(life.ports.archive.retrieve(document.id))).pages
    found = iter(" ".join(page.extract_text() for page in pages).split())
    words = sample.decode().replace("*", "").replace("#", "").split()
    assert [word for word in words if word not in found] == []


def test_a_draft_with_errors_stays_a_draft_and_sends_nothing(life: Life, sample: bytes) -> None:
    broken = sample.decode().replace("Justerat\n\nAnna Söderström\n\nHelene Olofsson", "Anna Söderström")
    document = life.drop(broken)
    assert document.state is State.DRAFT
    assert not document.draft.clean
    assert life.mails() == []
    assert isinstance(acts.ask_review(life.ports, document.id, "sekreteraren"), Refusal)


def test_the_same_draft_twice_is_one_document(life: Life, sample: bytes) -> None:
    first = life.drop(sample, "a.md")
    second = life.drop(sample, "b.md")
    assert first.id == second.id
    assert len(life.ports.store.documents()) == 1
    assert len(life.mails()) == 1


def test_a_changed_draft_is_a_new_version_and_ends_the_round(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    stale = life.token(HELENE)
    changed = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
    assert changed.id == document.id
    assert changed.draft.number == 2
    assert changed.round is not None
    assert changed.round.number == 2
    assert all(seat.standing is not Standing.SIGNED for seat in changed.round.seats)
    view = acts.view_link(life.ports, stale)
    assert view.problem == "round-ended"
    assert acts.ask_code(life.ports, stale) == Refusal("round-ended")


def test_another_meeting_under_the_same_file_name_is_another_document(life: Life, sample: bytes) -> None:
    first = life.drop(sample)
    other = (
        sample.decode().replace("ledningsgrupp, 1", "ledningsgrupp, 2").replace("16 januari 2020", "23 januari 2020")
    )
    second = life.drop(other)
    assert second.id != first.id
    assert life.load(first).state is State.REVIEW


def test_an_objection_returns_the_text_and_tells_the_secretary(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    life.sign(ANNA)
    token, code = life.token(HELENE), life.ask_code(HELENE)
    shown = acts.view_link(life.ports, token).shown.digest
    outcome = acts.object_to(life.ports, token, code, shown, "Punkt 2 stämmer inte.")
    assert isinstance(outcome, Decision)
    life.work()
    returned = life.load(document)
    assert returned.state is State.DRAFT
    assert returned.round is not None
    assert returned.round.ended is RoundEnd.OBJECTION
    assert "Punkt 2 stämmer inte." in text_of(life.mails(ANNA)[-1])
    life.drop(sample)  # the same text again does not go round by itself
    assert life.load(document).state is State.DRAFT
    assert isinstance(acts.ask_review(life.ports, document.id, "sekreteraren"), Decision)
    life.work()
    assert life.load(document).state is State.REVIEW


def test_a_misspelt_signatory_is_one_finding_and_not_also_one_without_an_address(life: Life, sample: bytes) -> None:
    document = life.drop(sample.decode().rstrip() + "s\n")
    codes = [finding["code"] for finding in life.ports.store.versions(document.id)[-1].findings]
    assert codes == ["signatory-misspelled"]


def test_a_signatory_without_an_address_is_a_finding_until_one_is_imported(life: Life, sample: bytes) -> None:
    renamed = sample.decode().replace("Helene Olofsson", "Ylva Ny")
    document = life.drop(renamed)
    assert document.state is State.DRAFT
    codes = [finding["code"] for finding in life.ports.store.versions(document.id)[-1].findings]
    assert codes == ["signatory-without-address"]
    assert import_people(life.ports, b"namn;e-post\nYlva Ny;ylva@example.org\n") == 1
    life.work()
    assert life.load(document).state is State.REVIEW


def test_five_wrong_codes_use_the_code_up(life: Life, sample: bytes) -> None:
    life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)
    shown = acts.view_link(life.ports, token).shown.digest
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert isinstance(acts.sign(life.ports, token, wrong, shown), Decision)
    assert acts.sign(life.ports, token, code, shown) == Refusal("code-used-up")
    assert isinstance(life.sign(ANNA), Decision)  # a new code serves


def test_codes_and_tokens_are_stored_nowhere(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)
    life.sign(ANNA)
    for file in life.settings.data.rglob("*"):
        if file.is_file() and "mails" not in file.parts:
            content = file.read_bytes()
            assert token.encode() not in content, file
    assert code not in json.dumps([dict(entry.data) for entry in life.ports.store.history(document.id)])


class _Down:
    """A delivery that is down until it is mended."""

    def __init__(self, real: object) -> None:
        self.real = real
        self.down = True

    def deliver(self, message: EmailMessage) -> None:
        if self.down:
            raise UnavailableError("mail-unavailable", reason="down")
        self.real.deliver(message)  # type: ignore[attr-defined]


def test_mail_that_is_down_delays_and_loses_nothing(life: Life, sample: bytes) -> None:
    delivery = _Down(life.ports.delivery)
    life.with_ports(delivery=delivery)
    with pytest.raises(UnavailableError):
        life.drop(sample)
    assert [row.work.kind for row in life.ports.store.open_work()] == ["open_review"]
    delivery.down = False
    life.work()
    assert len(life.mails(ANNA)) == 1
    assert isinstance(life.sign(ANNA), Decision)


def test_a_tsa_that_is_down_delays_and_never_degrades(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)
    real = life.ports.tsa
    life.with_ports(tsa=_NoTsa(real))
    acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
    with pytest.raises(UnavailableError):
        life.work()
    waiting = life.load(document)
    assert waiting.round is not None
    assert waiting.round.seats[0].standing is Standing.APPROVED
    assert waiting.round.current == waiting.round.copy
    life.with_ports(tsa=real)
    life.work()
    signed = life.load(document).round
    assert signed is not None
    assert signed.seats[0].standing is Standing.SIGNED


class _NoTsa:
    """The local authority with its voice gone."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> object:
        if name == "ready":
            raise UnavailableError("tsa-unavailable", url="http://tsa.invalid")
        return getattr(self._real, name)


def test_a_step_run_twice_equals_once(life: Life, sample: bytes) -> None:
    def twice(ports: object, row: object) -> None:
        carry_out(ports, row)  # type: ignore[arg-type]
        carry_out(ports, row)  # type: ignore[arg-type]

    work = life.work
    life.work = lambda do=None: work(do or twice)  # type: ignore[method-assign]
    document = life.drop(sample)
    life.sign(ANNA)
    life.sign(HELENE)
    assert life.load(document).state is State.ARCHIVED
    assert len(life.mails()) == 7  # a link, a code and a receipt each, and to the secretary that all have signed
    pdf = life.ports.archive.retrieve(document.id)
    assert len(validate_pdf(pdf, life.ports.trust(), at=life.ports.clock()).signatures) == 3
    assert life.ports.archive.copy(document.id).version == 1


def test_an_altered_blob_is_found_and_never_signed(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    assert document.round is not None
    digest = document.round.copy.digest
    path = life.settings.data / "blobs" / digest[:2] / digest
    path.write_bytes(path.read_bytes().replace(b"/Type", b"/Tipe", 1))
    with pytest.raises(IntegrityError):
        life.sign(ANNA)


def test_a_signature_on_other_bytes_than_those_shown_is_refused(life: Life, sample: bytes) -> None:
    life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)
    assert acts.sign(life.ports, token, code, "0" * 64) == Refusal("text-has-changed")


def test_reconcile_asks_again_for_lost_work(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)
    acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
    for row in life.ports.store.open_work():
        life.ports.store.close_work(row.work.key)  # as if the outbox had been lost
    found = reconcile(life.ports)
    assert [key.split(":")[1] for key in found.asked_again] == ["apply_signature"]
    life.work()
    signed = life.load(document).round
    assert signed is not None
    assert signed.seats[0].standing is Standing.SIGNED
    assert reconcile(life.ports).asked_again == ()


def test_an_expired_link_can_be_sent_again(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    clock = life.ports.clock
    life.with_ports(clock=lambda: clock() + life.ports.policy.link_lifetime)
    token = life.token(ANNA)
    assert acts.view_link(life.ports, token).problem == "link-expired"
    assert acts.ask_code(life.ports, token) == Refusal("link-expired")
    life.with_ports(clock=clock)
    assert isinstance(acts.renew_invitation(life.ports, document.id, "secretary", "sekreteraren"), Decision)
    life.work()
    assert len(life.mails(ANNA)) == 2
    assert life.token(ANNA) == token


def test_disk_full_while_signing_leaves_the_document_where_it_was(life: Life, sample: bytes) -> None:
    document = life.drop(sample)
    token, code = life.token(ANNA), life.ask_code(ANNA)

    class Full:
        get = staticmethod(life.ports.blobs.get)

        @staticmethod
        def put(_data: bytes, _media_type: str) -> None:
            raise UnavailableError("disk-unavailable", reason="No space left on device")

    real = life.ports.blobs
    acts.sign(life.ports, token, code, acts.view_link(life.ports, token).shown.digest)
    life.ports = replace(life.ports, blobs=Full())
    with pytest.raises(UnavailableError):
        life.work()
    life.ports = replace(life.ports, blobs=real)
    life.work()
    signed = life.load(document).round
    assert signed is not None
    assert signed.seats[0].standing is Standing.SIGNED
