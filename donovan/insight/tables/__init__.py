"""Typed tables: every sheet, CSV, JSON and table found in a document, asked through one engine."""
