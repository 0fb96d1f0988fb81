"""The pages of the library: parse, call, render."""
