"""Street analysis without a screen: extracts, streets, tiers, points and the study file that keeps them."""
