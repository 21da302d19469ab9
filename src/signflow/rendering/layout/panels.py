"""What stands together as one: strips made into one that no page break parts, on a ground or in a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from signflow.rendering.house.style import Colour
from signflow.rendering.layout.strips import Bar, Strip

_FRAME_PT = 0.6


def stacked(strips: Sequence[Strip], depth_pt: float) -> list[Strip]:
    """The strips as one, with what is on them where it was; as they are where together they are higher than the depth."""
    if not strips or sum(strip.space + strip.height for strip in strips) > depth_pt:
        return list(strips)
    bookmark = next((strip.bookmark for strip in strips if strip.bookmark), None)
    whole = Strip(0.0, strips[0].space, keep=strips[-1].keep, bookmark=bookmark)
    for index, strip in enumerate(strips):
        down = whole.height + (strip.space if index else 0.0)
        whole.texts += [replace(text, baseline=text.baseline + down) for text in strip.texts]
        whole.bars += [replace(bar, y=bar.y + down) for bar in strip.bars]
        for box in strip.boxes:
            caption = replace(box.caption, baseline=box.caption.baseline + down)
            whole.boxes.append(replace(box, y=box.y + down, caption=caption))
        whole.height = down + strip.height
    return [whole]


def on_ground(strips: Sequence[Strip], x: float, width: float, colour: Colour) -> None:
    """A ground below the strips and below the room between them."""
    for index, strip in enumerate(strips):
        above = strip.space if index else 0.0
        strip.bars.insert(0, Bar(x, -above, width, strip.height + above, colour))


def framed(strips: Sequence[Strip], width: float, colour: Colour) -> None:
    """A thin frame around the strips, open where a page ends inside it."""
    for edge in (0.0, width - _FRAME_PT):
        for index, strip in enumerate(strips):
            above = strip.space if index else 0.0
            strip.bars.append(Bar(edge, -above, _FRAME_PT, strip.height + above, colour))
    if strips:
        strips[0].bars.append(Bar(0.0, 0.0, width, _FRAME_PT, colour))
        strips[-1].bars.append(Bar(0.0, strips[-1].height - _FRAME_PT, width, _FRAME_PT, colour))


def pad(strips: Sequence[Strip], above_pt: float, below_pt: float) -> None:
    """Room inside strips that stand together, above the first and below the last; what is on them moves with it."""
    first = strips[0]
    first.texts = [replace(text, baseline=text.baseline + above_pt) for text in first.texts]
    first.bars = [replace(bar, y=bar.y + above_pt) for bar in first.bars]
    first.height += above_pt
    strips[-1].height += below_pt
