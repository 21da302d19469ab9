"""Another signs in a signatory's place: who may, what becomes of the link before, and what the archived document says of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from life import Life, text_of
from signflow.errors import RefusedError, SettingsError
from signflow.house import open_bodies
from signflow.rounds.bodies import BodyRules, Order
from signflow.rounds.model import Document, Round, Seat, Standing, State
from signflow.rounds.outcome import ALREADY_RECORDED, Decision, Outcome, Refusal
from signflow.settings import load_settings
from signflow.settings_tables import Body
from signflow.signing.report import Indication
from signflow.signing.validation.validate import validate_pdf
from signflow.steps import acts
from signflow.steps.acts import Place
from signflow.steps.check_draft import check_draft
from signflow.steps.substitution import Candidate, Mandate, Substitute, candidates, substitute

ANNA, HELENE, KARIN, BO, VERA = (f"{name}@example.org" for name in ("anna", "helene", "karin", "bo", "vera"))
PEOPLE = {
    "Anna Söderström": ANNA,
    "Helene Olofsson": HELENE,
    "Karin Åkesson": KARIN,
    "Bo Ek": BO,
    "Vera Vik": VERA,
    "Lis Öst": "lis@example.org",
}
DRAFT = """# Protokoll från Miljönämnden

Tid: Onsdagen den 6 maj 2026 kl. 09.00–11.00
Plats: Kommunhuset

## Beslutande

Anna Söderström, ordförande
Helene Olofsson, sekreterare
Karin Åkesson
Bo Ek, ersättare för Lis Öst
Åke Utan

## Frånvarande

Lis Öst

## § 1 Taxa för avfall

Beslut

Nämnden antar taxan.

Vid protokollet

Helene Olofsson

Ordförande

Anna Söderström

Justerat

Karin Åkesson
"""
BODY = Body(name="MILJÖnämnden", members=("Vera  Vik", "lis öst", "Anna Söderström", "Bo Ek"))
SEAT = Place(1, "adjuster-1")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", PEOPLE, bodies=[BODY]) as life:
        yield life


@pytest.fixture
def document(house: Life) -> Document:
    """Minutes that await the adjuster alone."""
    document = house.drop(DRAFT)
    for address in (HELENE, ANNA):
        assert isinstance(house.sign(address), Decision)
    return house.load(document)


def instead(life: Life, document: Document, person: str, *, holder: int = 1, reason: str = "Sjuk.") -> Outcome:
    return substitute(life.ports, document.id, SEAT, Substitute(holder, person, reason), "Helene Olofsson")


def code_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Refusal), outcome
    return outcome.code


def round_of(document: Document) -> Round:
    assert document.round is not None
    return document.round


def seat_of(life: Life, document: Document) -> Seat:
    seat = round_of(life.load(document)).seat(SEAT.field)
    assert seat is not None
    return seat


def test_those_who_were_present_and_the_bodys_members_may_sign_instead(house: Life, document: Document) -> None:
    assert candidates(house.ports, document) == (
        Candidate("Bo Ek", Mandate.MINUTES, BO),
        Candidate("Åke Utan", Mandate.MINUTES, ""),
        Candidate("Vera Vik", Mandate.BODY, VERA),
    )


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("Lis Öst", "no-mandate"),  # on the body's list, and absent
        ("Någon Annan", "no-mandate"),
        ("Bo Ek\u200b", "no-mandate"),
        ("Bo Ek, Vera Vik", "no-mandate"),
        ("x" * 100_000, "no-mandate"),
        ("Åke Utan", "no-address"),
        ("Anna Söderström", "signs-already"),
        ("Karin Åkesson", "signs-already"),
        (" \t", "nobody-chosen"),
    ],
)
def test_nobody_else_may(house: Life, document: Document, person: str, code: str) -> None:
    refused = instead(house, document, person)
    assert code_of(refused) == code
    assert isinstance(refused, Refusal)
    assert len(str(refused.params)) < 500
    assert house.load(document) == document


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b"])
def test_there_is_a_reason(house: Life, document: Document, reason: str) -> None:
    assert code_of(instead(house, document, "Bo Ek", reason=reason)) == "reason-missing"
    with pytest.raises(RefusedError):
        instead(house, document, "Bo Ek", reason="x" * (acts.LONGEST_REASON + 1))
    assert house.load(document) == document


def test_a_name_that_the_stamp_cannot_hold_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    people = {**PEOPLE, "Bo 𓀀k": "hieroglyph@example.org"}
    with Life(tmp_path / "data", people, bodies=[Body(name="Miljönämnden", members=("Bo 𓀀k",))]) as life:
        document = life.drop(DRAFT)
        with pytest.raises(RefusedError, match="name-not-in-font"):
            instead(life, document, "Bo 𓀀k")
        assert life.load(document) == document


def test_a_whole_life_with_a_substitute(house: Life, document: Document) -> None:
    before = house.token(KARIN)
    assert isinstance(acts.ask_code(house.ports, before), Decision)
    house.work()
    old_code, shown = house.code(KARIN), round_of(document).current.digest
    decided = instead(house, document, "bo  EK", reason="Karin är sjukskriven.")
    assert isinstance(decided, Decision)
    assert decided.entries[0].data["mandate"] == "minutes"
    house.work()

    view = acts.view_link(house.ports, before)
    assert (view.seat, view.problem, view.substitute) == (None, "replaced", "Bo Ek")
    held = house.load(document)
    sent = len(house.mails())
    for outcome in (
        acts.ask_code(house.ports, before),
        acts.sign(house.ports, before, old_code, shown),
        acts.object_to(house.ports, before, old_code, shown, "Nej."),
        acts.answer(house.ports, before, "held", shown),
    ):
        assert code_of(outcome) == "replaced"
    house.work()
    assert house.load(document) == held
    assert len(house.mails()) == sent
    assert "Karin är sjukskriven." in text_of(house.mails(KARIN)[-1])

    assert isinstance(house.sign(BO), Decision)
    archived = house.load(document)
    assert archived.state is State.ARCHIVED
    pdf = house.ports.archive.retrieve(document.id)
    report = validate_pdf(pdf, house.ports.trust(), at=house.ports.clock())
    assert report.indication is Indication.TOTAL_PASSED
    assert [one.signatory for one in report.signatures][:3] == ["Helene Olofsson", "Anna Söderström", "Bo Ek"]
    evidence = kept_evidence(house, "adjuster-1")
    assert (evidence["person"], evidence["holder"], evidence["replaced"]) == ("Bo Ek", 2, ["Karin Åkesson"])
    assert KARIN not in json.dumps(evidence)
    assert "replaced" not in kept_evidence(house, "chair")
    stamps = stamp_texts(pdf)
    assert "ersättare för Karin Åkesson" in stamps["adjuster-1"]
    assert "Bo Ek" in stamps["adjuster-1"]
    assert "ersättare" not in stamps["chair"]
    assert acts.view_link(house.ports, before).problem == "replaced"
    assert house.ports.store.verify_audit() > 0
    assert not house.ports.store.open_work()


def kept_evidence(life: Life, field: str) -> dict[str, Any]:
    (file,) = life.settings.data.glob(f"archive/**/{field}.json")
    return json.loads(file.read_text("utf-8"))


def stamp_texts(pdf: bytes) -> dict[str, str]:
    """What stands in each signature's box."""
    found: dict[str, str] = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for annotation in page.get("/Annots", []):
            field = annotation.get_object()
            if field.get("/FT") == "/Sig" and "/AP" in field:
                found[str(field["/T"])] = text_in(field["/AP"]["/N"].get_object())
    return found


def text_in(form: Any) -> str:
    """The words of an appearance, whose text may be in a form inside it."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 100)
    stream = DecodedStreamObject()
    stream.set_data(b"/X Do")
    page[NameObject("/Contents")] = writer._add_object(stream)  # pyright: ignore[reportPrivateUsage] -- pypdf has no other way to add a stream
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/X"): form.clone(writer)})}
    )
    return page.extract_text()


def test_one_of_several_changes_at_once_counts(house: Life, document: Document) -> None:
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(instead, house, document, person) for person in ("Bo Ek", "Vera Vik")]
    outcomes = [one.result() for one in asked]
    done = [one for one in outcomes if isinstance(one, Decision)]
    assert len(done) == 1
    assert {one.code for one in outcomes if isinstance(one, Refusal)} == {"seat-has-changed"}
    seat = seat_of(house, document)
    assert seat.holder == 2
    assert code_of(instead(house, document, seat.person)) == ALREADY_RECORDED
    house.work()
    address = {"Bo Ek": BO, "Vera Vik": VERA}[seat.person]
    assert acts.view_link(house.ports, house.token(address)).problem == ""
    assert len(house.mails(address)) == len(house.tokens(address)) == 1


@pytest.mark.parametrize("_", range(5))
def test_a_signature_and_a_substitute_at_the_same_moment(house: Life, document: Document, _: int) -> None:
    token, code = house.token(KARIN), house.ask_code(KARIN)
    shown = round_of(document).current.digest
    with ThreadPoolExecutor(2) as pool:
        signing = pool.submit(acts.sign, house.ports, token, code, shown)
        changing = pool.submit(instead, house, document, "Bo Ek")
    signed, changed = isinstance(signing.result(), Decision), isinstance(changing.result(), Decision)
    assert signed is not changed
    house.work()
    present = house.load(document)
    if signed:
        assert code_of(changing.result()) == "already-approved"
        assert present.state is State.ARCHIVED
        assert house.mails(BO) == []
    else:
        assert code_of(signing.result()) in {"replaced", "code-used-up"}
        assert isinstance(house.sign(BO), Decision)
        assert house.load(document).state is State.ARCHIVED
    kinds = [entry.kind for entry in house.ports.store.history(document.id)]
    assert kinds.count("signing-approved") == kinds.count("signature-applied") == 3
    assert kinds.count("substituted") == changed


def test_whom_the_minutes_appoint_may_come_back(house: Life, document: Document) -> None:
    first = house.token(KARIN)
    assert isinstance(instead(house, document, "Bo Ek"), Decision)
    house.work()
    assert isinstance(instead(house, document, "Karin Åkesson", holder=2, reason="Frisk igen."), Decision)
    house.work()
    assert seat_of(house, document).stands_in_for == ""
    told = [acts.view_link(house.ports, token) for token in (first, house.token(BO))]
    assert [(view.problem, view.substitute) for view in told] == [("replaced", ""), ("replaced", "Karin Åkesson")]
    assert isinstance(house.sign(KARIN), Decision)
    assert house.load(document).state is State.ARCHIVED
    stamps = stamp_texts(house.ports.archive.retrieve(document.id))
    assert "ersättare" not in stamps["adjuster-1"]


def test_reminders_are_counted_and_none_is_sent_twice(house: Life, document: Document) -> None:
    mails = len(house.mails(KARIN))
    assert isinstance(acts.remind_now(house.ports, document.id, SEAT, 1, "web"), Decision)
    assert code_of(acts.remind_now(house.ports, document.id, SEAT, 1, "web")) == ALREADY_RECORDED
    assert code_of(acts.remind_now(house.ports, document.id, SEAT, 10**6, "web")) == ALREADY_RECORDED
    assert isinstance(acts.remind_now(house.ports, document.id, SEAT, 2, "web"), Decision)
    assert code_of(acts.remind_now(house.ports, document.id, Place(2, SEAT.field), 3, "web")) == "not-their-turn"
    house.work()
    assert seat_of(house, document).reminders == 2
    assert len(house.mails(KARIN)) > mails


def test_nobody_is_reminded_of_a_link_that_has_expired(house: Life, document: Document) -> None:
    now = house.ports.clock() + dt.timedelta(days=31)
    house.with_ports(clock=lambda: now)
    held = house.load(document)
    assert code_of(acts.remind_now(house.ports, document.id, SEAT, 1, "web")) == "link-expired"
    assert house.load(document) == held
    assert isinstance(acts.renew_invitation(house.ports, document.id, SEAT.field, "web"), Decision)
    assert isinstance(acts.remind_now(house.ports, document.id, SEAT, 1, "web"), Decision)


def test_an_absence_is_told_and_taken_back(house: Life, document: Document) -> None:
    until = house.ports.clock().date() + dt.timedelta(days=9)
    assert isinstance(acts.tell_absence(house.ports, document.id, SEAT, until, "web"), Decision)
    assert seat_of(house, document).away_until == until
    assert isinstance(acts.tell_absence(house.ports, document.id, SEAT, None, "web"), Decision)
    assert seat_of(house, document).away_until is None
    assert code_of(acts.tell_absence(house.ports, document.id, Place(2, SEAT.field), until, "web")) == "round-ended"


def test_the_bodys_rules_are_found_in_the_draft_at_the_closing_block(house: Life) -> None:
    strict = load_settings(bodies=[{"name": "Miljönämnden", "chair": True, "adjusters": 2, "order": "one-by-one"}])
    bodies = open_bodies(strict)
    assert bodies.rules_for("miljönämnden") == BodyRules(Order.ONE_BY_ONE, chair=True, adjusters=2)
    unchaired = DRAFT.replace("Ordförande\n\nAnna Söderström\n\n", "").replace(", ordförande", "")
    checked = check_draft(unchaired.encode(), "utkast.md", house.ports.style, None, bodies)
    found = {one.code: one for one in checked.findings if one.code.endswith("-must-sign")}
    assert set(found) == {"chair-must-sign", "adjusters-must-sign"}
    closing = unchaired.splitlines().index("Vid protokollet") + 1
    assert {one.line for one in found.values()} == {closing}
    assert found["adjusters-must-sign"].params == {"body": "Miljönämnden", "wanted": "2", "named": "1"}
    assert not checked.clean
    without = check_draft(DRAFT.encode(), "utkast.md", house.ports.style, None)
    assert not [one for one in without.findings if one.code.endswith("-must-sign")]


def test_minutes_that_lack_who_must_sign_do_not_go_to_review(tmp_path: Path) -> None:
    with Life(tmp_path / "data", PEOPLE, bodies=[Body(name="Miljönämnden", adjusters=2)]) as life:
        document = life.drop(DRAFT)
        assert document.state is State.DRAFT
        codes = [one["code"] for one in life.ports.store.versions(document.id)[-1].findings]
        assert "adjusters-must-sign" in codes
        both = DRAFT.rstrip("\n") + "\n\nBo Ek\n"
        assert life.drop(both, document=document.id).state is State.REVIEW


def test_the_order_of_the_body_holds_in_a_round(tmp_path: Path) -> None:
    with Life(tmp_path / "data", PEOPLE, bodies=[Body(name="Miljönämnden", order="together")]) as life:
        document = life.drop(DRAFT)
        assert isinstance(life.sign(HELENE), Decision)
        seats = round_of(life.load(document)).seats
        assert [seat.standing for seat in seats] == [Standing.SIGNED, Standing.INVITED, Standing.INVITED]


@pytest.mark.parametrize(
    "bodies",
    [
        [{"name": " \t"}],
        [{"name": "Nämnden"}, {"name": "NÄMNDEN "}],
        [{"name": "Nämnden", "order": "by-age"}],
        [{"name": "Nämnden", "adjusters": -1}],
        [{"name": "Nämnden", "members": [""]}],
        [{"name": "Nämnden", "chairman": True}],
        [{"name": 7}],
        [{}],
    ],
)
def test_rules_that_cannot_be_meant_are_refused(bodies: list[dict[str, object]]) -> None:
    with pytest.raises(SettingsError, match="setting-invalid"):
        load_settings(bodies=bodies)


def test_rules_stand_in_the_settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "signflow.toml"
    # the name is written with a letter and a mark of its own, as some keyboards do
    file.write_text('[[bodies]]\nname = "Miljo\u0308na\u0308mnden"\nadjusters = 2\nmembers = ["Bo  Ek"]\n', "utf-8")
    monkeypatch.setenv("SIGNFLOW_SETTINGS", str(file))
    rules = open_bodies(load_settings()).rules_for("Miljönämnden")
    assert rules == BodyRules(adjusters=2, members=("Bo Ek",))
    assert rules.may_stand_in("BO EK")


def test_settings_know_the_orders_that_the_rules_have() -> None:
    orders = re.findall(r"'([a-z-]+)'", str(Body.model_fields["order"].annotation))
    assert orders == [str(order) for order in Order]
