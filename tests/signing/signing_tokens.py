"""Validation tokens to take apart, change, and put together again."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from signing_house import House

from signflow.signing.evidence.jws import algorithm_name, build_jws
from signflow.signing.evidence.svt_issue import issue_svt
from signflow.signing.evidence.svt_pdf import ValidatedPdf, validate_parts
from signflow.signing.evidence.svt_validate import SvtReport, validate_svt
from signflow.signing.keys.signer import Signer

ISSUER = "https://anteckningar.example.se"


def issue(house: House, file: ValidatedPdf) -> str:
    return issue_svt(file, house.authority.evidence_signer(house.now), ISSUER, now=house.now)


def validated(house: House, pdf: bytes) -> ValidatedPdf:
    return validate_parts(pdf, house.trust(), at=house.now)


def judge(token: str, file: ValidatedPdf) -> SvtReport:
    return validate_svt(token, file)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@dataclass(frozen=True)
class Open:
    """A token taken apart."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signature: str

    def text(self, header: object = None, payload: object = None) -> str:
        """Put together with the signature that it had."""
        parts = (header or self.header, payload or self.payload)
        return ".".join([*(encode(json.dumps(part).encode()) for part in parts), self.signature])

    def signed_by(self, signer: Signer, header: object = None, payload: object = None) -> str:
        """Put together and signed anew."""
        signing_input = self.text(header, payload).rpartition(".")[0]
        return sign(signing_input, signer)


def sign(signing_input: str, signer: Signer) -> str:
    return build_jws(signing_input, signer.sign(signing_input.encode()), algorithm_name(signer.algorithm))


def take_apart(token: str) -> Open:
    header, payload, signature = token.split(".")
    return Open(json.loads(decode(header)), json.loads(decode(payload)), signature)


def x5c_of(signer: Signer) -> list[str]:
    return [base64.b64encode(one.dump()).decode() for one in (signer.certificate, *signer.chain[:-1])]


Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value but the root."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*path, number)
            yield from places(inner, (*path, number))


def changed(value: Any, path: Path) -> Iterator[tuple[str, Any]]:
    """The value with what stands at that place changed, in several ways, each with its name."""
    *above, last = path

    def with_(name: str, new: Any) -> tuple[str, Any]:
        whole = copy.deepcopy(value)
        holder = whole
        for step in above:
            holder = holder[step]
        holder[last] = new
        return name, whole

    old = value
    for step in path:
        old = old[step]
    without = copy.deepcopy(value)
    holder = without
    for step in above:
        holder = holder[step]
    del holder[last]
    yield "removed", without
    for name, new in _others(old):
        yield with_(name, new)


def _others(old: Any) -> Iterator[tuple[str, Any]]:
    yield "a list", [old]
    match old:
        case str():
            yield "longer", old + "A"
            yield "shorter", old[:-1]
            yield "another letter", ("B" if old[:1] == "A" else "A") + old[1:]
            yield "a number", 7
        case int():
            yield "one more", old + 1
            yield "a fraction", old + 0.5
            yield "a string", str(old)
        case list():
            yield "empty", []
            yield "the first twice", [old[0], *old]
            if len(old) > 1:
                yield "turned round", old[::-1]
        case dict():
            yield "with a name that nobody knows", {**old, "surplus": "x"}
            yield "empty", {}
        case _:
            raise TypeError(type(old))
