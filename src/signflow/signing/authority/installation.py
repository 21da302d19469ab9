"""Whose authority it is, and what stands in each of its certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509

from signflow.signing import oids
from signflow.signing.authority.certificates import (
    ISSUING_LIFE,
    ONE_SHOT_LIFE,
    ROOT_LIFE,
    SEAL_LIFE,
    TSA_LIFE,
    Profile,
    build_name,
)
from signflow.signing.authority.register import EVIDENCE, ISSUING, ROOT, SEAL, TSA, TSA_ROOT
from signflow.signing.keys.kinds import KeyKind

COMMON_NAME_LIMIT = 64
"""Source: ub-common-name, RFC 5280, appendix A."""

_COMMON_NAMES: Mapping[str, str] = {
    ROOT: "{} Rot-CA",
    ISSUING: "{} Utfärdande CA",
    TSA_ROOT: "{} Rot för tidsstämpling",
    TSA: "{} Lokal tidsstämpling",
    SEAL: "{}",
    EVIDENCE: "{} Valideringsintyg",
}


@dataclass(frozen=True, slots=True)
class Installation:
    """Whose authority it is.

    Attributes:
        organisation: Its name, as it stands in certificates.
        country: Two letters.
        base_url: How people reach the web; certificates point there.
        organisation_number: As the national register has it; empty to leave it out.
        kind: The kind of new keys for signatures and for the seal.
        places: PKCS#11 URI by name (`seal`, `issuing`, `tsa`) of keys that are in a token.
    """

    organisation: str
    country: str
    base_url: str
    organisation_number: str = ""
    kind: KeyKind = KeyKind.P256
    places: Mapping[str, str] = field(default_factory=dict[str, str])

    def crl_url(self, label: str) -> str:
        """Where an authority's revocation list is published."""
        return f"{self.base_url}/crl/{label}.crl"

    def certificate_url(self, label: str) -> str:
        """Where an authority's certificate is published."""
        return f"{self.base_url}/ca/{label}.crt"

    def subject(self, name: str, generation: int) -> x509.Name:
        """The name in a certificate. Each generation of an authority has its own, and so its own revocation list."""
        number = f" {generation}" if generation > 1 and name in {ROOT, ISSUING, TSA_ROOT} else ""
        common_name = _COMMON_NAMES[name].format(self.organisation)[: COMMON_NAME_LIMIT - len(number)] + number
        return build_name(common_name, self.organisation, self.country, organisation_number=self.organisation_number)

    def profile(self, name: str, issuer: str | None, life: dt.timedelta | None = None) -> Profile:
        """What kind of certificate it is, issued by the certificate of that label."""
        crl_url = self.crl_url(issuer) if issuer else None
        issuer_url = self.certificate_url(issuer) if issuer else None
        if name in {ROOT, TSA_ROOT}:
            return Profile(life or ROOT_LIFE, authority=True)
        if name == ISSUING:
            return Profile(life or ISSUING_LIFE, authority=True, path_length=0, crl_url=crl_url, issuer_url=issuer_url)
        if name == TSA:
            return Profile(life or TSA_LIFE, timestamping=True, crl_url=crl_url, issuer_url=issuer_url)
        policy = oids.SEAL_POLICY if name == SEAL else oids.EVIDENCE_POLICY
        return Profile(life or SEAL_LIFE, policy=policy, crl_url=crl_url, issuer_url=issuer_url)

    def one_shot_profile(self, issuer: str, context: x509.ExtensionType) -> Profile:
        """That of a person's certificate; the context says how the person was authenticated."""
        return Profile(
            ONE_SHOT_LIFE,
            policy=oids.ONE_SHOT_POLICY,
            crl_url=self.crl_url(issuer),
            issuer_url=self.certificate_url(issuer),
            extensions=(context,),
        )

    def kind_of(self, name: str) -> KeyKind:
        """The kind of a first key."""
        if name in {ROOT, TSA_ROOT}:
            return KeyKind.P384
        return self.kind if name == SEAL else KeyKind.P256
