"""The page of stalls: zones, questions about a place, operators, rules tried out."""
