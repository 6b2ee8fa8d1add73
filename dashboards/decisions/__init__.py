"""The page of decisions: the log, with the undoing of decisions."""
