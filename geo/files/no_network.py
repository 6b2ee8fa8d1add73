"""Settings of GDAL for reading without a network, whatever a file says: each library has a copy of its own."""

from __future__ import annotations

from typing import Final

NO_NETWORK: Final[dict[str, str]] = {
    # files over the network are none
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "CPL_CURL_ENABLED": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    # what is still asked for ends at a port of this computer at which nobody listens
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "2",
}
"""Configuration options of GDAL."""
