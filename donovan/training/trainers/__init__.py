"""The trainers: one module for each kind, plain functions without a database."""
