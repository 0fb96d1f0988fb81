"""A question in words becomes one checked, read-only query, and its rows become a sentence.

    lexicon     words: stems, numbers, dates and times, the phrases that mean something to a table
    facts       what is known of the tables that are asked: columns, units, values
    linking     which words name which column, value, number or date
    readings    what was understood, as plain data
    grammar     linked words -> readings; a word that is not understood means no reading
    building    a reading -> SQL
    telling     the rows of a reading -> a sentence
    checking    any SQL, ours, a person's or a model's: one SELECT over the given views
    answering   all of it in order

Nothing is guessed: a question is answered when every word of it was understood in one way, or when all
ways give
the same answer. Otherwise the ways are offered, or the words that were not understood are named.
"""

from donovan.insight.tables.questions.answering import Choice, TableAnswer, answer_question
from donovan.insight.tables.questions.facts import TableFacts, facts_of

__all__ = ["Choice", "TableAnswer", "TableFacts", "answer_question", "facts_of"]
