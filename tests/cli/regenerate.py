"""Write the golden `--help` pages and the table of settings anew: `python tests/cli/regenerate.py`; then look at the diff."""

from __future__ import annotations

from pathlib import Path

from help_pages import command_names, golden_name, help_page
from settings_table import with_table

HERE = Path(__file__).parent
SETTINGS = HERE.parents[1] / "docs" / "settings.md"

if __name__ == "__main__":
    golden = HERE / "golden"
    golden.mkdir(exist_ok=True)
    for old in golden.iterdir():
        old.unlink()
    for name in command_names():
        (golden / golden_name(name)).write_text(help_page(name), "utf-8")
    SETTINGS.write_text(with_table(SETTINGS.read_text("utf-8")), "utf-8")
