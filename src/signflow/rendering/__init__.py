"""Minutes to bytes: the tagged PDF/A-2a + PDF/UA-1 signing copy, its stamps, and reading it back for people. Pure.

`render_signing_copy` loses, adds to and moves none of the words of the minutes; the same values give the same bytes.
The way through: `compose` turns the model into elements (what a screen reader hears) and strips (what stands on paper),
`pages` sets the strips on pages, `paint` draws them as marked content, `document` writes the structure, metadata and
signature fields into the same file. ReportLab reads the fonts and writes the file; laying out is our own because the
structure must be known before a line is drawn, and because ReportLab's paragraphs drop the space at a wrapped line's end,
which glues two words for everyone who listens instead of looking. The fonts are embedded by `embedding`, because a glyph
of Arabic or a letter with a mark is no one character.
"""
