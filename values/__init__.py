"""The one reader of dates, numbers and units, on the locale data of the Unicode CLDR (through Babel).

It stands beside `ingest` and `retrieval` and below both: what a date is belongs neither to files nor to
passages nor to people, and every room reads dates. So all rooms may import it, it imports none of them, and
no rule about who imports whom needs an exception. It gives every reading that a writing has; which of them
holds is for the room to choose, which knows the column, the paper or the day.
"""
