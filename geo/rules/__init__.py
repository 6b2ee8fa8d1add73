"""Rule profiles: every number and choice of the analyses, as data with its source."""

from geo.rules.loader import PROFILES, Leaf, Profile, load_profile, profile_from_json

__all__ = ["PROFILES", "Leaf", "Profile", "load_profile", "profile_from_json"]
