"""Signatures, timestamps and validation data moved from one place to another, exchanged or taken out."""

from __future__ import annotations

import datetime as dt

from asn1crypto import cms
from attack_kinds import Aim, Family
from attack_papers import Hand, Papers
from attack_pdf import Editor, cms_of, edited, object_text, places, with_contents
from attack_saving import painted
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from signing_house import NOW

TRANSPLANT = Family("transplant")
TIMESTAMP = "1.2.840.113549.1.9.16.2.14"


def fitting(pdf: bytes, index: int, der: bytes) -> bytes:
    """The value in that place; where the room is too small, without its last certificates, which nobody signed."""
    place = places(pdf)[index]
    room = (place.gap[1] - place.gap[0] - 2) // 2
    value = cms.ContentInfo.load(der)
    while len(der) > room:
        signed = value["content"]
        signed["certificates"] = [one.chosen for one in signed["certificates"]][:-1]
        der = value.dump()
    return with_contents(pdf, place, der)


@TRANSPLANT.attack("secretary")
def value_from_another_document(papers: Papers) -> bytes:
    """The same signatory, another document."""
    other = papers.other_secretary
    return fitting(papers.secretary, 0, cms_of(other, places(other)[0]).dump())


@TRANSPLANT.attack("adjuster", victims=("Justerare",))
def value_from_the_other_signatory(papers: Papers) -> bytes:
    pdf = papers.adjuster
    return fitting(pdf, 1, cms_of(pdf, places(pdf)[0]).dump())


@TRANSPLANT.attack("adjuster")
def values_exchanged(papers: Papers) -> bytes:
    pdf = papers.adjuster
    first, second = (cms_of(pdf, place).dump() for place in places(pdf))
    return fitting(fitting(pdf, 0, second), 1, first)


@TRANSPLANT.attack("other document")
def dictionary_from_another_document(papers: Papers) -> bytes:
    """The whole signature object, byte range and all."""
    other = papers.other_secretary
    number = Editor.on(other).field("Sekreterare").raw_get("/V").idnum
    text = object_text(other, number).decode("latin-1")
    return edited(papers.original, lambda editor: editor.put(editor.field("Sekreterare"), "/V", editor.add(text)))


@TRANSPLANT.attack("other document", victims=("Ordförande",))
def field_from_another_document(papers: Papers) -> bytes:
    """A second field beside the honest one, with the other document's signature."""
    other = papers.other_adjuster
    number = Editor.on(other).field("Justerare").raw_get("/V").idnum
    text = object_text(other, number).decode("latin-1")

    def change(editor: Editor) -> None:
        value = editor.add(text)
        made = editor.add(
            f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Ordförande) /F 132 /Rect [0 0 0 0] /V {value.idnum} 0 R"
            f" /P {editor.page_ref(0).idnum} 0 R >>"
        )
        editor.append(editor.root["/AcroForm"]["/Fields"], made)
        editor.append(editor.page(0)["/Annots"], made)

    return edited(papers.secretary, change)


@TRANSPLANT.attack("other document")
def pages_of_another_document_under_the_signatures(papers: Papers) -> bytes:
    """The other document's bytes, with this one's signature dictionary in its place."""
    ours, theirs = papers.secretary, papers.other_secretary
    number = Editor.on(ours).field("Sekreterare").raw_get("/V").idnum
    text = object_text(ours, number).decode("latin-1")
    return edited(theirs, lambda editor: editor.put(editor.field("Sekreterare"), "/V", editor.add(text)))


def with_token(value: cms.ContentInfo, token: cms.ContentInfo | None) -> bytes:
    """The signature value with that timestamp, or none."""
    info = value["content"]["signer_infos"][0]
    attributes = [] if token is None else [cms.CMSAttribute({"type": TIMESTAMP, "values": [token]})]
    info["unsigned_attrs"] = cms.CMSAttributes(attributes) if attributes else None
    return value.dump()


def token_of(value: cms.ContentInfo) -> cms.ContentInfo:
    attributes = value["content"]["signer_infos"][0]["unsigned_attrs"]
    return next(one["values"][0] for one in attributes if one["type"].dotted == TIMESTAMP)


@TRANSPLANT.attack("adjuster", victims=("Justerare",))
def timestamp_of_the_first_signature_on_the_second(papers: Papers) -> bytes:
    pdf = papers.adjuster
    first, second = (cms_of(pdf, place) for place in places(pdf))
    return fitting(pdf, 1, with_token(second, token_of(first)))


@TRANSPLANT.attack("secretary")
def timestamp_of_another_document(papers: Papers) -> bytes:
    other = papers.other_secretary
    value = cms_of(papers.secretary, places(papers.secretary)[0])
    return fitting(papers.secretary, 0, with_token(value, token_of(cms_of(other, places(other)[0]))))


@TRANSPLANT.attack("secretary", aim=Aim.WEAKEN)
def timestamp_taken_out(papers: Papers) -> bytes:
    return fitting(papers.secretary, 0, with_token(cms_of(papers.secretary, places(papers.secretary)[0]), None))


@TRANSPLANT.attack("secretary")
def document_timestamp_in_the_place_of_the_signatures(papers: Papers) -> bytes:
    """A token over the whole file is no token over the signature value."""
    sealed = papers.sealed
    token = cms_of(sealed, places(sealed)[-1])
    return fitting(papers.secretary, 0, with_token(cms_of(papers.secretary, places(papers.secretary)[0]), token))


@TRANSPLANT.attack("sealed", aim=Aim.UNDATE)
def signature_timestamp_in_the_place_of_the_documents(papers: Papers) -> bytes:
    sealed = papers.sealed
    return fitting(sealed, -1, token_of(cms_of(sealed, places(sealed)[0])).dump())


@TRANSPLANT.attack("sealed", aim=Aim.UNDATE)
def document_timestamp_of_another_document(papers: Papers) -> bytes:
    other = papers.other_sealed
    return fitting(papers.sealed, -1, cms_of(other, places(other)[-1]).dump())


@TRANSPLANT.attack("renewed", aim=Aim.UNDATE)
def document_timestamps_exchanged(papers: Papers) -> bytes:
    pdf = papers.renewed
    older, newer = (cms_of(pdf, place).dump() for place in places(pdf)[-2:])
    return fitting(fitting(pdf, -2, newer), -1, older)


@TRANSPLANT.attack("sealed", aim=Aim.UNDATE)
def document_timestamp_replaced_by_a_signature(papers: Papers) -> bytes:
    """A signature value where a token belongs."""
    pdf = papers.sealed
    place = places(pdf)[-1]
    covered = pdf[: place.gap[0]] + pdf[place.gap[1] :]
    return fitting(pdf, -1, papers.sign_over(covered, Hand(timestamped=False)).dump())


def cut_after(pdf: bytes, index: int) -> bytes:
    """The file as it was after that signature, and its validation data with it."""
    end = pdf.index(b"%%EOF", places(pdf)[index].gap[1]) + len(b"%%EOF\n")
    return pdf[:end]


@TRANSPLANT.attack("adjuster", aim=Aim.STRIP, victims=("Justerare",))
def last_signature_cut_off(papers: Papers) -> bytes:
    """An honest earlier file: it must say no more than it then did."""
    return cut_after(papers.adjuster, 0)


@TRANSPLANT.attack("sealed", aim=Aim.STRIP, victims=("Sigill", "Justerare"))
def all_but_the_first_cut_off(papers: Papers) -> bytes:
    return cut_after(papers.sealed, 0)


@TRANSPLANT.attack("sealed", aim=Aim.STRIP, victims=("Sigill",))
def seal_and_document_timestamp_cut_off(papers: Papers) -> bytes:
    return cut_after(papers.sealed, 1)


@TRANSPLANT.attack("secretary")
def first_signature_cut_off_and_painted(papers: Papers) -> bytes:
    """Back to the unsigned document, changed, with the signature's dictionary appended again."""
    number = Editor.on(papers.secretary).field("Sekreterare").raw_get("/V").idnum
    text = object_text(papers.secretary, number).decode("latin-1")
    return edited(
        painted(papers.original), lambda editor: editor.put(editor.field("Sekreterare"), "/V", editor.add(text))
    )


# what is in the /DSS dictionary


@TRANSPLANT.attack("secretary", aim=Aim.HUSH)
def validation_data_taken_out(papers: Papers) -> bytes:
    return edited(papers.secretary, lambda editor: editor.drop(editor.root, "/DSS"))


@TRANSPLANT.attack("adjuster", aim=Aim.HUSH)
def revocation_lists_taken_out(papers: Papers) -> bytes:
    return edited(papers.adjuster, lambda editor: editor.put(editor.root["/DSS"], "/CRLs", "[]"))


@TRANSPLANT.attack("adjuster")
def revocation_list_replaced_under_its_number(papers: Papers) -> bytes:
    """The number of an honest list leads to one by somebody else, in the authority's name."""

    def change(editor: Editor) -> None:
        for number in range(len(editor.root["/DSS"]["/CRLs"])):
            reference = editor.root["/DSS"]["/CRLs"].raw_get(number)
            editor.swap(reference, "<< >>", forged_list(papers))

    return edited(papers.adjuster, change)


@TRANSPLANT.attack("adjuster", aim=Aim.HUSH)
def forged_revocation_list_added(papers: Papers) -> bytes:
    """A list by somebody else, in the authority's name, beside the honest ones."""

    def change(editor: Editor) -> None:
        editor.append(editor.root["/DSS"]["/CRLs"], editor.add("<< >>", stream=forged_list(papers)))
        editor.update_container(editor.root["/DSS"])

    return edited(papers.adjuster, change)


def forged_list(papers: Papers) -> bytes:
    """An empty list in the issuing authority's name, by another key."""
    issuer = x509.load_pem_x509_certificate(papers.house.authority.issuing_pem)
    start = NOW.replace(microsecond=0) - dt.timedelta(minutes=1)
    builder = x509.CertificateRevocationListBuilder(issuer.subject, start, start + dt.timedelta(days=7))
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    builder = builder.add_extension(x509.CRLNumber(10**20), critical=False).add_extension(identifier, critical=False)
    return builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.DER)


@TRANSPLANT.attack("adjuster", aim=Aim.HUSH)
def validation_data_of_another_document(papers: Papers) -> bytes:
    """The newest dictionary holds only what an attacker chose."""

    def change(editor: Editor) -> None:
        stream = editor.add("<< >>", stream=forged_list(papers))
        editor.put(editor.root, "/DSS", editor.add(f"<< /Type /DSS /CRLs [{stream.idnum} 0 R] /Certs [] >>"))

    return edited(papers.adjuster, change)
