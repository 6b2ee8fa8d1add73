"""Every layer and table of the study file, described once, one module per subject; `geo.study.schema` joins them."""
