"""The one reader of dates, numbers and units, on the locale data of the Unicode CLDR (through Babel).

It lies in the lowest room, because what a date is belongs neither to files nor to passages nor to people, and
every room reads dates: every room may import it, and it imports none of them. It gives every reading that a
writing has; which of them holds is for the room to choose, which knows the column, the paper or the day.
"""
