"""Signing in for a signature, step by step: who may go on, who is the person of the seat, what is kept, what is lost."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from identity_desk import LOA3, PROVIDER, IdentityDesk, person, with_desk
from life import Life, text_of
from signflow.errors import NotFoundError, RefusedError, UnavailableError
from signflow.identity.provider import Begun, Identity, Pending
from signflow.rounds.events import Substituted
from signflow.rounds.links import link_digest
from signflow.rounds.model import Document, Method, Standing, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Outcome, Refusal
from signflow.signing.validation.validate import validate_pdf
from signflow.steps import acts, sign_in
from signflow.steps.ports import record
from signflow.steps.sign_in import Ticket, Visitor
from signflow.store.audit import AuditEntry
from signflow.store.people import RegisteredPerson
from signflow.web.words import history_sentence

ANNA, HELENE = "anna@example.org", "helene@example.org"
VISITOR = Visitor("sv", "192.0.2.7")


@pytest.fixture
def desk(life: Life) -> IdentityDesk:
    return with_desk(life)


@pytest.fixture
def document(life: Life, desk: IdentityDesk, sample: bytes) -> Document:
    assert desk.name
    return life.drop(sample)


def begun(life: Life, token: str) -> Ticket:
    ticket = sign_in.begin(life.ports, token)
    assert isinstance(ticket, Ticket), ticket
    assert isinstance(sign_in.go_on(life.ports, token, ticket.secret, VISITOR), Begun | Pending)
    return ticket


def come_back(life: Life, token: str, ticket: Ticket, code: str) -> Pending | Outcome:
    answer = {"state": life.ports.links.sign_in_state(ticket.challenge_id), "code": code}
    return sign_in.complete(life.ports, token, ticket.secret, answer, VISITOR)


def signed_in(life: Life, desk: IdentityDesk, address: str, who: Identity | None = None) -> tuple[str, Ticket]:
    token = life.token(address)
    ticket = begun(life, token)
    desk.coming["code"] = who or person(address)
    outcome = come_back(life, token, ticket, "code")
    assert isinstance(outcome, Decision), outcome
    return token, ticket


def shown(life: Life, token: str) -> str:
    return acts.view_link(life.ports, token).shown.digest


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def kinds(life: Life, document: Document) -> list[str]:
    return [entry.kind for entry in life.ports.store.history(document.id)]


def test_both_sign_in_and_sign_and_the_archive_holds_what_the_provider_said(
    life: Life, desk: IdentityDesk, document: Document
) -> None:
    for address, name in ((ANNA, "SÖDERSTRÖM ANNA KARIN"), (HELENE, "")):
        token, ticket = signed_in(life, desk, address, person(address.upper(), name))
        assert isinstance(acts.answer(life.ports, token, ticket.secret, shown(life, token)), Decision)
        life.work()
    done = life.load(document)
    assert done.state is State.ARCHIVED
    pdf = life.ports.archive.retrieve(document.id)
    report = validate_pdf(pdf, life.ports.trust(), at=life.ports.clock())
    people = [one.authentication for one in report.signatures if one.authentication]
    assert [(one.method, one.level) for one in people] == [(PROVIDER, LOA3)] * 2
    archive = life.settings.data / "archive"
    (identity,) = archive.rglob("secretary-identity.json")
    assert json.loads(identity.read_bytes()) == {"sub": ANNA.upper(), "name": "SÖDERSTRÖM ANNA KARIN"}
    (evidence,) = archive.rglob("secretary.json")
    assert json.loads(evidence.read_bytes())["provider"] == PROVIDER
    assert life.mails(ANNA)
    assert all("kod" not in str(mail["Subject"]) for mail in life.mails())


def test_the_letter_says_how_one_proves_who_one_is(life: Life, desk: IdentityDesk, document: Document) -> None:
    assert document.state is State.REVIEW
    text = " ".join(text_of(life.mails(ANNA)[0]).split())
    assert f"legitimerar dig med {desk.name}" in text
    assert "engångskod" not in text


def test_the_provider_is_told_once_and_the_same(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    again = [sign_in.go_on(life.ports, token, ticket.secret, Visitor("en", "2001:db8::1")) for _ in range(3)]
    assert len({one.url for one in again if isinstance(one, Begun)}) == 1
    (told,) = desk.begun
    assert told.reference == ticket.challenge_id
    assert told.return_url == f"{life.ports.public_url}/sign-in/callback"
    assert document.title in told.purpose
    assert (told.language, told.address) == ("sv", "192.0.2.7")
    told_of = " ".join(str(entry) for entry in life.ports.store.history(document.id))
    for secret in (ticket.secret, told.state, told.secret.hex(), ticket.challenge_id):
        assert secret not in told_of


def test_what_is_secret_does_not_show_itself(life: Life, desk: IdentityDesk, document: Document) -> None:
    assert document.state is State.REVIEW
    ticket = begun(life, life.token(ANNA))
    assert ticket.secret not in repr(ticket)
    assert desk.begun[0].state not in repr(desk.begun[0])


@pytest.mark.parametrize("held", ["", "x", "å" * 50])
def test_without_the_browser_that_began_it_nothing_happens(
    life: Life, desk: IdentityDesk, document: Document, held: str
) -> None:
    token = life.token(ANNA)
    ticket = sign_in.begin(life.ports, token)
    assert isinstance(ticket, Ticket)
    before = life.load(document)
    desk.coming["code"] = person(ANNA)
    assert code_of(sign_in.go_on(life.ports, token, held, VISITOR)) == "not-signed-in"
    answer = {"state": life.ports.links.sign_in_state(ticket.challenge_id), "code": "code"}
    assert code_of(sign_in.complete(life.ports, token, held, answer, VISITOR)) == "not-signed-in"
    with pytest.raises(NotFoundError, match="no-such-sign-in"):
        sign_in.token_of(life.ports, Ticket(ticket.challenge_id, held))
    assert code_of(acts.answer(life.ports, token, held, shown(life, token))) == "not-signed-in"
    assert desk.begun == []
    assert life.load(document) == before


def test_who_has_signed_in_answers_only_in_that_browser(life: Life, desk: IdentityDesk, document: Document) -> None:
    token, ticket = signed_in(life, desk, ANNA)
    other = life.ports.links.browser("0" * 32)
    assert code_of(acts.answer(life.ports, token, other, shown(life, token))) == "not-signed-in"
    assert code_of(acts.answer(life.ports, token, ticket.secret, "0" * 64)) == "text-has-changed"
    assert isinstance(acts.answer(life.ports, token, ticket.secret, shown(life, token)), Decision)
    assert code_of(acts.answer(life.ports, token, ticket.secret, shown(life, token))) == "already-approved"
    assert kinds(life, document).count("signing-approved") == 1


@pytest.mark.parametrize(
    ("mail", "name"),
    [
        ("helene@example.org", "Anna Söderström"),
        (ANNA, "Helene Olofsson"),
        (ANNA, "Karin Ek"),
        ("anna@example.org.evil.example", ""),
        ("anna", ""),
        ("@example.org", ""),
    ],
)
def test_somebody_else_is_refused_and_nothing_is_lost(
    life: Life, desk: IdentityDesk, document: Document, mail: str, name: str
) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person(mail, name)
    outcome = come_back(life, token, ticket, "code")
    assert isinstance(outcome, Decision)
    assert kinds(life, document)[-1] == "sign-in-rejected"
    reason = sign_in.latest_rejection(life.ports, acts.view_link(life.ports, token))
    assert reason in {"sign-in-other-person", "sign-in-not-recognised"}
    assert code_of(acts.answer(life.ports, token, ticket.secret, shown(life, token))) == "not-signed-in"
    signed_in(life, desk, ANNA)
    assert sign_in.latest_rejection(life.ports, acts.view_link(life.ports, token)) == ""


def test_a_provider_that_gives_no_verified_address_identifies_nobody(
    life: Life, desk: IdentityDesk, document: Document
) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person("", "Anna Söderström", "197001011234")
    come_back(life, token, ticket, "code")
    assert life.ports.store.history(document.id)[-1].data["reason"] == "sign-in-not-recognised"


@pytest.mark.parametrize(
    ("registered", "told", "reason"),
    [
        ("19700101-1234", "197001011234", ""),
        ("19700101-1234", "197001011235", "sign-in-other-person"),
        ("19700101-1234", "", "sign-in-not-recognised"),
        ("", "197001011234", "sign-in-not-recognised"),
        ("", "", "sign-in-not-recognised"),
    ],
)
def test_an_identifier_is_recognised_by_the_register(
    life: Life, sample: bytes, registered: str, told: str, reason: str
) -> None:
    desk = with_desk(life, by_mail=False)
    digest = life.ports.links.identifier_digest(registered) if registered else ""
    life.ports.people.put([RegisteredPerson("Anna Söderström", "", ANNA, (), digest)])
    document = life.drop(sample)
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person(ANNA, "Anna Söderström", told)
    come_back(life, token, ticket, "code")
    last = life.ports.store.history(document.id)[-1]
    assert (last.kind, last.data.get("reason", "")) == ("sign-in-rejected" if reason else "signed-in", reason)
    if told:
        assert told not in str(life.ports.store.history(document.id))


def test_one_persons_sign_in_does_not_open_anothers_seat(life: Life, desk: IdentityDesk, document: Document) -> None:
    """Helene has her link too, and both are signed in; each ticket is of use at one seat alone."""
    token, ticket = signed_in(life, desk, ANNA)
    acts.answer(life.ports, token, ticket.secret, shown(life, token))
    life.work()
    other = life.token(HELENE)
    theirs = begun(life, other)
    assert code_of(acts.answer(life.ports, other, ticket.secret, shown(life, other))) == "not-signed-in"
    answer = {"state": life.ports.links.sign_in_state(ticket.challenge_id), "code": "x"}
    crossed = sign_in.complete(life.ports, other, ticket.secret, answer, VISITOR)
    assert code_of(crossed) == "not-signed-in"
    desk.coming["code"] = person(HELENE)
    foreign_state = sign_in.complete(life.ports, other, theirs.secret, {**answer, "code": "code"}, VISITOR)
    assert isinstance(foreign_state, Decision)
    assert kinds(life, document)[-1] == "sign-in-rejected"


def test_the_same_answer_twice_counts_once(life: Life, desk: IdentityDesk, document: Document) -> None:
    token, ticket = signed_in(life, desk, ANNA)
    assert code_of(come_back(life, token, ticket, "code")) == ALREADY_RECORDED
    assert kinds(life, document)[-1] == "signed-in"


def test_two_sign_ins_at_one_seat_only_the_later_counts(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    first, second = begun(life, token), begun(life, token)
    desk.coming |= {"one": person(ANNA), "two": person(ANNA)}
    assert code_of(come_back(life, token, first, "one")) == "not-signed-in"
    with pytest.raises(NotFoundError):
        sign_in.token_of(life.ports, first)
    assert sign_in.token_of(life.ports, second) == token
    assert isinstance(come_back(life, token, second, "two"), Decision)
    assert kinds(life, document).count("signed-in") == 1


def test_two_browsers_race_and_never_is_more_than_one_signed_in(
    life: Life, desk: IdentityDesk, document: Document
) -> None:
    token = life.token(ANNA)

    def race(number: int) -> str:
        try:
            ticket = begun(life, token)
        except AssertionError:  # the other was faster between two steps
            return "overtaken"
        desk.coming[f"code{number}"] = person(ANNA)
        outcome = come_back(life, token, ticket, f"code{number}")
        if not isinstance(outcome, Decision):
            return "refused"
        answered = acts.answer(life.ports, token, ticket.secret, shown(life, token))
        return "signed" if isinstance(answered, Decision) else "refused"

    with ThreadPoolExecutor(4) as browsers:
        came = list(browsers.map(race, range(4)))
    assert came.count("signed") <= 1
    assert kinds(life, document).count("signing-approved") == came.count("signed")
    if not came.count("signed"):
        signed_in(life, desk, ANNA)


def test_a_provider_that_is_away_costs_nothing(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    ticket = sign_in.begin(life.ports, token)
    assert isinstance(ticket, Ticket)
    desk.away = True
    for _ in range(3):
        with pytest.raises(UnavailableError):
            sign_in.go_on(life.ports, token, ticket.secret, VISITOR)
    desk.away = False
    assert isinstance(sign_in.go_on(life.ports, token, ticket.secret, VISITOR), Begun)
    desk.coming["code"] = person(ANNA)
    desk.away = True
    with pytest.raises(UnavailableError):
        come_back(life, token, ticket, "code")
    desk.away = False
    assert isinstance(come_back(life, token, ticket, "code"), Decision)
    assert kinds(life, document)[-2:] == ["sign-in-begun", "signed-in"]


def test_waiting_goes_on_until_the_provider_knows(life: Life, sample: bytes) -> None:
    desk = with_desk(life, waits=True, by_mail=True)
    document = life.drop(sample)
    token = life.token(ANNA)
    ticket = begun(life, token)
    pending = sign_in.go_on(life.ports, token, ticket.secret, Visitor("en", ""))
    assert isinstance(pending, Pending)
    assert pending.qr
    desk.here = person(ANNA)
    assert isinstance(sign_in.go_on(life.ports, token, ticket.secret, VISITOR), Decision)
    assert code_of(sign_in.go_on(life.ports, token, ticket.secret, VISITOR)) == ALREADY_RECORDED
    assert len(desk.begun) == 1
    assert kinds(life, document)[-1] == "signed-in"


def test_a_broken_off_sign_in_may_be_begun_again(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = "sign-in-bankid-cancelled"
    come_back(life, token, ticket, "code")
    view = acts.view_link(life.ports, token)
    assert sign_in.latest_rejection(life.ports, view) == "sign-in-bankid-cancelled"
    assert view.seat
    assert view.seat.standing is Standing.INVITED
    begun(life, token)
    assert sign_in.latest_rejection(life.ports, acts.view_link(life.ports, token)) == ""
    assert kinds(life, document)[-1] == "sign-in-begun"


def test_too_late_is_too_late(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person(ANNA)
    later = life.ports.clock() + life.ports.policy.code_lifetime
    clock = life.ports.clock
    life.with_ports(clock=lambda: later)
    assert code_of(come_back(life, token, ticket, "code")) == "sign-in-expired"
    assert code_of(sign_in.go_on(life.ports, token, ticket.secret, VISITOR)) == "sign-in-expired"
    life.with_ports(clock=clock)
    assert isinstance(come_back(life, token, ticket, "code"), Decision)
    life.with_ports(clock=lambda: later + dt.timedelta(minutes=1))
    assert code_of(acts.answer(life.ports, token, ticket.secret, shown(life, token))) == "sign-in-expired"
    assert life.load(document).state is State.REVIEW


def test_a_round_that_ends_meanwhile_ends_the_sign_in(
    life: Life, desk: IdentityDesk, document: Document, sample: bytes
) -> None:
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person(ANNA)
    acts.withdraw(life.ports, document.id, "anna", "Fel möte")
    assert code_of(come_back(life, token, ticket, "code")) == "round-ended"
    assert code_of(acts.answer(life.ports, token, ticket.secret, "0" * 64)) == "round-ended"
    again = life.drop(sample.replace(b"den 24 januari", b"den 25 januari"))
    fresh = life.token(ANNA)
    late = begun(life, fresh)
    life.drop(sample.replace(b"den 24 januari", b"den 26 januari"), document=again.id)
    with pytest.raises(NotFoundError):
        sign_in.token_of(life.ports, late)


def test_who_is_replaced_meanwhile_comes_no_further(life: Life, desk: IdentityDesk, document: Document) -> None:
    token = life.token(ANNA)
    rejected = begun(life, token)
    desk.coming["code"] = person(HELENE)
    come_back(life, token, rejected, "code")
    ticket = begun(life, token)
    desk.coming["code"] = person(ANNA)
    assert document.round
    fresh = life.ports.links.token(document.id, 1, "secretary~2", document.round.copy.digest)
    digest = link_digest(fresh)
    replaced = Substituted(1, "secretary", "Åsa Ek", "asa@example.org", digest, "minutes", "Sjuk", "desk")
    assert isinstance(record(life.ports, document.id, replaced), Decision)
    with pytest.raises(NotFoundError):
        sign_in.token_of(life.ports, ticket)
    outcome = None
    with suppress(NotFoundError):
        outcome = come_back(life, token, ticket, "code")
    assert not isinstance(outcome, Decision)
    theirs = acts.view_link(life.ports, fresh)
    assert theirs.seat
    assert theirs.seat.person == "Åsa Ek"
    assert sign_in.latest_rejection(life.ports, theirs) == ""


def test_an_objection_after_signing_in(life: Life, desk: IdentityDesk, document: Document) -> None:
    token, ticket = signed_in(life, desk, ANNA)
    with pytest.raises(RefusedError, match="reason-too-long"):
        acts.answer(life.ports, token, ticket.secret, shown(life, token), acts.Will("x" * 4001))
    assert (
        code_of(acts.answer(life.ports, token, ticket.secret, shown(life, token), acts.Will(" "))) == "reason-missing"
    )
    assert isinstance(
        acts.answer(life.ports, token, ticket.secret, shown(life, token), acts.Will("Punkt 3 är fel")), Decision
    )
    ended = life.load(document)
    assert ended.state is State.DRAFT
    assert ended.round
    assert ended.round.objection
    assert ended.round.objection.reason == "Punkt 3 är fel"


def test_a_sign_in_begun_under_other_settings_does_not_go_on(
    life: Life, desk: IdentityDesk, document: Document
) -> None:
    assert document.state is State.REVIEW
    token = life.token(ANNA)
    ticket = begun(life, token)
    desk.coming["code"] = person(ANNA)
    life.with_ports(policy=replace(life.ports.policy, method=Method.BANKID))
    assert code_of(come_back(life, token, ticket, "code")) == "not-signed-in"


@pytest.mark.parametrize("token", ["x", "", "A" * 43, "A" * 200])
def test_strangers_begin_nothing(life: Life, desk: IdentityDesk, token: str) -> None:
    assert desk.begun == []
    for act in (
        lambda: sign_in.begin(life.ports, token),
        lambda: sign_in.go_on(life.ports, token, "x", VISITOR),
        lambda: sign_in.complete(life.ports, token, "x", {}, VISITOR),
        lambda: acts.answer(life.ports, token, "x", "0" * 64),
    ):
        with pytest.raises(NotFoundError):
            act()


@pytest.mark.parametrize(
    ("person_named", "told", "other"),
    [
        ("Anna Söderström", "Anna Söderström", False),
        ("Anna Söderström", "SÖDERSTRÖM, ANNA KARIN", False),
        ("Anna Söderström", "Anna Berg", False),
        ("Anna Söderström", "Karin Söderström", False),
        ("Anna Söderström", "Anna Soderstrom", False),
        ("Anna-Karin Ek", "Karin Öst", False),
        ("Åsa af Ugglas", "Ugglas Asa", False),
        ("Anna Söderström", "", False),
        ("Anna Söderström", " – ", False),
        ("Anna Söderström", "Helene Olofsson", True),
        ("Anna Maria Ek", "Maria Öst", True),
        ("Ann Ek", "Anna Eklund", True),
        ("Anna Söderström", "Анна Ильина", True),
    ],
)
def test_a_name_contradicts_only_when_it_is_plainly_anothers(person_named: str, told: str, other: bool) -> None:  # noqa: FBT001 -- a case
    assert sign_in._is_other_name(person_named, told) is other


@given(st.text(max_size=40), st.text(max_size=40))
@example("{ 0\r{", "")
def test_any_names_can_be_compared(one: str, other: str) -> None:
    assert sign_in._is_other_name(one, other) in {True, False}
    assert not sign_in._is_other_name(one, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna@Example.ORG", "anna@example.org", True),
        ("åsa@exämple.se", "ÅSA@xn--exmple-cua.se", True),
        ("a\u030asa@example.se", "åsa@example.se", True),
        ("anna@example.org", "anna@example.org.", False),
        ("anna+x@example.org", "anna@example.org", False),
        ("a@b@example.org", "b@example.org", False),
    ],
)
def test_addresses_are_the_same_however_they_are_written(one: str, other: str, same: bool) -> None:  # noqa: FBT001 -- a case
    assert (sign_in._folded_address(one) == sign_in._folded_address(other)) is same


@pytest.mark.parametrize(
    ("provider", "level", "words"),
    [
        (PROVIDER, LOA3, "Anna legitimerade sig hos legitimering.example. Tillitsnivå: svensk tillitsnivå 3."),
        ("https://idp.example:8443/realms/kommun", "", "Anna legitimerade sig hos idp.example."),
        ("https://www.bankid.com", "urn:x", "Anna legitimerade sig med BankID."),
        ("https://[", "", "Anna legitimerade sig hos https://[."),
        ("urn:idp:1", "", "Anna legitimerade sig hos urn:idp:1."),
    ],
)
def test_the_history_says_where_somebody_signed_in(life: Life, provider: str, level: str, words: str) -> None:
    data = {"round": 1, "field": "chair", "method": "oidc", "provider": provider, "level": level}
    entry = AuditEntry(1, "doc", life.ports.clock(), "signed-in", "Anna", data, "", "")
    assert history_sentence(life.ports.texts["sv"], entry) == words


def test_the_history_says_why_a_sign_in_came_to_nothing(life: Life) -> None:
    data = {"round": 1, "field": "chair", "reason": "sign-in-bankid-cancelled"}
    entry = AuditEntry(1, "doc", life.ports.clock(), "sign-in-rejected", "Anna", data, "", "")
    said = history_sentence(life.ports.texts["sv"], entry)
    assert said == "Anna blev inte legitimerad: Legitimeringen avbröts i BankID-appen."


@given(st.text(max_size=60))
def test_any_address_can_be_compared(text: str) -> None:
    assert sign_in._folded_address(text) == sign_in._folded_address(text.strip())
