"""Figures as HTML: the image is in the page, so that the page is whole wherever it is kept."""

from __future__ import annotations

import base64
import html
import io

from PIL import Image

from signflow.minutes.model import Figure
from signflow.rendering.html.text import words
from signflow.rendering.images import Picture, sized

_ROOM_PT = (480.0, 720.0)
_PX_PER_PT = 96 / 72


def image_element(figure: Figure) -> str:
    """The image with its alternative: the picture that a PDF has, without what the draft's file held beside it.

    Raises:
        RefusedError: It cannot be drawn, as `images.sized` says.
    """
    drawn = sized(figure, _ROOM_PT)
    alternative = "" if figure.decorative else html.escape(words(figure.alternative))
    width, height = (max(round(side * _PX_PER_PT), 1) for side in (drawn.width_pt, drawn.height_pt))
    return f'<img alt="{alternative}" width="{width}" height="{height}" src="{_address(drawn.picture)}">'


def _address(picture: Picture) -> str:
    if picture.is_jpeg:
        return f"data:image/jpeg;base64,{base64.b64encode(picture.data).decode()}"
    packed = io.BytesIO()
    mode = "L" if picture.is_gray else "RGB"
    Image.frombytes(mode, (picture.width_px, picture.height_px), picture.data).save(packed, "PNG", optimize=False)
    return f"data:image/png;base64,{base64.b64encode(packed.getvalue()).decode()}"
