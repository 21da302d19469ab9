"""Images of a draft, made ready for the page: decoded within limits, in the colours of the output intent, no finer than print.

Only PNG and JPEG are read. A photograph whose data is as the page needs it is kept as it is; everything else is decoded,
turned as the camera says, put on white paper and made smaller where it is finer than 300 dots an inch.

Source: ISO 19005-2, 6.2.8 (images); ISO 32000-1, 8.9.5.
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from signflow.errors import RefusedError
from signflow.minutes.model import Figure, Minutes
from signflow.rendering.jpeg import bare_jpeg

MOST_PIXELS = 40_000_000
MOST_BYTES = 30_000_000
_FINEST_DPI = 300
_USUAL_DPI = 150  # of an image whose draft does not say how wide it is
_KEPT = 16
_WIDE_MODES = frozenset({"RGBA", "LA", "PA", "P", "RGBa", "La"})  # may have something transparent
_UPRIGHT = 1  # Exif, orientation
_ORIENTATION = 0x0112
# What a broken image shows as in Pillow, depending on where it is broken.
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_sequence = threading.Lock()  # warnings are the whole process's


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as the file holds it.

    Attributes:
        name: The same for the same data.
        data: JPEG, or the rows of pixels.
        width_px: Pixels in a row.
        height_px: Rows.
        is_gray: One component a pixel, else red, green and blue.
        is_jpeg: Whether the data is JPEG.
    """

    name: str
    data: bytes
    width_px: int
    height_px: int
    is_gray: bool
    is_jpeg: bool


@dataclass(frozen=True, slots=True)
class Sized:
    """An image and how large it stands on the page."""

    picture: Picture
    width_pt: float
    height_pt: float


def unusable_images(minutes: Minutes) -> tuple[tuple[int, str], ...]:
    """The images that cannot be set, each with its line in the draft and the reason.

    The reason is one of `image-too-large` (bytes or pixels), `image-format` (neither PNG nor JPEG), `image-broken`.
    """
    found = ((figure.line, _reason(figure)) for figure in figures(minutes))
    return tuple((line, reason) for line, reason in found if reason)


def figures(minutes: Minutes) -> tuple[Figure, ...]:
    """The images of the minutes, in reading order."""
    blocks = (*minutes.front, *(block for item in minutes.items for block in item.blocks))
    return tuple(block for block in blocks if isinstance(block, Figure))


def sized(figure: Figure, room_pt: tuple[float, float]) -> Sized:
    """The image as large as the author made it, or smaller where there is no room for that.

    Args:
        figure: The image.
        room_pt: The width and height that there are.

    Raises:
        RefusedError: It cannot be set (`image-unusable`, with its line).
    """
    try:
        width_px, height_px = _size(figure.image)
        natural = figure.width_pt or width_px * 72 / _USUAL_DPI
        width = min(natural, room_pt[0], room_pt[1] * width_px / height_px)
        most_px = max(round(width / 72 * _FINEST_DPI), 1)
        return Sized(_picture(figure.image, most_px), width, width * height_px / width_px)
    except _UnusableError as error:
        raise RefusedError("image-unusable", line=figure.line) from error


class _UnusableError(ValueError):
    """Why."""


def _reason(figure: Figure) -> str:
    try:
        width, _ = _size(figure.image)
        _picture(figure.image, min(width, 600))
    except _UnusableError as error:
        return str(error)
    return ""


@lru_cache(_KEPT)
def _size(data: bytes) -> tuple[int, int]:
    """Width and height as seen, read from the head of the file."""
    if len(data) > MOST_BYTES:
        raise _UnusableError("image-too-large")
    with _opened(data) as image:
        return _seen(image)


@lru_cache(_KEPT)
def _picture(data: bytes, most_px: int) -> Picture:
    """The image no wider than so many pixels."""
    with _opened(data) as image:
        try:
            width, height = _seen(image)
            if image.format == "JPEG" and width <= most_px and _is_kept(image):
                image.load()  # its data must be whole
                return _named(bare_jpeg(data), image.size, is_gray=image.mode == "L", is_jpeg=True)
            image.draft("RGB", (most_px, max(most_px * height // width, 1)))  # a JPEG is decoded smaller at once
            drawn = _on_paper(ImageOps.exif_transpose(image))
            if drawn.width > most_px:
                rows = max(round(drawn.height * most_px / drawn.width), 1)
                drawn = drawn.resize((most_px, rows), Image.Resampling.LANCZOS)
            return _named(drawn.tobytes(), drawn.size, is_gray=drawn.mode == "L", is_jpeg=False)
        except _UnusableError:
            raise
        except _BROKEN as error:
            raise _UnusableError("image-broken") from error


def _opened(data: bytes) -> Image.Image:
    try:
        with _sequence, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower than its error's
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
    except Image.DecompressionBombError as error:
        raise _UnusableError("image-too-large") from error
    except UnidentifiedImageError as error:
        raise _UnusableError("image-format") from error
    except _BROKEN as error:
        raise _UnusableError("image-broken") from error
    if image.width * image.height > MOST_PIXELS or not image.width or not image.height:
        image.close()
        raise _UnusableError("image-too-large")
    return image


def _seen(image: Image.Image) -> tuple[int, int]:
    """Width and height after turning it as the camera says."""
    try:
        turned = image.getexif().get(_ORIENTATION, _UPRIGHT) in {5, 6, 7, 8}
    except _BROKEN as error:
        raise _UnusableError("image-broken") from error
    return (image.height, image.width) if turned else image.size


def _is_kept(image: Image.Image) -> bool:
    """Whether a JPEG is as PDF/A wants it: upright, gray or colours of the screen, without a profile of its own."""
    upright = image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT
    return upright and image.mode in {"L", "RGB"} and "icc_profile" not in image.info


def _on_paper(image: Image.Image) -> Image.Image:
    """In gray or sRGB, eight bits a component, where it is transparent on white."""
    if image.mode in {"I;16", "I;16B", "I", "F"}:
        return image.point(lambda value: value / 256).convert("L")
    transparent = image.mode in _WIDE_MODES or "transparency" in image.info
    if transparent:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode in {"CMYK", "L", "RGB"}:
        image = _in_srgb(image)
    return image if image.mode == "L" else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(cast("bytes", profile)))
        return cast(
            "Image.Image", ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        )
    except ImageCms.PyCMSError:
        return image  # a profile that cannot be used is as none


def _named(data: bytes, size: tuple[int, int], *, is_gray: bool, is_jpeg: bool) -> Picture:
    described = f"{size} {is_gray} {is_jpeg}".encode() + data
    return Picture(f"image-{hashlib.sha256(described).hexdigest()[:24]}", data, *size, is_gray=is_gray, is_jpeg=is_jpeg)
