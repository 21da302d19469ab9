"""What a careful person would remark on in minutes. `check` is the way in and lists the rules.

The modules `check_*` hold the rules; `statements`, `names`, `acts` and `votes` read what an item says of who did what.
"""
