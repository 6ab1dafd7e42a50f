"""A small company that never was: every source system of the project, always alike for one seed.

The world is a pure function of seed, size and day. Nothing is drawn in sequence: each person,
product, basket and event has its own draw, so any of them can be made again, alone and at any time.
"""

VERSION = 2
