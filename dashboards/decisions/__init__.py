"""The page of decisions: the log and what it did."""
