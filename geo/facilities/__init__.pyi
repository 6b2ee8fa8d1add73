from .coverage_study import COVERAGE, FacilityStudy, cover, set_population
from .decisions import decide_site
from .site_study import SITES, SiteStudy, Wish, choose_sites

__all__ = [
    "COVERAGE",
    "SITES",
    "FacilityStudy",
    "SiteStudy",
    "Wish",
    "choose_sites",
    "cover",
    "decide_site",
    "set_population",
]
