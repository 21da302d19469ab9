"""What is drawn, and with which colours, states and images.

Source: ISO 19005-2, 6.2.2 to 6.2.10; ISO 14289-1, 7.20.
"""

from __future__ import annotations

from collections.abc import Iterator

from signflow.rendering.preflight.content import INTENTS
from signflow.rendering.preflight.document import Document, Drawing
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, Name, Ref, Stream, Value, names_in

_INHERENT = {
    "Pattern": {"DeviceGray", "DeviceRGB", "DeviceCMYK"},
    "ColorSpace": {"DeviceGray", "DeviceRGB", "DeviceCMYK", "Pattern"},
}
_NEEDS = {"DeviceRGB": {"RGB "}, "DeviceCMYK": {"CMYK"}, "DeviceGray": {"RGB ", "CMYK", "GRAY"}}
_OUTPUT_CLASSES, _OUTPUT_SPACES = {"prtr", "mntr"}, {"RGB ", "CMYK", "GRAY"}
_INPUT_CLASSES, _INPUT_SPACES = _OUTPUT_CLASSES | {"scnr", "spac"}, _OUTPUT_SPACES | {"Lab "}
_COMPONENTS = {"GRAY": 1, "RGB ": 3, "Lab ": 3, "CMYK": 4}
_ICC_HEADER_BYTES, _ICC_LATEST = 128, 4
_DEPTHS = {None, 1, 2, 4, 8, 16}
_BLEND_MODES = tuple(
    names_in(
        "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference Exclusion Hue Saturation Color Luminosity"
    )
)
_PLAIN_HALFTONES = {1, 5}
_PRIMARIES = {"Cyan", "Magenta", "Yellow", "Black"}
_MOST_COLORANTS = 32  # ISO 19005-2, 6.1.13
_DEEPEST = 8  # colour spaces inside each other


def check_output_intents(document: Document) -> Iterator[Finding]:
    """6.2.3: one profile for a device that prints or shows."""
    file = document.file
    profiles: set[object] = set()
    for intent in file.dictionaries(file.array(document.catalog, "OutputIntents")):
        if file.name(intent, "S") == "GTS_PDFX" and "DestOutputProfileRef" in intent:
            yield found("output-intent", intent, "DestOutputProfileRef")
        profile = file.stream(intent, "DestOutputProfile")
        if profile is None:
            continue
        profiles.add(
            intent.get("DestOutputProfile") if isinstance(intent.get("DestOutputProfile"), Ref) else id(profile)
        )
        device, space, version = _icc_header(document, profile)
        if device not in _OUTPUT_CLASSES or space not in _OUTPUT_SPACES or version > _ICC_LATEST:
            yield found("output-intent", profile, f"{device} {space}")
    if len(profiles) > 1:
        yield found("output-intents-differ", document.catalog)


def check_content(document: Document) -> Iterator[Finding]:
    """6.2.2: known operators, and resources that the content's holder names itself."""
    for drawing in document.drawings:
        for code, detail in sorted(drawing.content.faults):
            yield found(code, drawing.holder, detail, drawing.page)
        for category, names in drawing.content.used.items():
            known = document.file.dictionary(drawing.resources, category)
            for name in sorted(names - known.keys() - _INHERENT.get(category, set())):
                yield found("content-resource", drawing.holder, f"{category} {name}", drawing.page)


def check_colours(document: Document) -> Iterator[Finding]:
    """6.2.4: device colours under an output intent, profiles that can be used."""
    output = _output_space(document)
    seen: set[object] = set()
    for drawing in document.drawings:
        spaces: list[Value] = [Name(one) for one in sorted(drawing.content.spaces)]
        named = document.file.dictionary(drawing.resources, "ColorSpace")
        spaces += [Name(one) for one in sorted(drawing.content.used.get("ColorSpace", ())) if one.startswith("Device")]
        spaces += named.values()
        spaces += [image.get("ColorSpace") for image in _xobjects(document, drawing, "Image")]
        spaces += [one.get("ColorSpace") for one in _named(document, drawing, "Shading")]
        group = document.file.dictionary(drawing.holder, "Group")
        spaces.append(group.get("CS"))
        for space in spaces:
            key = space if isinstance(space, Ref | Name) else id(space)
            if key not in seen:
                seen.add(key)
                yield from _judged(document, space, output, drawing, _DEEPEST)


def check_states(document: Document) -> Iterator[Finding]:
    """6.2.5, 6.2.6, 6.2.10: graphics states without transfer functions, with permitted halftones and blend modes."""
    for drawing in document.drawings:
        for state in _named(document, drawing, "ExtGState"):
            for code, detail in _faults_of_state(document, state):
                yield found(code, state, detail, drawing.page)


def _faults_of_state(document: Document, state: Dictionary) -> Iterator[tuple[str, object]]:
    file = document.file
    if "TR" in state or ("TR2" in state and file.entry(state, "TR2") != "Default"):
        yield "transfer-function", "TR"
    if "HTP" in state or not _is_plain_halftone(document, state):
        yield "halftone", "HT"
    if "RI" in state and file.name(state, "RI") not in INTENTS:
        yield "rendering-intent", file.name(state, "RI")
    modes = file.entry(state, "BM") if "BM" in state else Name("Normal")
    for mode in modes if isinstance(modes, list) else [modes]:
        if file.resolve(mode) not in _BLEND_MODES:
            yield "blend-mode", mode
    if isinstance(file.entry(state, "SMask"), Dictionary):
        yield "colour-unjudged", "SMask"
    if any(state.get(key) is True for key in ("OP", "op")):
        yield "colour-unjudged", "OP"
    if "Font" in state:
        yield "font-unjudged", "Font"


def check_objects_drawn(document: Document) -> Iterator[Finding]:
    """6.2.8, 6.2.9: images and forms."""
    file = document.file
    for drawing in document.drawings:
        objects = file.dictionary(drawing.resources, "XObject")
        for stream in file.dictionaries(list(objects.values())):
            kind = file.name(stream, "Subtype")
            if "OPI" in stream:
                yield found("image-opi" if kind == "Image" else "xobject-postscript", stream, "OPI", drawing.page)
            if kind == "Image":
                yield from _judged_image(document, stream, drawing.page)
            elif kind == "Form":
                if file.name(stream, "Subtype2") == "PS" or "PS" in stream:
                    yield found("xobject-postscript", stream, "PS", drawing.page)
                if "Ref" in stream:
                    yield found("xobject-reference", stream, page=drawing.page)
            else:
                yield found("xobject-postscript", stream, kind, drawing.page)
        for category in ("Pattern", "Shading"):
            if file.dictionary(drawing.resources, category):
                yield found("colour-unjudged", drawing.resources, category, drawing.page)


def check_transparency(document: Document) -> Iterator[Finding]:
    """6.2.10: a page with something transparent on it says in which colours that is mixed."""
    if _output_space(document):
        return
    for drawing in document.drawings:
        group = document.file.dictionary(drawing.holder, "Group")
        if _is_transparent(document, drawing) and "CS" not in group:
            yield found("transparency-space", drawing.holder, page=drawing.page)


def _judged_image(document: Document, image: Dictionary, page: int) -> Iterator[Finding]:
    file = document.file
    if "Alternates" in image:
        yield found("image-alternates", image, page=page)
    if file.entry(image, "Interpolate") is True:
        yield found("image-interpolated", image, page=page)
    depth = file.number(image, "BitsPerComponent")
    is_mask = file.entry(image, "ImageMask") is True
    if depth not in ({None, 1} if is_mask else _DEPTHS):
        yield found("image-depth", image, depth, page)
    if isinstance(image, Stream) and "JPXDecode" in file.filters(image):
        yield found("image-unjudged", image, "JPXDecode", page)
    if "Intent" in image and file.name(image, "Intent") not in INTENTS:
        yield found("rendering-intent", image, file.name(image, "Intent"), page)
    for key in ("SMask", "Mask"):
        mask = file.stream(image, key)
        if mask is not None:
            yield from _judged_image(
                document, Dictionary({k: v for k, v in mask.items() if k not in {"SMask", "Mask"}}, mask.number), page
            )


def _judged(document: Document, space: Value, output: str, drawing: Drawing, depth: int) -> Iterator[Finding]:
    """What is wrong with a colour space; a device's own is one where there is an output intent of its kind."""
    space = document.file.resolve(space)
    if isinstance(space, Name) and space in _NEEDS:
        default = document.file.dictionary(drawing.resources, "ColorSpace").get(space.replace("Device", "Default"))
        if default is None and output not in _NEEDS[space]:
            yield found("colour-device", drawing.holder, space, drawing.page)
        return
    if not isinstance(space, list) or not space or not depth:
        return
    family = document.file.resolve(space[0])
    rest = space[1:]
    if family == "ICCBased" and rest:
        yield from _judged_profile(document, document.file.resolve(rest[0]), drawing)
    elif family == "Indexed" and rest:
        yield from _judged(document, rest[0], output, drawing, depth - 1)
    elif family in {"Separation", "DeviceN", "Pattern"} and rest:
        names = document.file.resolve(rest[0])
        if isinstance(names, list) and len(names) > _MOST_COLORANTS:
            yield found("colorants-many", drawing.holder, len(names), drawing.page)
        for inner in rest[1:2] if family != "Pattern" else rest[:1]:
            yield from _judged(document, inner, output, drawing, depth - 1)
        yield found("colour-unjudged", drawing.holder, family, drawing.page)
    elif family not in {"CalGray", "CalRGB", "Lab"}:
        yield from _judged(document, family, output, drawing, depth - 1)


def _judged_profile(document: Document, profile: Value, drawing: Drawing) -> Iterator[Finding]:
    if not isinstance(profile, Stream):
        yield found("colour-profile", drawing.holder, page=drawing.page)
        return
    device, space, version = _icc_header(document, profile)
    count = document.file.number(profile, "N")
    if (
        device not in _INPUT_CLASSES
        or space not in _INPUT_SPACES
        or version > _ICC_LATEST
        or count != _COMPONENTS.get(space)
    ):
        yield found("colour-profile", profile, f"{device} {space}", drawing.page)


def _icc_header(document: Document, profile: Stream) -> tuple[str, str, int]:
    """The device's class, the colour space and the version (ICC.1, 7.2)."""
    content = document.file.decoded(profile) or b""
    if len(content) < _ICC_HEADER_BYTES:
        return "", "", 0
    return content[12:16].decode("latin-1"), content[16:20].decode("latin-1"), content[8]


def _output_space(document: Document) -> str:
    """The colour space of the output intent for PDF/A; empty where there is none."""
    file = document.file
    for intent in file.dictionaries(file.array(document.catalog, "OutputIntents")):
        profile = file.stream(intent, "DestOutputProfile")
        if file.name(intent, "S") == "GTS_PDFA1" and profile is not None:
            return _icc_header(document, profile)[1]
    return ""


def _named(document: Document, drawing: Drawing, category: str) -> Iterator[Dictionary]:
    return document.file.dictionaries(list(document.file.dictionary(drawing.resources, category).values()))


def _xobjects(document: Document, drawing: Drawing, kind: str) -> list[Dictionary]:
    return [one for one in _named(document, drawing, "XObject") if document.file.name(one, "Subtype") == kind]


def _is_plain_halftone(document: Document, state: Dictionary) -> bool:
    """Whether its halftone is of type 1 or 5, without a name, and changes the transfer of spot colours alone."""
    file = document.file
    halftone = file.entry(state, "HT") if "HT" in state else None
    if not isinstance(halftone, Dictionary):
        return True
    kind = file.number(halftone, "HalftoneType")
    if kind not in _PLAIN_HALFTONES or "HalftoneName" in halftone:
        return False
    if kind == 1:
        return "TransferFunction" not in halftone
    inner = {
        name: file.dictionary(halftone, name) for name in halftone if name not in {"Type", "HalftoneType", "Default"}
    }
    return all(("TransferFunction" in one) is (name not in _PRIMARIES) for name, one in inner.items())


def _is_transparent(document: Document, drawing: Drawing) -> bool:
    file = document.file
    if file.name(file.dictionary(drawing.holder, "Group"), "S") == "Transparency" and not drawing.is_page:
        return True
    if any("SMask" in image for image in _xobjects(document, drawing, "Image")):
        return True
    return any(
        file.number(state, key) not in {None, 1}
        for state in _named(document, drawing, "ExtGState")
        for key in ("ca", "CA")
    ) or any(
        file.entry(state, "BM") not in (None, "Normal", "Compatible")
        for state in _named(document, drawing, "ExtGState")
    )
