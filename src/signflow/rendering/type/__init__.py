"""Texts as lines of glyphs: faces, shaping, hyphenation, breaking. Knows of no page and no structure."""
