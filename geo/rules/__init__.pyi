from .articles import Article
from .leaf import Leaf
from .loader import PROFILES, Profile, load_profile, profile_from_json
from .names import RULE_NAMES
from .units import ORIENTATIONS, STANCES, STEPS

__all__ = [
    "ORIENTATIONS",
    "PROFILES",
    "RULE_NAMES",
    "STANCES",
    "STEPS",
    "Article",
    "Leaf",
    "Profile",
    "load_profile",
    "profile_from_json",
]
