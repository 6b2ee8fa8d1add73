from .coverage_study import COVERAGE, cover
from .decisions import decide_site
from .facility_study import FacilityStudy
from .population import set_population
from .site_choice import SiteStudy
from .site_problem import SiteRequest
from .site_study import SITES, choose_sites

__all__ = [
    "COVERAGE",
    "SITES",
    "FacilityStudy",
    "SiteRequest",
    "SiteStudy",
    "choose_sites",
    "cover",
    "decide_site",
    "set_population",
]
