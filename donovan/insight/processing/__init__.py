"""The steps that each document goes through once it can be read: tables, entities, anomalies, watches."""
