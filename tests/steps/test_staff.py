"""Signing in as staff with a mailed code: what is told, what holds, and what strangers can do about it: nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from life import Life, text_of
from signflow.errors import RefusedError, SettingsError, UnavailableError
from signflow.rounds.access import Grant, Office
from signflow.rounds.links import link_digest
from signflow.rounds.work import send_staff_code
from signflow.settings import load_settings
from signflow.steps import staff
from signflow.steps.staff import SignedIn
from signflow.store.database import Database
from signflow.store.people import RegisteredPerson
from signflow.store.sessions import Sessions
from signflow.store.store import Store

KARIN = RegisteredPerson("Karin Ek", "", "Karin.Ek@example.org", ("sekreterare: ledningsgruppen",))
BO = RegisteredPerson("Bo Ek", "", "bo@example.org", ("arkivarie",))
VISITOR = RegisteredPerson("Vera Vik", "", "vera@example.org", ("ledamot",))
_CODE = re.compile(r"^\s*(\d{4} \d{4})\s*$", re.MULTILINE)


class Hands:
    """A clock that is set by hand."""

    def __init__(self, life: Life) -> None:
        self.now = life.ports.clock().replace(microsecond=0)

    def __call__(self) -> dt.datetime:
        return self.now

    def go(self, **later: float) -> None:
        self.now += dt.timedelta(**later)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Life]:
    with Life(tmp_path / "data", {}, staff_sign_in="mail-code") as one:
        one.ports.people.put([KARIN, BO, VISITOR])
        yield one


@pytest.fixture
def clock(house: Life) -> Iterator[Hands]:
    hands, real = Hands(house), house.ports
    database = Database(house.settings.database)
    house.with_ports(clock=hands, sessions=Sessions(database, hands), store=Store(database, hands))
    yield hands
    house.ports = real
    database.close()


def code_for(life: Life, address: str) -> str:
    life.work()
    (found,) = _CODE.findall(text_of(life.mails(address)[-1]))
    return str(found)


def sign_in(life: Life, address: str, device: str = "", destination: str = "") -> SignedIn:
    held = staff.ask_code(life.ports, address, device, destination).held
    return staff.type_code(life.ports, held, code_for(life, address))


def test_a_code_by_mail_lets_the_person_in_with_what_the_register_says(house: Life) -> None:
    came = sign_in(house, KARIN.address, destination="/archive?q=å")
    assert came.destination == "/archive?q=å"
    assert (came.person.name, came.person.address) == (KARIN.name, KARIN.address)
    assert came.person.grants == {Grant(Office.SECRETARY, "ledningsgruppen")}
    assert staff.person_of(house.ports, came.token) == came.person
    assert len(came.token) == 43
    (mail,) = house.mails()
    assert mail["Subject"] == "Din kod för att logga in"
    assert "Karin Ek" in str(mail["To"])
    assert "bara i den webbläsare som bad om den" in " ".join(text_of(mail).split())


def test_the_address_may_be_written_in_any_case_and_with_blanks(house: Life) -> None:
    held = staff.ask_code(house.ports, "  KARIN.EK@EXAMPLE.ORG ", "", "").held
    code = code_for(house, KARIN.address)
    assert staff.type_code(house.ports, held, f" {code.replace(' ', '  ')} ").person.name == KARIN.name


def test_neither_token_nor_code_is_kept(house: Life) -> None:
    came = sign_in(house, KARIN.address)
    code = _CODE.findall(text_of(house.mails()[-1]))[0]
    stored = (house.settings.data / "signflow.db").read_bytes() + b"".join(
        file.read_bytes() for file in house.settings.data.glob("signflow.db-*")
    )
    assert link_digest(came.token).encode() in stored
    for secret in (came.token, code, code.replace(" ", ""), came.device):
        assert secret.encode() not in stored
        assert secret not in repr(came)


@pytest.mark.parametrize("address", ["nobody@example.org", VISITOR.address])
def test_who_is_not_of_the_staff_gets_no_letter_and_nobody_can_tell(house: Life, address: str) -> None:
    held = staff.ask_code(house.ports, address, "", "").held
    known = staff.ask_code(house.ports, KARIN.address, "", "").held
    assert len(held) == len(known)
    rows = house.ports.store.due_work((), 10)
    assert [row.work.kind for row in rows] == ["send_staff_code", "send_staff_code"]
    house.work()
    assert [str(mail["To"]) for mail in house.mails()] == ["Karin Ek <Karin.Ek@example.org>"]
    told = set[str]()
    for one in (held, known):
        with pytest.raises(RefusedError) as caught:
            staff.type_code(house.ports, one, "0000 0000")
        told.add(str(caught.value))
    assert told == {"staff-code-wrong (left=4)"}


def test_even_the_right_code_lets_nobody_in_who_is_not_of_the_staff(house: Life) -> None:
    held = staff.ask_code(house.ports, VISITOR.address, "", "").held
    code = house.ports.links.staff_code(held.partition(".")[0])
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.type_code(house.ports, held, code)


@pytest.mark.parametrize(
    "address",
    ["", " ", "karin", "@example.org", "karin@", "a b@example.org", "a\n@example.org", "x" * 300 + "@example.org"],
)
def test_what_is_no_address_is_refused(house: Life, address: str) -> None:
    with pytest.raises(RefusedError, match="staff-address-invalid"):
        staff.ask_code(house.ports, address, "", "")


def test_a_code_holds_for_the_browser_that_asked_and_once(house: Life) -> None:
    mine = staff.ask_code(house.ports, KARIN.address, "", "").held
    strangers = staff.ask_code(house.ports, KARIN.address, "", "").held
    house.work()
    code = house.ports.links.staff_code(mine.partition(".")[0])
    forged = f"{mine.partition('.')[0]}.{strangers.partition('.')[2]}"
    for held in (forged, mine.partition(".")[0], "", ".", "x" * 5000, f"{mine}x"):
        with pytest.raises(RefusedError, match="staff-code-used-up"):
            staff.type_code(house.ports, held, code)
    with pytest.raises(RefusedError, match="staff-code-wrong"):
        staff.type_code(house.ports, strangers, code)
    staff.type_code(house.ports, mine, code)
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.type_code(house.ports, mine, code)


def test_five_wrong_codes_use_a_challenge_up_and_no_other(house: Life) -> None:
    came = sign_in(house, KARIN.address)
    mine = staff.ask_code(house.ports, KARIN.address, "", "").held
    strangers = staff.ask_code(house.ports, KARIN.address, "", "").held
    told: list[str] = []
    for _ in range(6):
        with pytest.raises(RefusedError) as caught:
            staff.type_code(house.ports, strangers, "1")
        told.append(str(caught.value))
    assert told == [*(f"staff-code-wrong (left={left})" for left in (4, 3, 2, 1)), *["staff-code-used-up"] * 2]
    assert staff.person_of(house.ports, came.token) == came.person
    house.work()
    assert (
        staff.type_code(house.ports, mine, house.ports.links.staff_code(mine.partition(".")[0])).person == came.person
    )


def test_strangers_who_ask_and_ask_keep_nobody_out_whose_browser_is_known(house: Life, clock: Hands) -> None:
    came = sign_in(house, KARIN.address)
    for _ in range(4):
        staff.ask_code(house.ports, KARIN.address, "", "")
    for device in ("", "x", "x.y", came.device + "x", came.device[1:], sign_in(house, BO.address).device):
        assert not staff.knows(house.ports, KARIN.address, device)
        with pytest.raises(RefusedError, match="staff-codes-too-many"):
            staff.ask_code(house.ports, KARIN.address, device, "")
    assert staff.knows(house.ports, " KARIN.EK@example.org", came.device)
    again = sign_in(house, KARIN.address, came.device)
    assert again.person == came.person
    assert again.device != came.device
    clock.go(hours=1)
    staff.ask_code(house.ports, KARIN.address, "", "")


def test_the_letters_that_strangers_cause_let_the_person_in_at_a_new_computer(house: Life) -> None:
    for _ in range(5):
        staff.ask_code(house.ports, KARIN.address, "", "")
    with pytest.raises(RefusedError, match="staff-codes-too-many"):
        staff.ask_code(house.ports, KARIN.address, "", "")
    house.work()
    letters = house.mails(KARIN.address)
    links = {re.findall(r"/staff/sign-in\?browser=(\S+)", text_of(mail))[0] for mail in letters}
    assert len(links) == len(letters) == 5
    for device in links:
        assert not staff.knows(house.ports, BO.address, device)
        assert staff.knows(house.ports, KARIN.address, device)
        assert sign_in(house, KARIN.address, device).person.name == KARIN.name


def test_a_device_is_worth_nothing_but_a_count_of_its_own(house: Life) -> None:
    came = sign_in(house, KARIN.address)
    assert staff.person_of(house.ports, came.device) is None
    for _ in range(5):
        staff.ask_code(house.ports, KARIN.address, came.device, "")
    with pytest.raises(RefusedError, match="staff-codes-too-many"):
        staff.ask_code(house.ports, KARIN.address, came.device, "")


def test_a_code_ends_with_its_time(house: Life, clock: Hands) -> None:
    held = staff.ask_code(house.ports, KARIN.address, "", "").held
    code = code_for(house, KARIN.address)
    clock.go(minutes=10)
    with pytest.raises(RefusedError, match="staff-code-used-up"):
        staff.type_code(house.ports, held, code)


def test_a_session_ends_when_it_is_not_used_and_after_a_day_in_any_case(house: Life, clock: Hands) -> None:
    came = sign_in(house, KARIN.address)
    for _ in range(3):
        clock.go(hours=7, minutes=59)
        assert staff.person_of(house.ports, came.token)
    clock.go(minutes=3)
    assert staff.person_of(house.ports, came.token) is None
    idle = sign_in(house, KARIN.address)
    clock.go(hours=8)
    assert staff.person_of(house.ports, idle.token) is None


def test_who_loses_a_role_is_without_it_at_once(house: Life) -> None:
    came = sign_in(house, KARIN.address)
    put = house.ports.people.put
    put([RegisteredPerson(KARIN.name, "", KARIN.address, ("arkivarie", "sekreterare"))])
    now = staff.person_of(house.ports, came.token)
    assert now is not None
    assert now.grants == {Grant(Office.ARCHIVIST), Grant(Office.SECRETARY)}
    put([RegisteredPerson(KARIN.name, "", KARIN.address, ("ledamot",))])
    assert staff.person_of(house.ports, came.token) is None
    put([KARIN])
    assert staff.person_of(house.ports, came.token) == came.person
    put([RegisteredPerson("Karin Ny", "", KARIN.address, KARIN.roles)])
    assert staff.person_of(house.ports, came.token) is None


def test_signing_out_ends_that_session_and_no_other(house: Life) -> None:
    first, second, bo = sign_in(house, KARIN.address), sign_in(house, KARIN.address), sign_in(house, BO.address)
    assert first.token != second.token
    staff.sign_out(house.ports, first.token)
    assert staff.person_of(house.ports, first.token) is None
    assert staff.person_of(house.ports, second.token) == second.person
    assert house.ports.sessions.end_all(KARIN.address) == 1
    assert staff.person_of(house.ports, second.token) is None
    assert staff.person_of(house.ports, bo.token) == bo.person


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "å" * 43, "x" * 100_000])
def test_a_token_that_is_none_lets_nobody_in(house: Life, token: str) -> None:
    sign_in(house, KARIN.address)
    assert staff.person_of(house.ports, token) is None


def test_a_letter_that_cannot_be_sent_waits_and_goes_once(house: Life) -> None:
    class Down:
        def deliver(self, message: object) -> None:
            raise UnavailableError("mail-unavailable", reason=type(message).__name__)

    delivery = house.ports.delivery
    held = staff.ask_code(house.ports, KARIN.address, "", "").held
    house.with_ports(delivery=Down())
    with pytest.raises(UnavailableError):
        house.work()
    house.with_ports(delivery=delivery)
    code = code_for(house, KARIN.address)
    house.ports.store.ask_for(send_staff_code(held.partition(".")[0]))
    assert house.work() == 1
    assert len(house.mails()) == 1
    assert staff.type_code(house.ports, held, code).person.name == KARIN.name


def test_a_letter_that_is_late_is_not_sent(house: Life, clock: Hands) -> None:
    staff.ask_code(house.ports, KARIN.address, "", "")
    clock.go(minutes=10)
    house.work()
    assert house.mails() == []


@pytest.mark.parametrize("address", ["http://sign.example", "http://192.0.2.1:8080"])
def test_nobody_signs_in_over_a_network_that_others_read(tmp_path: Path, address: str) -> None:
    load_settings(data=tmp_path, base_url=address)
    with pytest.raises(SettingsError, match="base_url must be https"):
        load_settings(data=tmp_path, base_url=address, staff_sign_in="mail-code")
    load_settings(data=tmp_path, base_url=address.replace("http:", "https:"), staff_sign_in="mail-code")
