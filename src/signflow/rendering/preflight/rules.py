"""What the preflight looks for: each rule's code and the clauses that it breaks.

Source: ISO 19005-2:2011 (PDF/A-2, level A), ISO 14289-1:2014 (PDF/UA-1), ISO 32000-1:2008 (what both rest on).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding says of the file."""

    ERROR = "error"  # it does not conform
    UNJUDGED = "unjudged"  # it holds something that this preflight cannot judge: it may conform or not
    WARNING = "warning"  # it may be so by the standard, and contradicts itself


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must be so.

    Attributes:
        pdfa: The clause of ISO 19005-2; empty where it asks for nothing.
        pdfua: The clause of ISO 14289-1, likewise.
        pdf: The clause of ISO 32000-1, where the other two only refer to it.
        severity: What it says of a file that it is found in.
    """

    pdfa: str = ""
    pdfua: str = ""
    pdf: str = ""
    severity: Severity = Severity.ERROR

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses with the names of their standards."""
        named = (("ISO 19005-2", self.pdfa), ("ISO 14289-1", self.pdfua), ("ISO 32000-1", self.pdf))
        return tuple(f"{standard}, {clause}" for standard, clause in named if clause)


RULES: Mapping[str, Rule] = {
    # the file and its objects
    "file-unreadable": Rule("6.1.1", pdf="7.5"),
    "too-much": Rule("6.1.1", severity=Severity.UNJUDGED),
    "header": Rule("6.1.2", "6.1"),
    "header-comment": Rule("6.1.2"),
    "trailer-id": Rule("6.1.3"),
    "encrypted": Rule("6.1.3", "7.16"),
    "data-after-end": Rule("6.1.3"),
    "xref-form": Rule("6.1.4"),
    "hex-string": Rule("6.1.6"),
    "stream-length": Rule("6.1.7.1"),
    "stream-keywords": Rule("6.1.7.1"),
    "stream-external": Rule("6.1.7.1"),
    "stream-filter": Rule("6.1.7.2"),
    "stream-undecodable": Rule("6.1.7.2"),
    "stream-unjudged": Rule("6.1.7.2", severity=Severity.UNJUDGED),
    "name-encoding": Rule("6.1.8"),
    "object-spacing": Rule("6.1.9"),
    "object-unreadable": Rule("6.1.9"),
    "reference-dangling": Rule("6.1.1", pdf="7.3.10", severity=Severity.WARNING),
    "key-doubled": Rule("6.1.1", pdf="7.3.7"),
    "inline-image-filter": Rule("6.1.10"),
    "permissions": Rule("6.1.12"),
    "number-range": Rule("6.1.13"),
    "string-length": Rule("6.1.13"),
    "name-length": Rule("6.1.13"),
    "objects-many": Rule("6.1.13"),
    "graphics-nesting": Rule("6.1.13"),
    "colorants-many": Rule("6.1.13"),
    "page-size": Rule("6.1.13"),
    "pages-broken": Rule("6.1.1", pdf="7.7.3"),
    # what is drawn
    "content-operator": Rule("6.2.2"),
    "content-resource": Rule("6.2.2"),
    "output-intent": Rule("6.2.3"),
    "output-intents-differ": Rule("6.2.3"),
    "colour-profile": Rule("6.2.4.2"),
    "colour-device": Rule("6.2.4.3"),
    "colour-unjudged": Rule("6.2.4", severity=Severity.UNJUDGED),
    "transfer-function": Rule("6.2.5"),
    "halftone": Rule("6.2.5"),
    "rendering-intent": Rule("6.2.6"),
    "image-alternates": Rule("6.2.8"),
    "image-interpolated": Rule("6.2.8"),
    "image-opi": Rule("6.2.8"),
    "image-depth": Rule("6.2.8"),
    "image-unjudged": Rule("6.2.8.3", severity=Severity.UNJUDGED),
    "xobject-postscript": Rule("6.2.9"),
    "xobject-reference": Rule("6.2.9", "7.20"),
    "blend-mode": Rule("6.2.10"),
    "transparency-space": Rule("6.2.10"),
    "form-shared": Rule(pdfua="7.20"),
    # fonts
    "font-dictionary": Rule("6.2.11.2", "7.21.2"),
    "font-file": Rule("6.2.11.2", "7.21.4.1"),
    "font-cmap": Rule("6.2.11.3.3", "7.21.3.3"),
    "font-collection": Rule("6.2.11.3.1", "7.21.3.1"),
    "font-glyph-map": Rule("6.2.11.3.2", "7.21.3.2"),
    "font-not-embedded": Rule("6.2.11.4.1", "7.21.4.1"),
    "font-subset": Rule("6.2.11.4.2", "7.21.4.2"),
    "font-encoding": Rule("6.2.11.6", "7.21.6"),
    "font-unjudged": Rule("6.2.11", "7.21", severity=Severity.UNJUDGED),
    "glyph-missing": Rule("6.2.11.4.1", "7.21.4.1"),
    "glyph-width": Rule("6.2.11.5", "7.21.5"),
    "glyph-undefined": Rule("6.2.11.8", "7.21.8"),
    "unicode-missing": Rule("6.2.11.7.2", "7.21.7"),
    "unicode-meaningless": Rule("6.2.11.7.2", "7.21.7"),
    "unicode-private": Rule("6.2.11.7.3"),
    # annotations, forms, actions
    "annotation-type": Rule("6.3.1"),
    "annotation-flags": Rule("6.3.2"),
    "annotation-appearance": Rule("6.3.3"),
    "annotation-untagged": Rule(pdfua="7.18.1"),
    "annotation-undescribed": Rule(pdfua="7.18.1"),
    "annotation-place": Rule(pdfua="7.18.1", pdf="14.7.4.4"),
    "trap-net": Rule(pdfua="7.18.2"),
    "tab-order": Rule(pdfua="7.18.3"),
    "field-untagged": Rule(pdfua="7.18.4"),
    "field-undescribed": Rule(pdfua="7.18.1"),
    "form-children": Rule(pdfua="7.18.4"),
    "link-untagged": Rule(pdfua="7.18.5"),
    "link-undescribed": Rule(pdfua="7.18.5"),
    "printer-mark": Rule(pdfua="7.18.8"),
    "field-action": Rule("6.4.1"),
    "need-appearances": Rule("6.4.1"),
    "xfa": Rule("6.4.2", "7.15"),
    "signature-range": Rule("6.4.3"),
    "signature-signers": Rule("6.4.3"),
    "signature-certificate": Rule("6.4.3"),
    "action": Rule("6.5.1"),
    "trigger": Rule("6.5.2"),
    "embedded-file": Rule("6.8", "7.11"),
    "embedded-file-unjudged": Rule("6.8", severity=Severity.UNJUDGED),
    "layers": Rule("6.9", "7.10"),
    "alternate-presentations": Rule("6.10"),
    "requirements": Rule("6.11"),
    # what the file says about itself
    "metadata-missing": Rule("6.6.2.1", "7.1"),
    "metadata-packet": Rule("6.6.2.1"),
    "metadata-unreadable": Rule("6.6.2.1"),
    "metadata-property": Rule("6.6.2.3.1"),
    "metadata-extension": Rule("6.6.2.3.3"),
    "metadata-extension-field": Rule("6.6.2.3.2"),
    "metadata-unjudged": Rule("6.6.2.3.1", severity=Severity.UNJUDGED),
    "info-differs": Rule("6.6.3", severity=Severity.WARNING),
    "pdfa-claim": Rule("6.6.4"),
    "pdfua-claim": Rule(pdfua="5"),
    "title-missing": Rule(pdfua="7.1"),
    "title-not-shown": Rule(pdfua="7.1"),
    # structure
    "not-marked": Rule("6.7.2.2", "6.2"),
    "structure-suspect": Rule(pdfua="7.1"),
    "structure-missing": Rule("6.7.3.3", "7.1"),
    "structure-broken": Rule("6.7.3.3", "7.1", "14.7.2"),
    "parent-tree": Rule("6.7.3.3", "7.1", "14.7.4.4"),
    "type-unmapped": Rule("6.7.3.4", "7.1"),
    "type-circular": Rule("6.7.3.4", "7.1"),
    "type-remapped": Rule("6.7.3.4", "7.1"),
    "content-untagged": Rule(pdfua="7.1"),
    "content-nested": Rule(pdfua="7.1"),
    "content-marks": Rule("6.7.3.3", "7.1", "14.6"),
    "language-form": Rule("6.7.4", "7.2"),
    "language-missing": Rule(pdfua="7.2"),
    "table-parts": Rule(pdfua="7.2"),
    "table-spans": Rule(pdfua="7.2"),
    "table-headers": Rule(pdfua="7.5"),
    "list-parts": Rule(pdfua="7.2"),
    "contents-parts": Rule(pdfua="7.2"),
    "figure-undescribed": Rule(pdfua="7.3"),
    "formula-undescribed": Rule(pdfua="7.7"),
    "heading-order": Rule(pdfua="7.4.2"),
    "heading-kinds": Rule(pdfua="7.4.4"),
    "note-identifier": Rule(pdfua="7.9"),
}
