"""What is odd in tables, in time and in text, and what analysts said about it."""
