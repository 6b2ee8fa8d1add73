from .coverage_study import FacilityStudy, computed_coverage, cover, set_population
from .decisions import decide_site
from .site_study import SiteStudy, Wish, choose_sites, computed_sites

__all__ = [
    "FacilityStudy",
    "SiteStudy",
    "Wish",
    "choose_sites",
    "computed_coverage",
    "computed_sites",
    "cover",
    "decide_site",
    "set_population",
]
