"""Map layers: tables of a study as vector tiles and folium objects, with their legend."""
