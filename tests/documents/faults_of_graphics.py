"""What is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plain_pdf import PlainPdf, made_stream
from preflight_edits import (
    CATALOG,
    IMAGE,
    PAGE,
    Fault,
    before_page,
    dropped,
    replaced,
    with_object,
    with_resource,
    with_state,
)

_FORM = b"/Subtype /Form /BBox [0 0 9 9] /Resources <<>> "


def faults_of_graphics() -> Iterator[Fault]:
    yield Fault("operator", "A 6.2.2", before_page(b"1 zz"))
    yield Fault("resources-inherited", "A 6.2.2", _inherited_fonts)
    yield Fault("no-output-intent", "A 6.2.4.3", dropped(CATALOG, rb"/OutputIntents \[.*?\]"))
    yield Fault(
        "output-profile-lab",
        "A 6.2.3",
        lambda pdf: pdf.restream(pdf.find(rb"^<</N 3"), lambda icc: icc[:16] + b"Lab " + icc[20:]),
    )
    yield Fault(
        "output-profile-class",
        "A 6.2.3",
        lambda pdf: pdf.restream(pdf.find(rb"^<</N 3"), lambda icc: icc[:12] + b"link" + icc[16:]),
    )
    yield Fault(
        "output-profile-version",
        "A 6.2.3",
        lambda pdf: pdf.restream(pdf.find(rb"^<</N 3"), lambda icc: icc[:8] + b"\x05" + icc[9:]),
    )
    yield Fault("output-profiles", "A 6.2.3", _two_profiles)
    yield Fault("cmyk", "A 6.2.4.3", before_page(b"0 0 0 1 k 1 1 2 2 re f"))
    yield Fault(
        "cmyk-image",
        "A 6.2.4.3",
        with_object(b"/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceCMYK /BitsPerComponent 8", b"\0\0\0\0"),
    )
    yield Fault("icc-input", "A 6.2.4.2", _bad_icc)
    yield Fault("transfer", "A 6.2.5", with_state(b"/TR /Identity"))
    yield Fault("transfer-2", "A 6.2.5", with_state(b"/TR2 /Identity"))
    yield Fault("halftone-phase", "A 6.2.5", with_state(b"/HTP [0 0]"))
    yield Fault("halftone-type", "A 6.2.5", with_state(b"/HT <</Type /Halftone /HalftoneType 6>>"))
    yield Fault(
        "halftone-name",
        "A 6.2.5",
        with_state(
            b"/HT <</Type /Halftone /HalftoneType 1 /HalftoneName (a) /Frequency 9 /Angle 0 /SpotFunction /Round>>"
        ),
    )
    yield Fault("intent-operator", "A 6.2.6", before_page(b"/Any ri"))
    yield Fault("intent-state", "A 6.2.6", with_state(b"/RI /Any"))
    yield Fault("alternates", "A 6.2.8", with_object(IMAGE + b"/Alternates []"))
    yield Fault("image-opi", "A 6.2.8", with_object(IMAGE + b"/OPI <<>>"))
    yield Fault("interpolated", "A 6.2.8", with_object(IMAGE + b"/Interpolate true"))
    yield Fault(
        "image-depth",
        "A 6.2.8",
        with_object(b"/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 3"),
    )
    yield Fault(
        "mask-depth",
        "A 6.2.8",
        with_object(b"/Subtype /Image /Width 1 /Height 1 /ImageMask true /BitsPerComponent 8"),
        alone=True,
    )
    yield Fault("form-postscript", "A 6.2.9", with_object(_FORM + b"/Subtype2 /PS", b""))
    yield Fault("form-ps", "A 6.2.9", with_object(_FORM + b"/PS <<>>", b""))
    yield Fault("form-reference", "A 6.2.9, UA 7.20", with_object(_FORM + b"/Ref <</F (a.pdf) /Page 1>>", b""))
    yield Fault("postscript", "A 6.2.9", with_object(b"/Subtype /PS", b""))
    yield Fault("blend-mode", "A 6.2.10", with_state(b"/BM /Odd"))
    yield Fault("transparency-space", "A 6.2.10", _unmixed)
    yield Fault(
        "inline-lzw",
        "A 6.1.10",
        before_page(b"BI /W 1 /H 1 /CS /G /BPC 8 /F /LZW ID \x80\x0b\x60\x50\x22\x0c\x0c\x85\x01 EI"),
    )
    yield Fault("inline-interpolated", "A 6.2.8", before_page(b"BI /W 1 /H 1 /CS /G /BPC 8 /I true ID x EI"))
    yield Fault("content-integer", "A 6.1.13", before_page(b"99999999999 w"))
    yield Fault("colorants", "A 6.1.13", lambda pdf: _device_n(pdf, 33))
    yield Fault("colorants-absent", "A 6.2.4", lambda pdf: _device_n(pdf, 2))
    yield Fault("separations-differ", "A 6.2.4", _separations)
    yield Fault(
        "profile-reference",
        "A 6.2.3",
        replaced(
            CATALOG,
            b"/OutputIntents [",
            b"/OutputIntents [<</Type /OutputIntent/S /GTS_PDFX/OutputConditionIdentifier (b)/DestOutputProfileRef <<>>>>",
        ),
    )
    yield Fault(
        "gray-unintended",
        "A 6.2.4.3",
        lambda pdf: (before_page(b"0 g 0 0 9 9 re f")(pdf), dropped(CATALOG, rb"/OutputIntents \[.*?\]")(pdf))[0],
    )
    yield Fault(
        "halftone-transfer",
        "A 6.2.5",
        with_state(
            b"/HT <</Type /Halftone /HalftoneType 1 /Frequency 9 /Angle 0 /SpotFunction /Round /TransferFunction /Identity>>"
        ),
    )
    yield Fault("soft-mask-depth", "A 6.2.8", _odd_mask)


def _inherited_fonts(pdf: PlainPdf) -> None:
    pages = pdf.find(rb"/Type /Pages")
    page = max(number for number, source in pdf.objects.items() if re.search(PAGE, source))
    pdf.objects[pages] = pdf.objects[pages].replace(b"/Type", b"/Resources <</Font 1 0 R>> /Type")
    pdf.objects[page] = re.sub(rb"/Resources <<.*?>>", b"", pdf.objects[page], flags=re.DOTALL)


def _two_profiles(pdf: PlainPdf) -> None:
    profile = pdf.find(rb"^<</N 3")
    second = pdf.add(pdf.objects[profile])
    pdf.replace(
        CATALOG,
        b"/OutputIntents [",
        b"/OutputIntents [<</Type /OutputIntent/S /GTS_PDFX/OutputConditionIdentifier (b)/DestOutputProfile %d 0 R>>"
        % second,
    )


def _bad_icc(pdf: PlainPdf) -> None:
    profile = pdf.stream(pdf.find(rb"^<</N 3"))
    number = pdf.add(made_stream(b"/N 3", profile[:12] + b"link" + profile[16:]))
    with_resource(b"ColorSpace", b"[/ICCBased %d 0 R]" % number, b"/X9 cs 1 0 0 sc 1 1 2 2 re f")(pdf)


def _unmixed(pdf: PlainPdf) -> None:
    """Something transparent, and no output intent."""
    dropped(CATALOG, rb"/OutputIntents \[.*?\]")(pdf)
    with_state(b"/ca 0.5")(pdf)


def _device_n(pdf: PlainPdf, count: int) -> None:
    names = b" ".join(b"/C%d" % index for index in range(count))
    function = pdf.add(
        made_stream(
            b"/FunctionType 4 /Domain [%b] /Range [0 1 0 1 0 1]" % (b"0 1 " * count),
            b"{" + b"pop " * (count - 3) + b"}",
        )
        if count >= 3
        else made_stream(b"/FunctionType 4 /Domain [0 1 0 1] /Range [0 1 0 1 0 1]", b"{dup}")
    )
    space = b"[/DeviceN [%b] /DeviceRGB %d 0 R]" % (names, function)
    with_resource(b"ColorSpace", space, b"/X9 cs " + b"0 " * count + b"sc 1 1 2 2 re f")(pdf)


def _separations(pdf: PlainPdf) -> None:
    """One colorant, two meanings."""
    first = pdf.add(b"<</FunctionType 2 /Domain [0 1] /C0 [1 1 1] /C1 [0 0 0] /N 1>>")
    second = pdf.add(b"<</FunctionType 2 /Domain [0 1] /C0 [1 1 1] /C1 [1 0 0] /N 1>>")
    other = pdf.add(b"[/Separation /Spot /DeviceRGB %d 0 R]" % second)
    with_resource(
        b"ColorSpace", b"[/Separation /Spot /DeviceRGB %d 0 R]" % first, b"/X9 cs 1 sc /X8 cs 1 sc 1 1 2 2 re f"
    )(pdf)
    pdf.replace(PAGE, b"/ColorSpace <<", b"/ColorSpace <</X8 %d 0 R " % other)


def _odd_mask(pdf: PlainPdf) -> None:
    mask = pdf.add(
        made_stream(b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ImageMask true /BitsPerComponent 8", b"x")
    )
    with_object(IMAGE + b"/Mask %d 0 R" % mask)(pdf)
