"""The XML signature that a person's BankID makes: whether it is about what we asked.

That it holds is BankID's word, on the line it came on; whoever doubts it later verifies it with BankID's root, since it is kept whole.

Source: BankID Signature Profile, `bankIdSignedData`; XML Signature Syntax and Processing 1.1.
"""

from __future__ import annotations

import base64
import binascii

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] -- lxml ships without types

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_BANKID = "{http://www.bankid.com/signature/v1.0.0/types}"
_UNSEEN = f"{_SIGNATURE}Object/{_BANKID}bankIdSignedData/{_BANKID}usrNonVisibleData"


def is_about(signature: bytes, reference: str) -> bool:
    """Whether the person has signed our reference for the act, which went with the order and was not shown.

    Args:
        signature: The XML. Untrusted.
        reference: As it went with the order.
    """
    # a parser for each: entities are not resolved, nothing is fetched, and depth is libxml2's to bound
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(signature, parser)
        if root.getroottree().docinfo.doctype or root.tag != f"{_SIGNATURE}Signature":
            return False
        said = [base64.b64decode(one.text or "", validate=True) for one in root.findall(_UNSEEN)]
    except (etree.XMLSyntaxError, binascii.Error, ValueError):
        return False
    return said == [reference.encode()]
