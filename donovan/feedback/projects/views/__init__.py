"""The pages of label projects."""
