"""The page of facilities: residents within a walk, new sites."""
