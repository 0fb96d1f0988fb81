"""Who, where, when and what is named in documents, linked across them."""
