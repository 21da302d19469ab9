"""Where the real minutes lie."""

from pathlib import Path

SAMPLE = Path(__file__).parent / "samples" / "minnesanteckningar-2020-01-16.md"
