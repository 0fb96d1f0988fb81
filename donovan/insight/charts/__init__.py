"""Charts as Vega-Lite specifications with their data inside, and as pictures drawn without a network."""
