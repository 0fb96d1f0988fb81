"""What is in the data: tables, trends, anomalies, entities, and what changed."""
