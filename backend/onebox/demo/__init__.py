"""The believable cinema: its films, rooms and prices, and the visitors who fill it.

Everything is made through the services' own HTTP interface, so every rule of theirs holds.
"""
