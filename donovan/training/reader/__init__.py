"""The reader's recipe: public sets to examples, examples to weights, weights to calibrated chances."""
