"""What is kept of trusted lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict

_AS_JSON = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", extra="forbid")


class ServiceKind(StrEnum):
    """What a service issues. Source: ETSI TS 119 612, 5.5.1.1."""

    CERTIFICATES = "CA/QC"
    TIMESTAMPS = "TSA/QTST"


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which a service was granted.

    Attributes:
        begins_at: First instant.
        ends_at: First instant at which it was granted no longer; None while it is.
        disputed: The list says of some certificates of that time that they are not qualified, whatever they say
            themselves (`NotQualified`, 5.5.9.2.3).
    """

    begins_at: dt.datetime
    ends_at: dt.datetime | None
    disputed: bool = False

    def holds(self, at: dt.datetime) -> bool:
        """Whether that instant lies in it."""
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Service:
    """A qualified service, as its state's list tells of it.

    Attributes:
        provider: Who runs it.
        name: What the list calls it.
        kind: What it issues.
        certificates: DER, one or more certificates of its one key.
        periods: When it was granted, oldest first; at least one.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _AS_JSON

    provider: str
    name: str
    kind: ServiceKind
    certificates: tuple[bytes, ...]
    periods: tuple[Period, ...]

    def period_at(self, at: dt.datetime) -> Period | None:
        """The period in which that instant lies; None when the service was not granted then."""
        return next((period for period in self.periods if period.holds(at)), None)


@dataclass(frozen=True, slots=True)
class Edition:
    """Which issue of a list it is. Source: ETSI TS 119 612, 5.3.

    Attributes:
        territory: Two letters, as the lists write them: `EL` for Greece, `EU` for the list of lists.
        sequence: Goes up with each issue.
        issued_at: When it was.
        next_update_at: By when the next issue must be there; None for a list that is closed.
    """

    territory: str
    sequence: int
    issued_at: dt.datetime
    next_update_at: dt.datetime | None

    def is_stale(self, at: dt.datetime) -> bool:
        """Whether a newer issue should have been there by then."""
        return self.next_update_at is not None and at >= self.next_update_at


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the list of lists says that a list is.

    Attributes:
        territory: Whose.
        url: Where.
        signers: DER certificates that may sign it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _AS_JSON

    territory: str
    url: str
    signers: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ListOfLists:
    """The Commission's list.

    Attributes:
        edition: Which issue.
        signers: DER certificates that may sign its next issue.
        pointers: To the lists of the states, in XML.
        pivots: Addresses of earlier issues at which the signers changed, newest first.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _AS_JSON

    edition: Edition
    signers: tuple[bytes, ...]
    pointers: tuple[Pointer, ...]
    pivots: tuple[str, ...] = ()

    def pointer(self, territory: str) -> Pointer | None:
        """To the list of that territory."""
        return next((one for one in self.pointers if one.territory == territory), None)


@dataclass(frozen=True, slots=True)
class StateList:
    """The list of one state.

    Attributes:
        edition: Which issue.
        services: Those that issue qualified certificates or timestamps and were granted at some time.
    """

    edition: Edition
    services: tuple[Service, ...]

    @property
    def providers(self) -> int:
        """How many run them."""
        return len({service.provider for service in self.services})


@dataclass(frozen=True, slots=True)
class ListedService:
    """A service with the list that it stands in, as trust that a validation brings along."""

    edition: Edition
    service: Service
