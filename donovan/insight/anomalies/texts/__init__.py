"""What is odd in text: a document unlike the others, a burst or a silence of a name, a new sender, a figure
that disagrees with a table.
"""
