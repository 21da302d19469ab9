"""QR codes: what a reader by others finds in the picture that a phone is shown."""

from __future__ import annotations

import io
import re
import shutil
import string
import subprocess
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from signflow.rendering.qr import render_qr

SCALE = 4
BANKID = (
    "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"
)
needs_reader = pytest.mark.oracle("zbarimg")


def drawn(svg: bytes) -> Image.Image:
    """The picture, by the few commands of paths that it is made of."""
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    side = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (side * SCALE, side * SCALE), 128)
    draw = ImageDraw.Draw(image)
    for path in root:
        gray = {"#fff": 255, "#000": 0}[path.attrib["fill"]]
        for left, top, width, height in rectangles(path.attrib["d"]):
            corner = ((left + width) * SCALE - 1, (top + height) * SCALE - 1)
            draw.rectangle((left * SCALE, top * SCALE, *corner), fill=gray)
    return image


def rectangles(path: str) -> list[tuple[int, int, int, int]]:
    found = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)H(\d+)z", path)
    assert "".join("M{} {}h{}v{}H{}z".format(*one) for one in found) == path
    assert all(left == back for left, _, _, _, back in found)
    return [(int(left), int(top), int(width), int(height)) for left, top, width, height, _ in found]


def read(image: Image.Image) -> str:
    program = shutil.which("zbarimg")
    if program is None:
        pytest.skip("zbarimg is not installed")
    data = io.BytesIO()
    image.save(data, "PNG")
    command = [program, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-Sqrcode.binary", "--oneshot", "-"]
    found = subprocess.run(command, input=data.getvalue(), capture_output=True, check=False)
    return found.stdout.decode()


@needs_reader
@pytest.mark.parametrize(
    "text", [BANKID, "a", "Åre nämnd § 12", "https://app.bankid.com/?x=%20&y", "9" * 300, "a" * 1000]
)
def test_a_reader_finds_the_text(text: str) -> None:
    assert read(drawn(render_qr(text))) == text


@needs_reader
@settings(max_examples=40)
@given(st.text(string.ascii_letters + string.digits + " -._~:/?#@!$&'()*+,;=%åäöÅÄÖ", min_size=1, max_size=400))
def test_a_reader_finds_any_text(text: str) -> None:
    assert read(drawn(render_qr(text))) == text


@needs_reader
def test_a_code_with_a_scratch_is_read_and_one_that_is_cut_is_not() -> None:
    image = drawn(render_qr(BANKID))
    middle = image.width // 2
    draw = ImageDraw.Draw(image)
    draw.rectangle((middle, middle, middle + 8 * SCALE, middle + 5 * SCALE), fill=0)
    assert read(image) == BANKID
    draw.rectangle((0, middle, image.width, image.height), fill=255)
    assert read(image) == ""


def test_around_the_code_is_light_and_its_corners_are_marked() -> None:
    image = drawn(render_qr(BANKID))
    modules = image.resize((image.width // SCALE, image.height // SCALE), Image.Resampling.NEAREST)
    side = modules.width
    assert {modules.getpixel((x, y)) for x in range(side) for y in range(side)} == {0, 255}
    assert modules.point(lambda value: 255 - value).getbbox() == (4, 4, side - 4, side - 4)
    finder = [
        b"\0" * 7,
        b"\0\xff\xff\xff\xff\xff\0",
        *[b"\0\xff\0\0\0\xff\0"] * 3,
        b"\0\xff\xff\xff\xff\xff\0",
        b"\0" * 7,
    ]
    for left, top in ((4, 4), (side - 11, 4), (4, side - 11)):
        assert modules.crop((left, top, left + 7, top + 7)).tobytes() == b"".join(finder)


def test_the_code_is_not_its_own_mirror_image() -> None:
    for number in range(20):  # beside this module, which is always dark, the other corner's depends on the mask
        image = drawn(render_qr(f"{BANKID}{number}"))
        assert image.getpixel(((4 + 8) * SCALE, image.height - (4 + 8) * SCALE)) == 0


def test_the_picture_is_dark_on_white_in_any_theme_and_runs_nothing() -> None:
    svg = render_qr(BANKID).decode()
    assert svg.index('fill="#fff"') < svg.index('fill="#000"')
    assert re.findall(r"<(\w+)", svg) == ["svg", "path", "path"]
    assert BANKID not in svg
    assert len(svg) < 10_000


def test_a_text_that_no_phone_would_read_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        render_qr("å" * 501)
