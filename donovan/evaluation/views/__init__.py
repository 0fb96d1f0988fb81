"""What the addresses of this room do: parse, call, render."""
