"""Blocks → the minutes of a meeting. `recognise` is the way in.

`title`, `headings`, `front`, `items`, `closing`, `signing` and `notice` each find a part; `labels`, `people`, `dates` and `ranges`
read a line; every word by which a part is known stands in `vocabulary`.
"""
