"""What a validation says, in a form that is kept beside the file and printed for people."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum

from signflow.signing.authentication import Authentication

REPORT_VERSION = 2


class Indication(StrEnum):
    """Source: ETSI EN 319 102-1, 5.1.3."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class Level(StrEnum):
    """What a signature carries with it. Source: ETSI EN 319 142-1, 6."""

    NOT_BASELINE = "not-baseline"  # a PDF signature of another profile, or one that cannot be read
    BASIC = "B-B"
    TIMESTAMPED = "B-T"
    LONG_TERM = "B-LT"
    ARCHIVAL = "B-LTA"

    def reaches(self, other: Level) -> bool:
        """Whether it is that level or a higher one."""
        order = list(Level)
        return order.index(self) >= order.index(other)


class Changes(StrEnum):
    """What was appended to the file after a signature."""

    NONE = "none"
    PERMITTED = "permitted"  # further signatures, fields filled in, validation data
    FORBIDDEN = "forbidden"


class Change(StrEnum):
    """One thing that an appended revision did."""

    SIGNATURE = "signature"
    DOCUMENT_TIMESTAMP = "document-timestamp"
    VALIDATION_DATA = "validation-data"
    FORM_FILLING = "form-filling"
    ANNOTATION = "annotation"
    METADATA = "metadata"
    CONTENT = "content"  # pages, structure, fonts, and whatever else is not told apart


class Origin(StrEnum):
    """Why a trust anchor is believed in."""

    OWN = "own-authority"
    FILE = "file"
    TRUSTED_LIST = "trusted-list"


class Kind(StrEnum):
    """What a signature stands for."""

    PERSON = "person"
    SEAL = "seal"


# Sub-indications that EN 319 102-1 has no name for are in lower case; the others are its own.
NO_SIGNATURE = "no-signature"
PARTLY_COVERED = "partly-covered"
CHANGED_AFTERWARDS = "changed-afterwards"
UNSUPPORTED_FORMAT = "unsupported-format"
TIMESTAMP_BROKEN = "timestamp-broken"
AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class CertificateReport:
    """One certificate of a path.

    Attributes:
        subject: Distinguished name, RFC 4514.
        issuer: Likewise.
        serial: Serial number, lower-case hexadecimal.
        not_before: First instant of its validity.
        not_after: Last one.
        digest: SHA-256 of the certificate.
        policies: Certificate policies, dotted, sorted.
        key: Of what kind its public key is: `rsa-3072`, `ecdsa-secp256r1`, `ed25519`.
        signature_algorithm: What its issuer signed it with, by the names of `algorithms`.
    """

    subject: str
    issuer: str
    serial: str
    not_before: dt.datetime
    not_after: dt.datetime
    digest: str
    policies: tuple[str, ...]
    key: str
    signature_algorithm: str


@dataclass(frozen=True, slots=True)
class ListedReport:
    """The service in a trusted list of the EU that an anchor stands for.

    Attributes:
        territory: Whose list, two letters.
        provider: Who runs the service.
        service: What the list calls it.
        kind: `CA/QC` (qualified certificates) or `TSA/QTST` (qualified timestamps).
        qualified: The certificate or timestamp is qualified, by the list and by what it says of itself.
        sequence: Number of the list's issue.
        next_update_at: By when a newer issue should be there: validated after it, the list was stale. None when the list
            is closed.
    """

    territory: str
    provider: str
    service: str
    kind: str
    qualified: bool
    sequence: int
    next_update_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PathReport:
    """How a certificate leads to something that is believed in.

    Attributes:
        certificates: The certificate itself first, the anchor last.
        anchor: Where the anchor comes from; None when no path was found: `certificates` then is the certificate alone.
        listed: The service that it stands for; None when it is in no trusted list.
    """

    certificates: tuple[CertificateReport, ...]
    anchor: Origin | None
    listed: ListedReport | None = None


@dataclass(frozen=True, slots=True)
class RevisionReport:
    """A part of the file, as it was appended.

    Attributes:
        number: 1 for the original.
        end_bytes: Where it ends; it begins where the one before ends.
        changes: What it did to those before; empty for the original.
        only_signing: Nothing but what signing, timestamping and adding validation data leaves behind, by a closed
            list. True for the original.
    """

    number: int
    end_bytes: int
    changes: tuple[Change, ...]
    only_signing: bool


@dataclass(frozen=True, slots=True)
class TimestampReport:
    """One token of time.

    Attributes:
        indication: Of the token itself, at the latest instant at which it is known to have existed.
        sub_indication: Why not TOTAL-PASSED; None when it is.
        at: What time it states.
        authority: Common name of the authority.
        local: Its root is the one of an installation of signflow: nobody outside vouches for the time.
        policy: Under which the authority works, dotted.
        serial: Of the token, lower-case hexadecimal.
        digest_algorithm: What the imprint is made with.
        signature_algorithm: What the token is signed with.
        path: Of the authority's certificate; None for a token that cannot be read.
    """

    indication: Indication
    sub_indication: str | None
    at: dt.datetime
    authority: str
    local: bool
    policy: str
    serial: str = ""
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    path: PathReport | None = None


@dataclass(frozen=True, slots=True)
class DocumentTimestampReport:
    """A timestamp over the whole file as it was.

    Attributes:
        field: Name of its field.
        timestamp: The token.
        covers_whole_revision: Nothing of the file as it then was lies outside.
        changes_since: What was appended after it.
        revision: Number of the revision it stands in and covers; 0 when that cannot be told.
        proven_at: Earliest time at which it is proven to have existed; None when nothing but the clock says so.
    """

    field: str
    timestamp: TimestampReport
    covers_whole_revision: bool
    changes_since: Changes
    revision: int = 0
    proven_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature or seal.

    Attributes:
        field: Name of its field.
        indication: The verdict.
        sub_indication: Why not TOTAL-PASSED; None when it is.
        kind: A person's signature or an organisation's seal.
        signatory: Common name in the certificate.
        role: In the certificate; empty when it names none.
        organisation: Likewise.
        signed_at: What its timestamp states; None without a timestamp that holds.
        claimed_at: What the signature itself states.
        reason: Likewise.
        level: What it carries with it.
        covers_whole_revision: Nothing of the file as it then was lies outside.
        changes_since: What was appended after it.
        timestamp: Its own timestamp: the earliest that holds, else the first.
        authentication: How the certificate says the person was authenticated.
        certificate_digest: SHA-256 of the certificate.
        format: The `SubFilter` of its dictionary.
        revision: Number of the revision it stands in and covers; 0 when that cannot be told.
        timestamps: All its own timestamps, in the order in which they stand.
        proven_at: Earliest time at which it is proven to have existed, by its own timestamps or those of the document.
        path: Of its certificate; None when the signature cannot be read.
        digest_algorithm: What the document is digested with.
        signature_algorithm: What the digest is signed with.
        byte_range: What it covers: offset and length, twice; empty when it cannot be read.
        permissions: What it allows afterwards, DocMDP level 1 to 3; 0 when it is no certification.
    """

    field: str
    indication: Indication
    sub_indication: str | None
    kind: Kind
    signatory: str
    role: str
    organisation: str
    signed_at: dt.datetime | None
    claimed_at: dt.datetime | None
    reason: str
    level: Level
    covers_whole_revision: bool
    changes_since: Changes
    timestamp: TimestampReport | None
    authentication: Authentication | None
    certificate_digest: str
    format: str = ""
    revision: int = 0
    timestamps: tuple[TimestampReport, ...] = ()
    proven_at: dt.datetime | None = None
    path: PathReport | None = None
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    byte_range: tuple[int, ...] = ()
    permissions: int = 0


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What a file proves at an instant, to one who holds a certain trust.

    Attributes:
        digest: SHA-256 of the file.
        at: The instant of validation.
        indication: The worst of all signatures and document timestamps.
        sub_indication: Of that worst one.
        signatures: In the order in which they were made.
        document_timestamps: Likewise.
        revisions: Oldest first.
        algorithms: Name of the policy that algorithms are judged by.
    """

    digest: str
    at: dt.datetime
    indication: Indication
    sub_indication: str | None
    signatures: tuple[SignatureReport, ...]
    document_timestamps: tuple[DocumentTimestampReport, ...]
    revisions: tuple[RevisionReport, ...] = ()
    algorithms: str = ""

    def to_json(self) -> str:
        """The report as JSON: the same bytes for the same file, instant and trust."""
        content = {"version": REPORT_VERSION, **_fields(self)}
        return json.dumps(content, default=_plain, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def signature(self, field: str) -> SignatureReport | None:
        """The signature in the field of that name."""
        return next((signature for signature in self.signatures if signature.field == field), None)


def _fields(value: object) -> dict[str, object]:
    """Name and value of each field. `dataclasses.asdict` would copy every value deeply, which nothing here needs."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}  # pyright: ignore[reportArgumentType] -- only dataclasses come here


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(type(value))
