"""What stands where, and what it is: the minutes as elements and strips, and the strips on pages.

`compose` is the way in; `strips` says what the layout is made of; `blocks`, `lists`, `tables`, `asides`, `front`, `closing` and
`notice` each set a part.
"""
