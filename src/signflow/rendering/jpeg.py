"""JPEG files without what a camera or a program wrote beside the picture: places, names, comments, small earlier pictures.

Source: ITU-T T.81, B.1.1.3 (markers) and B.2.1 (order of segments).
"""

from __future__ import annotations

import re

_START_OF_SCAN, _END_OF_IMAGE, _COMMENT, _FILL = 0xDA, 0xD9, 0xFE, 0xFF
_APPLICATION = range(0xE0, 0xF0)
_KEPT = frozenset({0xE0, 0xEE})  # JFIF and Adobe: how the numbers become colours
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # none that stands in a scan


def bare_jpeg(data: bytes) -> bytes:
    """The same picture, pixel for pixel, without comments, other programs' segments and what follows the picture.

    Of what is no whole JPEG, as much as is one.
    """
    kept = [data[:2]]
    at = 2
    while at + 4 <= len(data) and data[at] == _FILL and data[at + 1] != _END_OF_IMAGE:
        marker = data[at + 1]
        if marker == _FILL:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            following = _MARKER.search(data, end)
            end = following.start() if following else len(data)
        if marker in _KEPT or (marker != _COMMENT and marker not in _APPLICATION):
            kept.append(data[at:end])
        at = end
    return b"".join((*kept, b"\xff\xd9"))
