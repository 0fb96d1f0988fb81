"""The class of each document, as the promoted triage model sees it."""
