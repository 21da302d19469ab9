"""A verification in words: the same for the command line and for the web, so that both say the same."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from babel.lists import format_list

from signflow.signing.authentication import Authentication
from signflow.signing.report import (
    NO_SIGNATURE,
    Changes,
    DocumentTimestampReport,
    Indication,
    Kind,
    PathReport,
    RevisionReport,
    SignatureReport,
    TimestampReport,
    ValidationReport,
)
from signflow.steps.verify import Statement
from signflow.texts import Texts

Fact = tuple[str, str]
_COMMON_NAME = re.compile(r"(?:^|(?<!\\)[,+])CN=((?:\\.|[^,+\\])*)")
_ESCAPED = re.compile(r"\\(.)")
_UNTRUSTED = "NO_CERTIFICATE_CHAIN_FOUND"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was verified.

    Attributes:
        indication: The verdict.
        name: Whose it is, or what it is.
        about: Role and organisation, or kind.
        word: The verdict in a word.
        reason: Why it is not valid; empty when it is.
        sentences: For anybody.
        facts: For those who want all of it: name and value.
    """

    indication: Indication
    name: str
    about: str
    word: str
    reason: str
    sentences: tuple[str, ...]
    facts: tuple[Fact, ...] = ()


def verdict_word(report: ValidationReport, t: Texts) -> str:
    """The whole answer in a word."""
    if report.sub_indication == NO_SIGNATURE:
        return t("verify.word.unsigned")
    return t(f"signing.indication.{report.indication}")


def verdict_sentence(report: ValidationReport, t: Texts) -> str:
    """The whole answer in one sentence."""
    if report.indication is Indication.TOTAL_FAILED:
        return t("verify.verdict.broken")
    if report.sub_indication == NO_SIGNATURE:
        return t("verify.verdict.unsigned")
    if report.indication is not Indication.TOTAL_PASSED:
        intact = all(
            one.covers_whole_revision and one.changes_since is not Changes.FORBIDDEN for one in report.signatures
        )
        return t(
            "verify.verdict.untrusted" if intact and report.sub_indication == _UNTRUSTED else "verify.verdict.untold"
        )
    people = [one.signatory for one in report.signatures if one.kind is Kind.PERSON]
    names = dict.fromkeys(people or [one.signatory for one in report.signatures])
    return t(f"verify.verdict.{'signed' if people else 'sealed'}", names=format_list(list(names), locale=t.locale))


def tell_signature(one: SignatureReport, at: dt.datetime, t: Texts) -> Told:
    """A signature or seal, as it was validated at that instant."""
    return Told(
        indication=one.indication,
        name=one.signatory or t("verify.name.nobody"),
        about=_about(one, t),
        word=t(f"signing.indication.{one.indication}"),
        reason=reason_sentence(one.sub_indication, t),
        sentences=tuple(_sentences(one, at, t)),
        facts=_signature_facts(one, t),
    )


def tell_document_timestamp(one: DocumentTimestampReport, at: dt.datetime, t: Texts) -> Told:
    """A timestamp over the whole file, as it was validated at that instant."""
    stamp = one.timestamp
    holds = stamp.indication is Indication.TOTAL_PASSED
    sentences = [t("verify.timestamp.at", at=t.instant(stamp.at)), _vouched(stamp, t)] if holds else []
    sentences += _overdue([stamp.path], at, t) if holds else []
    facts = [
        (t("verify.fact.verdict"), _outcome(stamp.indication, stamp.sub_indication)),
        (t("verify.fact.algorithms"), _joined(stamp.digest_algorithm, stamp.signature_algorithm)),
        (t("verify.fact.serial"), stamp.serial),
        (t("verify.fact.policies"), stamp.policy),
        *_path_facts(stamp.path, t),
        (t("verify.fact.field"), one.field),
        (t("verify.fact.revision"), str(one.revision or "–")),
        (t("verify.fact.proven"), t.stamp(one.proven_at) if one.proven_at else ""),
    ]
    return Told(
        indication=stamp.indication,
        name=t("verify.name.timestamp"),
        about=stamp.authority,
        word=t(f"signing.indication.{stamp.indication}"),
        reason=reason_sentence(stamp.sub_indication, t),
        sentences=tuple(sentences),
        facts=_filled(facts),
    )


def tell_statement(one: Statement, t: Texts) -> Told:
    """A validation token."""
    report = one.report
    issued = (
        t("verify.statement.issued", authority=report.authority or report.issuer, at=t.instant(report.issued_at))
        if report.issued_at
        else ""
    )
    proven = (
        f"{stated.signatory}: {t('svt.verify.proven', at=t.instant(stated.proven_at))}"
        for stated in report.signatures
        if stated.proven_at
    )
    return Told(
        indication=report.indication,
        name=t(f"verify.statement.{'inside' if one.field else 'beside'}"),
        about=one.field,
        word=t(f"signing.indication.{report.indication}"),
        reason=reason_sentence(report.sub_indication, t),
        sentences=tuple(filter(None, (t(f"svt.meaning.{report.indication}"), issued, *proven))),
    )


def tell_revision(one: RevisionReport, t: Texts) -> str:
    """One step in which the file was saved."""
    size = f"{one.end_bytes:,}".replace(",", "\u00a0")
    if one.number == 1:
        return t("verify.revision.original", size=size)
    changes = " ".join(t(f"signing.change.{change}") for change in one.changes) or t("verify.revision.nothing")
    return t("verify.revision.appended", changes=changes, size=size)


def file_facts(report: ValidationReport, t: Texts) -> tuple[Fact, ...]:
    """What was verified, when, and by which table of algorithms."""
    return (
        (t("verify.file.at"), t.stamp(report.at)),
        (t("verify.file.digest"), report.digest),
        (t("verify.file.algorithms"), report.algorithms),
    )


def reason_sentence(code: str | None, t: Texts) -> str:
    """Why something is not valid; the bare code for one that the catalogue does not know; empty for none."""
    for key in (f"signing.reason.{code}", f"svt.reason.{code}", f"evidence.reason.{code}"):
        if key in t:
            return t(key)
    return code or ""


def _sentences(one: SignatureReport, at: dt.datetime, t: Texts) -> Iterator[str]:
    """What is known; what only the certificate states is said to be that. Of a broken signature nothing is."""
    holds = one.indication is Indication.TOTAL_PASSED
    if one.indication is Indication.TOTAL_FAILED:
        return
    if one.signatory and not holds:
        yield t("verify.name.claimed")
    yield _when(one, t)
    if one.authentication:
        yield from _how(one.authentication, t, "known" if holds else "claimed")
    elif one.kind is Kind.PERSON and one.path:
        yield t("verify.how.unknown")
    if one.timestamp:
        yield _vouched(one.timestamp, t)
    yield t(f"signing.changes.{one.changes_since}")
    if one.path:
        yield t(f"verify.path.{one.path.anchor or 'unknown'}", issuer=common_name(one.path.certificates[0].issuer))
    yield from _by_the_lists(one, t)
    yield from _overdue([one.path, one.timestamp and one.timestamp.path], at, t)


def _by_the_lists(one: SignatureReport, t: Texts) -> Iterator[str]:
    """What trusted lists of the EU say of the certificate and of the timestamp."""
    stamp = one.timestamp if one.timestamp and one.timestamp.indication is Indication.TOTAL_PASSED else None
    if one.path and one.path.listed and one.indication is Indication.TOTAL_PASSED:
        word = "qualified_certificate" if one.path.listed.qualified else "certificate"
        yield t(f"trust.listed.{word}", territory=one.path.listed.territory, provider=one.path.listed.provider)
    if stamp and stamp.path and stamp.path.listed:
        listed = stamp.path.listed
        yield t("trust.listed.qualified_timestamp", territory=listed.territory, provider=listed.provider)


def _overdue(paths: Iterable[PathReport | None], at: dt.datetime, t: Texts) -> list[str]:
    """Which of the lists that vouch for these should have been renewed by then, each said once.

    Source: ETSI TS 119 612, 5.3.15: the next issue is there at that instant at the latest.
    """
    due = {
        path.listed.territory: path.listed.next_update_at
        for path in paths
        if path and path.listed and path.listed.next_update_at and path.listed.next_update_at <= at
    }
    return [t("trust.listed.overdue", territory=territory, due=t.instant(by)) for territory, by in due.items()]


def _about(one: SignatureReport, t: Texts) -> str:
    """Role and organisation, the organisation where it is not itself the one who signed."""
    role = one.role or t(f"signing.kind.{one.kind}")
    return f"{role}, {one.organisation}" if one.organisation not in {"", one.signatory} else role


def _when(one: SignatureReport, t: Texts) -> str:
    if one.signed_at:
        return t(f"verify.when.{one.kind}", at=t.instant(one.signed_at))
    if one.claimed_at:
        return t("verify.when.claimed", at=t.instant(one.claimed_at))
    return t("verify.when.unknown")


def _how(one: Authentication, t: Texts, known: str) -> list[str]:
    sentence = t(f"verify.how.{known}", at=t.instant(one.at), method=method_words(one.method, t))
    return list(filter(None, (sentence, level_sentence(one.level, t))))


def method_words(method: str, t: Texts) -> str:
    """By what or at whom somebody proved who they are; a provider that the catalogue does not know is named by its host."""
    key = f"verify.method.{method}"
    if key in t:
        return t(key)
    try:
        place = urlsplit(method)
        host = place.hostname if place.scheme in {"http", "https"} else None
    except ValueError:  # a certificate may hold anything
        host = None
    return t("verify.method.other", method=host or method)


def level_sentence(level: str, t: Texts) -> str:
    """The level of assurance; empty for one that the catalogue does not know, or for none."""
    key = f"verify.assurance.{level}"
    return t("verify.how.level", level=t(key)) if key in t else ""


def _vouched(stamp: TimestampReport, t: Texts) -> str:
    if stamp.indication is not Indication.TOTAL_PASSED:
        return t("verify.timestamp.unheld", reason=reason_sentence(stamp.sub_indication, t))
    return t("signing.timestamp.local" if stamp.local else "signing.timestamp.external", authority=stamp.authority)


def common_name(name: str) -> str:
    """The common name in a distinguished name (RFC 4514); all of it where it has none."""
    found = _COMMON_NAME.search(name)
    return _ESCAPED.sub(r"\1", found[1]) if found else name


def _signature_facts(one: SignatureReport, t: Texts) -> tuple[Fact, ...]:
    stamps = [
        (
            t("verify.fact.stamp"),
            t(
                "verify.fact.stamped",
                at=t.stamp(stamp.at),
                authority=stamp.authority,
                verdict=_outcome(stamp.indication, stamp.sub_indication),
            ),
        )
        for stamp in one.timestamps
    ]
    who = one.authentication
    ranges = ", ".join(
        f"{start}–{start + length}" for start, length in zip(one.byte_range[::2], one.byte_range[1::2], strict=False)
    )
    facts = [
        (t("verify.fact.verdict"), _outcome(one.indication, one.sub_indication)),
        (t("verify.fact.level"), f"{one.level}. {t(f'signing.level.{one.level}')}"),
        (t("verify.fact.proven"), t.stamp(one.proven_at) if one.proven_at else ""),
        *stamps,
        *_path_facts(one.path, t),
        (t("verify.fact.algorithms"), _joined(one.digest_algorithm, one.signature_algorithm)),
        (t("verify.fact.reason"), one.reason),
        (t("verify.fact.provider"), who.method if who else ""),
        (t("verify.fact.assurance"), who.level if who else ""),
        (t("verify.fact.reference"), who.reference if who else ""),
        (t("verify.fact.evidence"), who.evidence_digest if who else ""),
        (t("verify.fact.format"), one.format),
        (t("verify.fact.field"), one.field),
        (t("verify.fact.revision"), str(one.revision or "–")),
        (t("verify.fact.covers"), t("verify.fact.bytes", ranges=ranges) if ranges else ""),
        (t("verify.fact.permits"), t(f"verify.permits.{one.permissions}") if one.permissions else ""),
    ]
    return _filled(facts)


def _path_facts(path: PathReport | None, t: Texts) -> list[Fact]:
    """The certificate, and the path in one line."""
    if path is None:
        return []
    own, *issuers = path.certificates
    above = " → ".join(common_name(one.subject) for one in issuers) or common_name(own.issuer)
    span = t("verify.fact.span", start=t.stamp(own.not_before), end=t.stamp(own.not_after))
    return [
        (t("verify.fact.subject"), own.subject),
        (t("verify.fact.issuer"), above),
        (t("verify.fact.valid"), span),
        (t("verify.fact.serial"), own.serial),
        (t("verify.fact.policies"), ", ".join(own.policies)),
        (t("verify.fact.digest"), own.digest),
    ]


def _outcome(indication: Indication, sub_indication: str | None) -> str:
    return f"{indication} / {sub_indication}" if sub_indication else str(indication)


def _joined(*names: str) -> str:
    return ", ".join(filter(None, names))


def _filled(facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple((name, value) for name, value in facts if value)
