from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace

import pytest
from drawn_minutes import drawn, png
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from signflow.errors import RefusedError
from signflow.minutes.model import Figure, Item, Minutes
from signflow.rendering.images import sized, unusable_images

ROOM = (440.0, 500.0)


def jpeg(width: int = 80, height: int = 40, mode: str = "RGB", **options: object) -> bytes:
    packed = io.BytesIO()
    Image.new(mode, (width, height), 0).save(packed, "JPEG", **options)
    return packed.getvalue()


def figure(image: bytes, width_pt: float | None = None) -> Figure:
    return Figure(image, "En bild", decorative=False, line=7, width_pt=width_pt)


def with_images(*images: bytes) -> Minutes:
    return replace(drawn(1), items=(Item(1, "1.", "Bilder", 3, tuple(map(figure, images)), 1),))


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a large image."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_gray_or_rgb_without_transparency(mode: str) -> None:
    picture = sized(figure(png(30, 20, mode, 0)), ROOM).picture
    assert len(picture.data) == 30 * 20 * (1 if picture.is_gray else 3)


def test_what_is_transparent_shows_paper() -> None:
    image = png(10, 10, "RGBA", "#00000000")
    assert set(sized(figure(image), ROOM).picture.data) == {255}


@pytest.mark.parametrize(("mode", "kept"), [("RGB", True), ("L", True), ("CMYK", False)])
def test_a_jpeg_is_kept_as_it_is_unless_its_colours_are_for_a_press(mode: str, *, kept: bool) -> None:
    picture = sized(figure(jpeg(mode=mode)), ROOM).picture
    assert picture.is_jpeg is kept
    if kept:
        assert Image.open(io.BytesIO(picture.data)).tobytes() == Image.open(io.BytesIO(jpeg(mode=mode))).tobytes()


def test_what_a_camera_wrote_beside_the_image_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Hemlig plats"
    data = jpeg(exif=exif, comment=b"Hemlig kommentar") + b"Hemlig svans"
    picture = sized(figure(data), ROOM).picture
    assert picture.is_jpeg
    assert b"Hemlig" in data
    assert b"Hemlig" not in picture.data
    assert Image.open(io.BytesIO(picture.data)).size == (80, 40)


def test_a_jpeg_lying_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = sized(figure(jpeg(80, 40, exif=exif)), ROOM)
    assert (image.picture.width_px, image.picture.height_px) == (40, 80)
    assert image.height_pt == pytest.approx(2 * image.width_pt)


def test_a_profile_of_its_own_is_turned_into_the_screens_colours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = sized(figure(jpeg(icc_profile=profile)), ROOM).picture
    assert not picture.is_jpeg
    assert set(picture.data) <= set(range(4))


@given(
    size=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    width=st.none() | st.floats(1, 2000, allow_subnormal=False),
)
@settings(max_examples=40, deadline=None)
def test_an_image_keeps_its_shape_in_the_room_there_is_no_finer_than_print(
    size: tuple[int, int], width: float | None
) -> None:
    image = sized(figure(png(*size), width), ROOM)
    assert image.width_pt <= ROOM[0] + 1e-6
    assert image.height_pt <= ROOM[1] + 1e-6
    assert image.width_pt / image.height_pt == pytest.approx(size[0] / size[1])
    assert image.picture.width_px <= max(image.width_pt / 72 * 300 + 1, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "image-format"),
        (b"GIF89a" + bytes(50), "image-format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image-format"),
        (bomb(50_000, 50_000), "image-too-large"),
        (bomb(8_000, 8_000), "image-too-large"),
        (bomb(300, 300), "image-broken"),
        (png()[:60], "image-broken"),
        (jpeg()[:400], "image-broken"),
    ],
)
def test_an_image_that_cannot_be_set_is_told_at_the_check_and_refused(data: bytes, reason: str) -> None:
    assert unusable_images(with_images(png(), data)) == ((7, reason),)
    with pytest.raises(RefusedError, match="image-unusable") as raised:
        sized(figure(data), ROOM)
    assert raised.value.params["line"] == 7


@settings(max_examples=80, deadline=None)
@given(data=st.data(), good=st.sampled_from([png(40, 30), jpeg(), jpeg(mode="L", progressive=True), png(9, 9, "P", 3)]))
def test_a_damaged_image_is_set_or_told(data: st.DataObject, good: bytes) -> None:
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    told = unusable_images(with_images(bytes(damaged)))
    if not told:
        sized(figure(bytes(damaged)), ROOM)
