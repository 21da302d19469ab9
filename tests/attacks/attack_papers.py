"""Honest files, from signflow and from pyHanko: what attacks start from, and what must never raise an alarm."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, tsp
from attack_pdf import Editor, edited
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signing_house import ADJUSTER, NOW, ORGANISATION, SECRETARY, House, authentication, open_house
from signing_paper import build_tagged_pdf

from signflow.signing.keys.key import SoftwareKey
from signflow.signing.keys.signer import Signer
from signflow.signing.pades.sign import renew_timestamp
from signflow.signing.timestamps.local import LocalTsa
from signflow.signing.trust import Trust

FREE_FIELD = "Frifält"
AMOUNT_FIELD = "Belopp"
PREPARED = "1 g 56 700 400 40 re f"  # a white box over the first paragraph


class ByPyhanko(signers.Signer):
    """A key of ours in pyHanko's hands; it also signs over digests that ours never takes."""

    def __init__(self, signer: Signer, digest: str = "sha256") -> None:
        super().__init__(
            signing_cert=signer.certificate,
            cert_registry=SimpleCertificateStore.from_certs(signer.chain),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": f"{digest}_ecdsa"}),
        )
        key = signer._key
        assert isinstance(key, SoftwareKey)
        assert isinstance(key.private, ec.EllipticCurvePrivateKey)
        self._private = key.private

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 -- pyHanko's signature
        digests = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}  # noqa: S303 -- the attack is that it is weak
        return self._private.sign(data, ec.ECDSA(digests[digest_algorithm]))


class FromTsa(TimeStamper):
    """Our authority of time as pyHanko asks it."""

    def __init__(self, tsa: LocalTsa) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._tsa.respond(req.dump()))


@dataclass(frozen=True)
class Hand:
    """How pyHanko is to sign.

    Attributes:
        timestamped, lasting, archival: B-T, B-LT, B-LTA; none of them is B-B.
        certify: The permission of a certification signature.
        digest: Of the signature.
        cades: ETSI.CAdES.detached, else adbe.pkcs7.detached.
        room_bytes: For the signature value; None for what it needs.
    """

    timestamped: bool = True
    lasting: bool = True
    archival: bool = False
    certify: MDPPerm | None = None
    digest: str = "sha256"
    cades: bool = True
    room_bytes: int | None = None


class Papers:
    """One house, and files of it at all stages; each is made once, when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.house: House = open_house(folder / "authority")
        self.other_house: House = open_house(folder / "other", "Annan kommun")

    @property
    def stamper(self) -> FromTsa:
        """The house's authority of time for pyHanko."""
        return FromTsa(self.house.tsa)

    def trust_at(self, moment: dt.datetime) -> Trust:
        """What is believed at another time."""
        ours, other = self.house.trust(moment), self.other_house.trust(moment)
        return dataclasses.replace(ours, tsa_roots=ours.tsa_roots + other.tsa_roots, crls=ours.crls + other.crls)

    @cached_property
    def trust(self) -> Trust:
        """Both authorities of time: one file may carry timestamps of several."""
        return self.trust_at(NOW)

    @cached_property
    def original(self) -> bytes:
        return build_tagged_pdf(ORGANISATION)

    @cached_property
    def secretary(self) -> bytes:
        return self.house.sign(self.original, *SECRETARY)

    @cached_property
    def adjuster(self) -> bytes:
        return self.house.sign(self.secretary, *ADJUSTER)

    @cached_property
    def sealed(self) -> bytes:
        return self.house.seal(self.house.complete(self.adjuster, self.original))

    @cached_property
    def renewed(self) -> bytes:
        return renew_timestamp(self.sealed, self.house.tsa, now=NOW)

    @cached_property
    def other_original(self) -> bytes:
        return build_tagged_pdf("Ett annat protokoll")

    @cached_property
    def other_secretary(self) -> bytes:
        return self.house.sign(self.other_original, *SECRETARY)

    @cached_property
    def other_adjuster(self) -> bytes:
        return self.house.sign(self.other_secretary, *ADJUSTER)

    @cached_property
    def other_sealed(self) -> bytes:
        return self.house.seal(self.house.complete(self.other_adjuster, self.other_original))

    @cached_property
    def form(self) -> bytes:
        """With a text field, which somebody fills in."""
        return edited(self.original, add_amount)

    @cached_property
    def form_signed(self) -> bytes:
        return self.house.sign(filled(self.form, "1 000 kr"), *SECRETARY)

    @cached_property
    def hidden_then_signed(self) -> bytes:
        """Its author has laid a box over the first paragraph, by an object of its own; then it was signed."""
        return self.house.sign(edited(self.original, lay_box), *SECRETARY)

    @cached_property
    def foreign(self) -> bytes:
        """One signature as any program makes it: no timestamp, no PAdES, cross-reference streams."""
        return self.by_pyhanko(
            with_streams(self.original), SECRETARY[0], Hand(timestamped=False, lasting=False, cades=False)
        )

    @cached_property
    def roomy(self) -> bytes:
        """One signature with much room for another value."""
        return self.by_pyhanko(self.original, SECRETARY[0], Hand(room_bytes=40_000))

    @cached_property
    def roomy_alone(self) -> bytes:
        """Likewise, and nothing after it."""
        return self.by_pyhanko(self.original, SECRETARY[0], Hand(lasting=False, room_bytes=40_000))

    @cached_property
    def certified_1(self) -> bytes:
        """Nothing may change."""
        return self._certified(MDPPerm.NO_CHANGES)

    @cached_property
    def certified_2(self) -> bytes:
        """Fields may be filled in and signed."""
        return self._certified(MDPPerm.FILL_FORMS)

    @cached_property
    def certified_3(self) -> bytes:
        """Annotations may be made as well."""
        return self._certified(MDPPerm.ANNOTATE)

    def sign_over(self, covered: bytes, hand: Hand = Hand(), signer: ByPyhanko | None = None) -> cms.ContentInfo:
        """A signature value over any bytes, from the secretary's key unless another is given."""
        signer = signer or self.secretary_key(hand.digest)
        made = signer.async_sign(
            hashlib.new(hand.digest, covered).digest(),
            hand.digest,
            use_pades=hand.cades,
            timestamper=self.stamper if hand.timestamped else None,
        )
        return asyncio.run(made)

    def secretary_key(self, digest: str = "sha256") -> ByPyhanko:
        """A new key and certificate in the secretary's name."""
        issued = self.house.authority.issue_one_shot(SECRETARY[1], SECRETARY[0], authentication(), NOW)
        return ByPyhanko(issued, digest)

    def _certified(self, permission: MDPPerm) -> bytes:
        """Certified in the seal's field, the others free."""
        return self.by_pyhanko(self.original, "Sigill", Hand(certify=permission))

    def by_pyhanko(
        self,
        pdf: bytes,
        field: str,
        hand: Hand,
        *,
        person: str = SECRETARY[1],
        change: Callable[[Editor], object] | None = None,
        documented: bool = False,
    ) -> bytes:
        """Signed with pyHanko's high-level interface, in a revision that changes something else as well.

        With its documented writer the revision changes metadata and version too, as it does for all who use it.
        """
        editor = IncrementalPdfFileWriter(BytesIO(pdf)) if documented else Editor.on(pdf)
        if change is not None and isinstance(editor, Editor):
            change(editor)
        signer = self.house.authority.issue_one_shot(person, field, authentication(), NOW)
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm=hand.digest,
            subfilter=SigSeedSubFilter.PADES if hand.cades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
            certify=hand.certify is not None,
            docmdp_permissions=hand.certify or MDPPerm.FILL_FORMS,
            embed_validation_info=hand.lasting,
            use_pades_lta=hand.archival,
            validation_context=self.context(signer) if hand.lasting else None,
        )
        spec = None if field in {"Sekreterare", "Justerare", "Sigill"} else SigFieldSpec(field, on_page=0)
        done = signers.async_sign_pdf(
            editor,
            metadata,
            ByPyhanko(signer),
            timestamper=self.stamper if hand.timestamped else None,
            new_field_spec=spec,
            bytes_reserved=hand.room_bytes,
        )
        return asyncio.run(done).getvalue()

    def context(self, signer: Signer) -> ValidationContext:
        """What pyHanko needs to gather what speaks for a signature."""
        tsa = self.house.tsa
        return ValidationContext(
            trust_roots=[signer.chain[-1], *tsa.roots],
            other_certs=list(signer.chain),
            crls=[*signer.crls, *tsa.ready(NOW).crls],
            moment=NOW,
            allow_fetching=False,
            revocation_mode="soft-fail",
        )

    def at(self, moment: dt.datetime) -> House:
        """The same house at another time."""
        return House(self.house.authority, LocalTsa(self.house.authority, lambda: moment), moment)


def with_streams(pdf: bytes) -> bytes:
    """The same document with cross-reference and object streams."""
    out = BytesIO()
    copy_into_new_writer(PdfFileReader(BytesIO(pdf)), {"stream_xrefs": True}).write(out)
    return out.getvalue()


def digest_of(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def add_amount(editor: Editor) -> None:
    """A text field for an amount, on the first page."""
    look = appearance(editor, "")
    field = editor.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T ({AMOUNT_FIELD}) /TU (Belopp) /F 4 /Rect [56 500 256 520]"
        f" /P {editor.page_ref(0).idnum} 0 R /AP << /N {look.idnum} 0 R >> /DA (/Helv 10 Tf 0 g) >>"
    )
    editor.append(editor.root["/AcroForm"]["/Fields"], field)
    editor.append(editor.page(0)["/Annots"], field)


def appearance(editor: Editor, text: str) -> Any:
    """What a text field shows."""
    words = f"/Tx BMC BT /F 10 Tf 2 4 Td ({text}) Tj ET EMC".encode("latin-1")
    font = "<< /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    return editor.add(
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << /Font {font} >> >>", stream=words
    )


def filled(pdf: bytes, amount: str) -> bytes:
    """The amount filled in as a reader does it: value and appearance."""

    def fill(editor: Editor) -> None:
        field = editor.field(AMOUNT_FIELD)
        editor.put(field, "/V", f"({amount})")
        editor.put(field["/AP"], "/N", appearance(editor, amount))
        editor.update_container(field)

    return edited(pdf, fill)


def lay_box(editor: Editor) -> None:
    """A white box over the first paragraph, as the page's last content stream."""
    page = editor.page(0)
    box = editor.add("<< >>", stream=PREPARED.encode())
    before = page.raw_get("/Contents")
    editor.put(page, "/Contents", f"[{before.idnum} 0 R {box.idnum} 0 R]")
