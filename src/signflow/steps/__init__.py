"""What is done, one module a step: the only room that knows several rooms.

A step takes the ports and names of things (never bytes), does its work through the rooms, and records the event that
follows. Every step may be run twice, by one process or two: effects are claimed first, and facts that are already
recorded change nothing. `acts` holds what people do; `wiring` makes the ports; `flows/` runs the steps.
"""
