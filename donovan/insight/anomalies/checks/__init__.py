"""What is odd in tables: one noun a file, each a pure function from sheets to detections. No database here.

`sheets` is the material, `detections` the result, `examination.examine` runs every check that a specification
names.
"""
