"""A start for the secretary: a fresh draft of minutes, in Markdown or Word, from the organisation's own templates.

`templates/drafts/<language>/<class>.md.j2` says what a draft holds; both formats come from it. What only the meeting
decides is a blank (`minutes.blanks`), and with its blanks filled a draft has no errors and no warnings.
"""
