"""What finds names: rules, gazetteers, and models behind the same interface."""
