"""Figures that a question wants reckoned from the cells of a table of statements: rows are items, columns
are periods (or the other way round), as accounts, returns and situation reports have them.

    operations  what is to be reckoned, of which items, for which periods: from the grammar of the question
    periods     which year a title stands for, and what else it says of its time
    cells       the cells of a table with the words and years they stand under
    matching    which of them an item means
    reckoning   operation and cells -> a figure, and the sentence that says it
    in_ask      all of it, where questions are asked

Nothing is guessed: each word of an item must stand over or beside its cell, one cell must be nearest, and
where two documents give different figures none is given.
"""
