"""What the validation of the sealed document found is stated in a token, which is archived beside the document."""

from __future__ import annotations

from signflow.blobs import PDF, BlobRef
from signflow.crashpoints import CommitPoint, passing
from signflow.errors import IntegrityError
from signflow.rounds.model import Document, State
from signflow.signing.evidence.svt_issue import issue_svt
from signflow.signing.evidence.svt_pdf import validate_parts
from signflow.steps.ports import Ports

JWT = "application/jwt"
"""Media type of a token. Source: RFC 7519, section 10.3.1."""

_USUAL = "validation-token.jwt"
_SECOND = "validation-token-ml-dsa-65.jwt"


def issue_tokens(ports: Ports, document_id: str) -> None:
    """State what the validation of the sealed document finds, once; a second time with ML-DSA if that is set.

    1. the sealed document is validated, with the trust of now; 2. the tokens are signed and kept; 3. the effect is marked.

    Raises:
        UnavailableError: The evidence key or the disk does not answer now.
        IntegrityError: The document is not sealed.
    """
    document = ports.store.load(document_id)
    if document.state is not State.ADJUSTED or ports.effects.claim(_key(document)):
        return
    sealed = ports.effects.result(f"{document.id}:seal")
    if sealed is None:
        raise IntegrityError("seal-missing", document=document.id)
    pdf = ports.blobs.get(BlobRef(str(sealed["pdf"]), int(sealed["pdf_size"]), PDF))
    now = ports.clock()
    validated = validate_parts(pdf, ports.trust(), at=now)  # 1
    tokens = {_USUAL: issue_svt(validated, ports.authority.evidence_signer(now), ports.public_url, now=now)}  # 2
    if ports.post_quantum:
        tokens[_SECOND] = ports.post_quantum.issue_svt(validated, ports.public_url, now=now)
    kept = {name: ports.blobs.put(token.encode(), JWT) for name, token in tokens.items()}
    passing(CommitPoint.SVT_ISSUED)
    result = {name: f"{blob.digest}:{blob.size_bytes}" for name, blob in kept.items()}
    ports.effects.done(_key(document), result)  # 3
    passing(CommitPoint.SVT_CLAIMED)


def issued_tokens(ports: Ports, document: Document) -> dict[str, bytes]:
    """The tokens that count, by the names that they have in the package.

    Raises:
        IntegrityError: None was issued.
    """
    made = ports.effects.result(_key(document))
    if made is None:
        raise IntegrityError("token-missing", document=document.id)
    blobs = {name: str(kept).partition(":") for name, kept in made.items()}
    return {name: ports.blobs.get(BlobRef(digest, int(size), JWT)) for name, (digest, _, size) in blobs.items()}


def _key(document: Document) -> str:
    return f"{document.id}:validation-token"
