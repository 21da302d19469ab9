"""Annotations, fields and actions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plain_pdf import PlainPdf
from preflight_edits import LINK, PAGE, WIDGET, Fault, dropped, in_catalog, replaced, retagged, with_annotation


def faults_of_annotations() -> Iterator[Fault]:
    plain = b"/Contents (a) /F 4 "
    yield Fault("annotation-type", "A 6.3.1", with_annotation(b"/Subtype /Odd " + plain))
    yield Fault("annotation-movie", "A 6.3.1", with_annotation(b"/Subtype /Movie " + plain))
    yield Fault("flags-none", "A 6.3.2", replaced(LINK, b"/F 4", b""))
    yield Fault("flags-hidden", "A 6.3.2", replaced(LINK, b"/F 4", b"/F 6"))
    yield Fault("flags-no-view", "A 6.3.2", replaced(LINK, b"/F 4", b"/F 36"))
    yield Fault("flags-screen", "A 6.3.2", replaced(WIDGET, b"/F 132", b"/F 128"))
    yield Fault("no-appearance", "A 6.3.3", dropped(WIDGET, rb"/AP <<.*?>>"))
    yield Fault("appearance-more", "A 6.3.3", replaced(WIDGET, b"/AP <<", b"/AP <</D null /R 1 "))
    yield Fault("appearance-states", "A 6.3.3", _states)
    yield Fault("field-action", "A 6.4.1", replaced(WIDGET, b"/F 132", b"/F 132 /A <</S /URI /URI (a:b)>>"))
    yield Fault("field-trigger", "A 6.4.1", replaced(WIDGET, b"/F 132", b"/F 132 /AA <</E <</S /URI /URI (a:b)>>>>"))
    yield Fault(
        "need-appearances", "A 6.4.1", replaced(rb"/SigFlags", b"/SigFlags", b"/NeedAppearances true /SigFlags")
    )
    yield Fault("xfa", "A 6.4.2", replaced(rb"/SigFlags", b"/SigFlags", b"/XFA [] /SigFlags"))
    yield Fault("javascript", "A 6.5.1", replaced(LINK, b"/S /URI/URI", b"/S /JavaScript/JS"))
    yield Fault("launch", "A 6.5.1", replaced(LINK, b"/S /URI/URI", b"/S /Launch/F"))
    yield Fault("named-action", "A 6.5.1", in_catalog(b"/OpenAction <</S /Named /N /Print>>"))
    yield Fault("open-script", "A 6.5.1", in_catalog(b"/OpenAction <</S /JavaScript /JS (1)>>"))
    yield Fault(
        "name-tree-script",
        "A 6.5.1",
        in_catalog(b"/Names <</JavaScript <</Names [(a) <</S /JavaScript /JS (1)>>]>>>>"),
        alone=True,
    )
    yield Fault("next-action", "A 6.5.1", replaced(LINK, b"/S /URI", b"/Next <</S /Launch /F (a)>> /S /URI"))
    yield Fault(
        "bookmark-action",
        "A 6.5.1",
        replaced(rb"/First \d+ 0 R /Last \d+ 0 R /Parent", b"/First", b"/A <</S /Sound>> /First"),
    )
    yield Fault("no-tab-order", "UA 7.18.3", dropped(PAGE, rb"/Tabs /S"))
    yield Fault("tab-order", "UA 7.18.3", replaced(PAGE, b"/Tabs /S", b"/Tabs /R"))
    yield Fault("field-undescribed", "UA 7.18.1", dropped(WIDGET, rb"/TU \(.*?(?<!\\)\)"))
    yield Fault("field-untagged", "UA 7.18.4", retagged(b"Form", b"Sect"))
    yield Fault("form-children", "UA 7.18.4", _two_children)
    yield Fault("link-undescribed", "UA 7.18.5", dropped(LINK, rb"/Contents \(.*?\)"))
    yield Fault("link-untagged", "UA 7.18.5", retagged(b"Link", b"Span"))
    yield Fault(
        "annotation-untagged",
        "UA 7.18.1",
        lambda pdf: (with_annotation(b"/Subtype /Square " + plain)(pdf), retagged(b"Annot", b"Span")(pdf))[0],
    )
    yield Fault("annotation-undescribed", "UA 7.18.1", with_annotation(b"/Subtype /Square /F 4"))
    yield Fault("trap-net", "UA 7.18.2", with_annotation(b"/Subtype /TrapNet " + plain))
    yield Fault("printer-mark", "UA 7.18.8", with_annotation(b"/Subtype /PrinterMark " + plain))
    yield Fault("annotation-bare", "A 6.3.3", with_annotation(b"/Subtype /Square " + plain, appearance=False))
    yield Fault("button-states", "A 6.3.3", replaced(WIDGET, b"/FT /Sig", b"/FT /Btn"))
    yield Fault(
        "signature-reference",
        "A 6.1.12",
        in_catalog(
            b"/Perms <</DocMDP <</Type /Sig /Reference [<</Type /SigRef /TransformMethod /DocMDP /DigestMethod /MD5>>]>>>>"
        ),
        alone=True,
    )


def _states(pdf: PlainPdf) -> None:
    """An appearance for each state, where there is one state."""
    number = pdf.find(WIDGET)
    pdf.objects[number] = re.sub(rb"/AP <</N (\d+ 0 R)>>", rb"/AP <</N <</On \1>>>>", pdf.objects[number])


def _two_children(pdf: PlainPdf) -> None:
    widgets = [number for number, source in sorted(pdf.objects.items()) if b"/Subtype /Widget" in source]
    number = pdf.find(rb"/S/Form/")
    pdf.objects[number] = re.sub(
        rb"/K (<<.*?>>)", rb"/K [\1 <</Type/OBJR/Obj %d 0 R>>]" % widgets[1], pdf.objects[number]
    )
