"""Minutes to bytes: copies as tagged PDF/A-2a + PDF/UA-1 and as HTML, stamps, and reading a PDF back for people. Pure.

A copy loses, adds to and moves none of the words of the minutes; the same values give the same bytes. The way through
(`copies`): `layout` turns the model into elements (what a screen reader hears) and strips (what stands on paper) and sets the
strips on pages, `pdf` draws them as marked content and finishes the file; `type` knows letters, `house` the look.
ReportLab reads the fonts and writes the file. Laying out is our own because the structure must be known before a line is
drawn, and because ReportLab's paragraphs drop the space at a wrapped line's end, which glues two words for everyone who
listens instead of looking. The fonts are embedded by `pdf.embedding`, because a glyph of Arabic or a letter with a mark is no
one character.
"""
