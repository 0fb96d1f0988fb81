"""What is odd in tables: one noun a file, each a pure function from sheets to suspicions. No database here.

`sheets` is the material, `suspicions` the result, `examination.examine` runs every check that a specification
names.
"""
