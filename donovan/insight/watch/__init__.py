"""Standing questions and watchlists: new documents are matched as they arrive."""
