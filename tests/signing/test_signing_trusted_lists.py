"""The EU's trusted lists: what gets in, what is kept, and what is read of it. Source: ETSI TS 119 612, TS 119 615."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyhanko.sign.validation.qualified import eutl_parse
from pyhanko_certvalidator.authority import AuthorityWithCert
from signing_lists import (
    BASE,
    GRANTED,
    INFO,
    LOTL_URL,
    NOW,
    TSA,
    WITHDRAWN,
    YEAR,
    Lists,
    Published,
    State,
    Status,
    Told,
    extension,
    information,
    later,
    not_qualified,
    sign,
    signer,
)
from signing_strangers import certify, make_key

from signflow.errors import IntegrityError, RefusedError, SignflowError, UnavailableError
from signflow.line import Line
from signflow.signing.algorithms import policy
from signflow.signing.trusted_lists import signed
from signflow.signing.trusted_lists.folder import ListFolder, read_services
from signflow.signing.trusted_lists.model import Period, Service, ServiceKind
from signflow.signing.trusted_lists.sources import FolderSource, ListSource, WebSource
from signflow.signing.trusted_lists.update import (
    Outcome,
    Updated,
    Wanted,
    as_der,
    published_signers,
    update_lists,
)

AUTHORITY = certify("Utfärdaren", make_key(), None, NOW - 3 * YEAR, use="ca")
PLAIN = State((Told(AUTHORITY.der),))


@pytest.fixture
def folder(tmp_path: Path) -> ListFolder:
    return ListFolder(tmp_path / "trusted-lists")


def update(
    folder: ListFolder,
    source: ListSource,
    *territories: str,
    by: tuple[str, ...] = ("Kommissionen",),
    now: dt.datetime = NOW,
) -> tuple[Updated, ...]:
    signers = tuple(signer(name).der for name in by)
    return update_lists(folder, source, Wanted(LOTL_URL, signers, territories or ("SE",), policy()), now)


def services(folder: ListFolder) -> list[Service]:
    return [one.service for one in read_services(folder, ("SE",))]


def code_of(updated: tuple[Updated, ...]) -> str | None:
    """Why the last list failed."""
    error = updated[-1].error
    return error.code if error else None


def lists_error(updated: tuple[Updated, ...]) -> SignflowError | None:
    """Why the list of lists failed; then no state's list was asked for."""
    (lists,) = updated
    assert (lists.territory, lists.outcome) == ("EU", Outcome.FAILED)
    return lists.error


def test_lists_are_kept_with_where_they_came_from_and_read_from_the_folder_alone(folder: ListFolder) -> None:
    source = Published.of(Lists(), PLAIN)
    assert [(one.territory, one.outcome) for one in update(folder, source)] == [
        ("EU", Outcome.NEW),
        ("SE", Outcome.NEW),
    ]
    kept = folder.state("SE")
    assert kept is not None
    assert (kept.had.url, kept.had.at) == ("https://se.example/tl.xml", NOW)
    assert kept.content.providers == 1
    source.files.clear()
    (service,) = services(folder)
    assert service == Service(
        "Leverantören AB", "Tjänsten", ServiceKind.CERTIFICATES, (AUTHORITY.der,), (Period(NOW - YEAR, None),)
    )


def test_the_same_issue_again_is_no_news_and_the_next_one_takes_its_place(folder: ListFolder) -> None:
    source = Published.of(Lists(), PLAIN)
    update(folder, source)
    assert [one.outcome for one in update(folder, source)] == [Outcome.SAME, Outcome.SAME]
    source = Published.of(Lists(), later(PLAIN, services=()))
    assert update(folder, source)[-1].outcome is Outcome.NEW
    assert update(folder, source)[-1].outcome is Outcome.SAME
    assert services(folder) == []
    assert len(list((folder._path / "xml").iterdir())) == 2


def test_a_service_counts_while_it_was_granted_and_only_then(folder: ListFolder) -> None:
    life = (
        Status(WITHDRAWN, NOW - YEAR),
        Status(GRANTED, NOW - 2 * YEAR),
        Status(f"{BASE}/TrustedList/Svcstatus/suspended", NOW - 3 * YEAR),
        Status(GRANTED, NOW - 4 * YEAR, not_qualified()),
    )
    update(folder, Published.of(Lists(), State((Told(AUTHORITY.der, life=life),))))
    (service,) = services(folder)
    assert service.periods == (
        Period(NOW - 4 * YEAR, NOW - 3 * YEAR, disputed=True),
        Period(NOW - 2 * YEAR, NOW - YEAR),
    )
    instant = dt.timedelta(seconds=1)
    moments = (NOW - 2 * YEAR - instant, NOW - 2 * YEAR, NOW - YEAR - instant, NOW - YEAR)
    assert [service.period_at(moment) is not None for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        (Told(AUTHORITY.der), True),
        (Told(AUTHORITY.der, kind=TSA), True),
        (Told(AUTHORITY.der, kind=f"{BASE}/Svctype/CA/PKC"), False),
        (Told(AUTHORITY.der, life=(Status(f"{BASE}/TrustedList/Svcstatus/recognisedatnationallevel", NOW),)), False),
        (Told(AUTHORITY.der, life=(Status(GRANTED, NOW, information(f"{INFO}/ForWebSiteAuthentication")),)), False),
        (Told(AUTHORITY.der, life=(Status(GRANTED, NOW, information(f"{INFO}/ForeSeals")),)), True),
        (Told(AUTHORITY.der, life=(Status(GRANTED, NOW, extension("<New/>", critical=True)),)), False),
        (Told(AUTHORITY.der, life=(Status(GRANTED, NOW, extension("<New/>")),)), True),
        (Told(b"no certificate"), False),
    ],
)
def test_what_is_not_for_documents_or_not_understood_does_not_count(
    folder: ListFolder, told: Told, *, counts: bool
) -> None:
    assert code_of(update(folder, Published.of(Lists(), State((told,))))) is None
    assert bool(services(folder)) is counts


def test_pyhanko_reads_the_same_services_and_signatures(folder: ListFolder) -> None:
    life = (Status(WITHDRAWN, NOW - YEAR), Status(GRANTED, NOW - 2 * YEAR))
    state = State((Told(AUTHORITY.der, life=life), Told(signer("Klockan").der, kind=TSA)))
    source = Published.of(Lists(), state)
    update(folder, source)
    by = [one.asn1 for one in (signer("Kommissionen"), signer(state.by))]
    lotl = eutl_parse.validate_and_parse_lotl(source.files[LOTL_URL].decode(), by[:1], NOW)
    assert [(one.territory, one.location_uri) for one in lotl.references if one.territory != "EU"] == [
        ("SE", "https://se.example/tl.xml")
    ]
    registry, errors = eutl_parse.trust_list_to_registry(source.files["https://se.example/tl.xml"].decode(), by[1:])
    assert not errors
    theirs = [*registry.known_certificate_authorities, *registry.known_timestamp_authorities]
    assert {one.certificate.dump() for one in theirs} == {der for one in services(folder) for der in one.certificates}
    (granted,) = registry.applicable_service_definitions(
        AuthorityWithCert(AUTHORITY.asn1), NOW - YEAR - dt.timedelta(days=1)
    )
    assert granted.base_info.valid_from == NOW - 2 * YEAR
    assert granted.base_info.valid_until == NOW - YEAR


def test_the_signers_that_the_commission_published_are_those_that_pyhanko_carries() -> None:
    assert list(published_signers()) == [one.dump() for one in eutl_parse.latest_known_lotl_tlso_certs()]
    assert as_der([signer("Kommissionen").der]) == (signer("Kommissionen").der,)


# --- what does not get in


def _wrapped(xml: bytes) -> bytes:
    """The signed list inside another that is read in its place."""
    inner = xml.partition(b"?>")[2]
    outer = State((Told(signer("Bedragaren").der),)).body()
    return outer.replace("</TrustServiceStatusList>", f"{inner.decode()}</TrustServiceStatusList>").encode()


def _wrapped_by_id(xml: bytes) -> bytes:
    """Another list with the signature of the true one, which stands as an object inside it under the same Id."""
    true = xml.partition(b"?>")[2].decode()
    begin, end = true.index("<ds:Signature"), true.index("</ds:Signature>")
    signature = true[begin:end]
    bare = true.replace(f"{signature}</ds:Signature>", "")
    outer = State((Told(signer("Bedragaren").der),)).body()
    holding = f"{signature}<ds:Object>{bare}</ds:Object></ds:Signature>"
    return outer.replace("</TrustServiceStatusList>", f"{holding}</TrustServiceStatusList>").encode()


def _with_entity(xml: bytes) -> bytes:
    return xml.replace(
        b"<TrustServiceStatusList", b'<!DOCTYPE x [<!ENTITY e "Tj">]><TrustServiceStatusList', 1
    ).replace("Tjänsten".encode(), "&e;änsten".encode())


def _laughs(xml: bytes) -> bytes:
    rows = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return xml.replace(
        b"<TrustServiceStatusList", f'<!DOCTYPE x [<!ENTITY e0 "ha">{rows}]><TrustServiceStatusList'.encode(), 1
    ).replace("Tjänsten".encode(), b"&e11;")


def _twice_signed(xml: bytes) -> bytes:
    begin, end = xml.index(b"<ds:Signature"), xml.index(b"</TrustServiceStatusList>")
    return xml[:end] + xml[begin:end] + xml[end:]


ATTACKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "altered": (lambda xml: xml.replace(b"CA/QC", b"TSA/QTST"), "trusted-list-signature"),
    "unsigned": (lambda _: PLAIN.body().encode(), "trusted-list-signature"),
    "stranger": (lambda _: replace(PLAIN, by="Bedragaren").xml(), "trusted-list-signer"),
    "the-commission": (lambda _: replace(PLAIN, by="Kommissionen").xml(), "trusted-list-signer"),
    "wrapped": (_wrapped, "trusted-list-signature"),
    "wrapped-by-id": (_wrapped_by_id, "trusted-list-signature"),
    "signed-twice": (_twice_signed, "trusted-list-signature"),
    "entity": (_with_entity, "trusted-list-unreadable"),
    "laughs": (_laughs, "trusted-list-unreadable"),
    "deep": (lambda _: b"<a>" * 100_000, "trusted-list-unreadable"),
    "truncated": (lambda xml: xml[: len(xml) // 2], "trusted-list-unreadable"),
    "empty": (lambda _: b"", "trusted-list-unreadable"),
    "not-xml": (lambda _: b"\0" * 100, "trusted-list-unreadable"),
    "other-root": (lambda _: b"<html/>", "trusted-list-unreadable"),
    "large": (lambda xml: xml + b" " * signed.LIMIT_BYTES, "trusted-list-unreadable"),
    "list-of-lists": (lambda _: Lists(by=PLAIN.by).xml(), "trusted-list-unreadable"),
    "swapped": (lambda _: replace(PLAIN, territory="FI").xml(), "trusted-list-swapped"),
    "older-number": (lambda _: later(PLAIN, sequence=PLAIN.sequence - 1).xml(), "trusted-list-older"),
    "older-date": (lambda _: later(PLAIN, days=-1).xml(), "trusted-list-older"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_list_that_does_not_hold_leaves_the_one_before(folder: ListFolder, attack: str) -> None:
    change, code = ATTACKS[attack]
    source = Published.of(Lists(), PLAIN)
    update(folder, source)
    before = services(folder)
    url = "https://se.example/tl.xml"
    source.files[url] = change(source.files[url])
    updated = update(folder, source)
    assert (updated[-1].outcome, code_of(updated)) == (Outcome.FAILED, code)
    assert services(folder) == before
    assert before[0].certificates == (AUTHORITY.der,)


def test_too_many_elements_are_refused(folder: ListFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "LIMIT_ELEMENTS", 40)
    error = lists_error(update(folder, Published.of(Lists(), PLAIN)))
    assert error is not None
    assert (error.code, error.params) == ("trusted-list-unreadable", {"reason": "elements"})


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        (Lists(by="Bedragaren"), "trusted-list-signer"),
        (Lists(by="Bedragaren", signers=("Bedragaren",)), "trusted-list-signer"),
        (Lists(sequence=299), "trusted-list-older"),
    ],
)
def test_a_list_of_lists_that_does_not_hold_changes_nothing(folder: ListFolder, lists: Lists, code: str) -> None:
    update(folder, Published.of(Lists(), PLAIN))
    before = services(folder)
    source = Published.of(lists, later(PLAIN, services=()))
    updated = update(folder, source)
    error = lists_error(updated)
    assert isinstance(error, RefusedError)
    assert error.code == code
    assert updated[0].edition is not None
    assert updated[0].edition.sequence == 300
    assert source.asked == [LOTL_URL]
    assert services(folder) == before


def test_a_state_list_in_the_place_of_the_list_of_lists_is_refused(folder: ListFolder) -> None:
    source = Published({LOTL_URL: replace(PLAIN, by="Kommissionen").xml()})
    assert code_of(update(folder, source)) == "trusted-list-unreadable"


def test_old_algorithms_and_expired_signers_are_refused(folder: ListFolder) -> None:
    weak = certify("Svag", make_key("p192"), None, NOW - YEAR)
    source = Published({LOTL_URL: sign(Lists().body(), weak)})
    error = lists_error(update_lists(folder, source, Wanted(LOTL_URL, (weak.der,), ("SE",), policy()), NOW))
    assert error is not None
    assert (error.code, error.params) == ("trusted-list-signature", {"reason": "algorithm"})
    late = State(PLAIN.services, issued_at=NOW + 20 * YEAR)
    assert code_of(update(folder, Published.of(Lists(), late))) == "trusted-list-signature"


# --- who signs the list of lists


def test_the_next_list_of_lists_is_signed_by_whom_the_one_before_named(folder: ListFolder) -> None:
    first = Lists(signers=("Kommissionen", "Efterträdaren"))
    update(folder, Published.of(first, PLAIN))
    second = Lists(by="Efterträdaren", signers=("Efterträdaren",), sequence=301)
    assert update(folder, Published.of(second, PLAIN))[0].outcome is Outcome.NEW
    # whoever is no longer named cannot come back, whatever the organisation trusted at first
    assert code_of(update(folder, Published.of(Lists(sequence=302), PLAIN))) == "trusted-list-signer"


def test_pivots_lead_from_the_signers_of_old_to_those_of_today(folder: ListFolder) -> None:
    urls = tuple(f"https://lists.example/lotl/eu-lotl-pivot-{n}.xml" for n in (200, 100))
    source = Published.of(Lists(by="Tredje", signers=("Tredje",), pivots=urls), PLAIN)
    source.files[urls[1]] = Lists(by="Kommissionen", signers=("Andra",), sequence=100).xml()
    source.files[urls[0]] = Lists(by="Andra", signers=("Tredje",), sequence=200).xml()
    assert update(folder, source)[-1].outcome is Outcome.NEW
    lists = folder.lists()
    assert lists is not None
    assert lists.content.signers == (signer("Tredje").der,)


def test_a_pivot_by_a_stranger_or_from_another_host_leads_nowhere(folder: ListFolder) -> None:
    near, far = "https://lists.example/lotl/eu-lotl-pivot-200.xml", "https://elsewhere.example/eu-lotl-pivot-100.xml"
    source = Published.of(Lists(by="Bedragaren", signers=("Bedragaren",), pivots=(near, far)), PLAIN)
    source.files[near] = source.files[far] = Lists(by="Bedragaren", signers=("Bedragaren",)).xml()
    assert code_of(update(folder, source)) == "trusted-list-signer"
    assert source.asked == [LOTL_URL, near]


def test_a_list_counts_only_while_its_signer_is_named(folder: ListFolder) -> None:
    update(folder, Published.of(Lists(), PLAIN))
    source = Published.of(Lists(states=(("SE", "Nya myndigheten"),), sequence=301), PLAIN)
    assert code_of(update(folder, source)) == "trusted-list-signer"
    assert folder.state("SE") is not None
    assert services(folder) == []


# --- what is late, away, damaged or killed


def test_a_list_that_is_over_is_kept_and_said_to_be_stale(folder: ListFolder) -> None:
    over = replace(PLAIN, next_update_at=NOW - dt.timedelta(days=1))
    (_, updated) = update(folder, Published.of(Lists(), over))
    assert updated.edition is not None
    assert (updated.outcome, updated.edition.is_stale(NOW)) == (Outcome.NEW, True)
    assert services(folder)
    closed = later(over, next_update_at=None)
    (_, updated) = update(folder, Published.of(Lists(), closed))
    assert updated.edition is not None
    assert not updated.edition.is_stale(NOW + 100 * YEAR)


def test_one_list_that_is_away_does_not_hold_up_the_others(folder: ListFolder) -> None:
    states = (("FI", "Traficom"), ("SE", PLAIN.by))
    source = Published.of(Lists(states=states), PLAIN)
    away, here = update(folder, source, "FI", "SE")[1:]
    assert (away.error and away.error.code, here.outcome) == ("trusted-list-away", Outcome.NEW)
    assert code_of(update(folder, source, "DK")) == "trusted-list-territory"


def test_a_list_that_was_not_wanted_for_a_while_is_still_there(folder: ListFolder) -> None:
    states = (("FI", "Traficom"), ("SE", PLAIN.by))
    source = Published.of(Lists(states=states), PLAIN, State(territory="FI", by="Traficom"))
    update(folder, source)
    assert code_of(update(folder, source, "FI")) is None
    assert services(folder)
    source.files["https://se.example/tl.xml"] = later(PLAIN, sequence=1).xml()
    assert code_of(update(folder, source)) == "trusted-list-older"


def test_a_folder_takes_the_place_of_the_network(folder: ListFolder, tmp_path: Path) -> None:
    brought = Published.of(Lists(), PLAIN).save(tmp_path / "stick")
    assert code_of(update(folder, FolderSource(brought))) is None
    (brought / "SE.xml").unlink()
    assert code_of(update(folder, FolderSource(brought))) == "trusted-list-away"
    assert isinstance(lists_error(update(folder, FolderSource(tmp_path / "nowhere"))), UnavailableError)


def test_nothing_is_fetched_without_tls() -> None:
    with pytest.raises(RefusedError, match="trusted-list-address"):
        WebSource(Line()).fetch("http://lists.example/eu-lotl.xml")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: (path / "SE.json").write_bytes((path / "SE.json").read_bytes()[:-40]),
        lambda path: (path / "lists.json").write_bytes(b""),
        lambda path: (path / "SE.json").write_text("{}"),
        lambda path: shutil.rmtree(path / "xml"),
        lambda path: [file.write_bytes(file.read_bytes() + b" ") for file in (path / "xml").iterdir()],
    ],
)
def test_a_damaged_folder_is_said_to_be_and_mended_by_an_update(
    folder: ListFolder, damage: Callable[[Path], object]
) -> None:
    source = Published.of(Lists(), PLAIN)
    update(folder, source)
    damage(folder._path)
    with pytest.raises(IntegrityError, match="trusted-list-damaged"):
        services(folder)
    assert Outcome.NEW in {one.outcome for one in update(folder, source)}
    assert services(folder)


_KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {paths!r}
import signing_lists as made
from signflow import durable
from signflow.signing.trusted_lists import folder

left = {after}
def write(path, data, *, mode, write=durable.write_whole):
    global left
    if left == 0:
        Path(str(path) + ".half").write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    write(path, data, mode=mode)
folder.write_whole = write
source = made.Published()
for url, file in {files!r}.items():
    source.files[url] = Path(file).read_bytes()
folder_ = folder.ListFolder(Path({folder!r}))
from signflow.signing.trusted_lists.update import Wanted, update_lists
from signflow.signing.algorithms import policy
update_lists(folder_, source, Wanted(made.LOTL_URL, (), ("SE",), policy()), made.NOW)
"""


@pytest.mark.kill
@pytest.mark.parametrize("after", range(4))
def test_killed_at_any_write_the_folder_tells_of_one_issue_or_the_other(
    folder: ListFolder, tmp_path: Path, after: int
) -> None:
    """A real process, killed by itself before its first, second… write of a list of lists and a list."""
    update(folder, Published.of(Lists(), PLAIN))
    source = Published.of(Lists(sequence=301), later(PLAIN, services=()))
    files = {url: str(tmp_path / f"{n}.xml") for n, url in enumerate(source.files)}
    for url, file in files.items():
        Path(file).write_bytes(source.files[url])
    here = Path(__file__).parent
    program = _KILLED_WHILE_WRITING.format(
        paths=[str(here), str(here.parent)], after=after, files=files, folder=str(folder._path)
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False, env=dict(os.environ))
    assert ended.returncode == -signal.SIGKILL
    assert len(services(folder)) == 1
    assert update(folder, source)[-1].outcome is Outcome.NEW
    assert services(folder) == []
    assert len(list((folder._path / "xml").iterdir())) == 2


def test_errors_hold_no_more_than_their_sentence_needs(folder: ListFolder) -> None:
    source = Published.of(Lists(), later(PLAIN, sequence=1))
    update(folder, Published.of(Lists(), PLAIN))
    error = update(folder, source)[-1].error
    assert isinstance(error, SignflowError)
    assert error.params == {"territory": "SE", "sequence": 1, "known": 7}
