"""Pages of this room: parse, call, render."""
