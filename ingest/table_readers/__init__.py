"""The tables of one file, read in the sandbox: cells go out as plain text, a stretch of rows at a time."""
