"""The page of streets and their tiers."""
