"""The house's logotype as an image of the file, decoded once and kept."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

from PIL import Image

from signflow.rendering.house.style import Logotype
from signflow.rendering.images import Picture


@lru_cache(8)
def logotype_picture(logotype: Logotype) -> Picture:
    """The logotype with all its pixels; what is transparent shows paper."""
    with Image.open(io.BytesIO(logotype.image), formats=("PNG", "JPEG")) as opened:
        image = opened.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    pixels = Image.alpha_composite(paper, image).convert("RGB").tobytes()
    name = f"logotype-{hashlib.sha256(logotype.image).hexdigest()[:16]}"
    return Picture(name, pixels, image.width, image.height, is_gray=False, is_jpeg=False)
