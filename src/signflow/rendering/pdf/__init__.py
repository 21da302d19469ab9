"""Pages as a tagged PDF: marks, marked content, structure tree, fonts, annotations, metadata, and stamps.

`paint` draws the pages and `document` finishes the file; what ReportLab would write otherwise than PDF/A-2a and PDF/UA-1 ask
for is written here.
"""
