"""Signatures as they stand in the file, before anybody's certificate is looked at (step 2 of `validate`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from signflow.signing.report import AMBIGUOUS, CHANGED_AFTERWARDS, PARTLY_COVERED, Changes, Indication
from signflow.signing.validation.cms import read_signed_data
from signflow.signing.validation.differences import Difference
from signflow.signing.validation.fields import Digests, SignatureField, covers_revision
from signflow.signing.validation.foreign import SecondOpinion, permissions_of
from signflow.signing.validation.objects import MalformedError
from signflow.signing.validation.revisions import Document
from signflow.signing.validation.verdicts import PASSED, Verdict


@dataclass(slots=True)
class Found:
    """One signature or document timestamp as it stands in the file.

    Attributes:
        signed: Its CMS object; None when it cannot be read.
        covered: It covers its revision.
        changes: What was appended after it.
        permissions: DocMDP level; 0 for none.
    """

    field: SignatureField
    signed: Any
    covered: bool
    changes: Changes
    permissions: int

    @property
    def content(self) -> Verdict:
        """What is to be said of the bytes around the signature."""
        if self.field.ambiguous:
            return Indication.TOTAL_FAILED, AMBIGUOUS
        if not self.covered:
            return Indication.TOTAL_FAILED, PARTLY_COVERED
        if self.changes is Changes.FORBIDDEN:
            return Indication.TOTAL_FAILED, CHANGED_AFTERWARDS
        return PASSED

    def digest_with(self, digests: Digests) -> Callable[[str], bytes]:
        """The digest of what it covers, by algorithm.

        Raises:
            MalformedError: What it covers is not told.
        """
        byte_range = self.field.byte_range
        if byte_range is None:
            raise MalformedError("byte range")
        return lambda algorithm: digests.of(byte_range, algorithm)


def find_signatures(
    document: Document, fields: Sequence[SignatureField], differences: Sequence[Difference]
) -> list[Found]:
    """Each signature with its bytes judged; never raises for what one of them holds."""
    opinion = SecondOpinion(document)
    found: list[Found] = []
    for one in fields:
        try:
            signed = read_signed_data(one.contents)
        except MalformedError:
            signed = None
        try:
            permissions = permissions_of(document, one)
        except MalformedError:
            permissions, signed = 0, None
        changes = _changes_since(document, one, differences, opinion)
        found.append(Found(one, signed, covers_revision(document, one), changes, permissions))
    return found


def _changes_since(
    document: Document, signature: SignatureField, differences: Sequence[Difference], opinion: SecondOpinion
) -> Changes:
    if document.data[document.revisions[-1].end :].strip(b"\0\t\n\f\r "):
        covered = signature.byte_range is not None and sum(signature.byte_range[2:]) == len(document.data)
        return Changes.NONE if covered else Changes.FORBIDDEN
    later = differences[signature.revision :]
    if not later:
        return Changes.NONE
    restricted = "/Reference" in signature.value or "/Lock" in signature.field
    if not restricted and all(one.only_signing for one in later):
        return Changes.PERMITTED
    return opinion.judge(signature)
