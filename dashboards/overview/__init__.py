"""The page of the overview: figures and the map."""
