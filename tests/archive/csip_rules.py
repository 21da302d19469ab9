"""The published CSIP 2.1.0 rules for a METS document, run with lxml's Schematron."""

from __future__ import annotations

import functools
from pathlib import Path

from lxml import etree
from lxml.isoschematron import Schematron

_RULES = Path(__file__).parent / "schemas" / "csip-2.1"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
# Terms of the DILCIS vocabularies (CSIPVocabularyContentCategory and its siblings) that a text archive may use.
_TERMS = {
    "@TYPE": ("Textual works – Print", "Textual works – Digital", "Mixed", "Other"),
    "@csip:CONTENTINFORMATIONTYPE": ("ERMS", "citserms_v2_1", "MIXED", "OTHER"),
    "@csip:OAISPACKAGETYPE": ("SIP", "AIP", "DIP", "AIU", "AIC"),
    "@STATUS": ("SUPERSEDED", "CURRENT"),
}
_MEDIA_TYPES = ("application/xml", "application/json", "application/pdf", "text/plain", "text/markdown")


@functools.cache
def _rulesets() -> tuple[Schematron, ...]:
    rulesets: list[Schematron] = []
    for file in sorted(_RULES.glob("*.xml")):
        rules = file.read_text("utf-8")
        for attribute, terms in _TERMS.items():
            test = " or ".join(f"({attribute} = '{term}')" for term in terms)
            rules = rules.replace(f"{attribute}_vocabulary_test", test)
        test = " or ".join(f"(@MIMETYPE = '{media_type}')" for media_type in _MEDIA_TYPES)
        rules = rules.replace("@MIMETYPE_IANA_test", test)
        rulesets.append(Schematron(etree.fromstring(rules.encode()), store_report=True))
    return tuple(rulesets)


def broken_rules(mets: bytes) -> set[str]:
    """The identifiers of the rules the document breaks, errors and warnings alike."""
    document = etree.ElementTree(etree.fromstring(mets))
    broken: set[str] = set()
    for ruleset in _rulesets():
        ruleset.validate(document)
        broken |= {failed.get("id") for failed in ruleset.validation_report.iter(f"{_SVRL}failed-assert")}
    return broken
