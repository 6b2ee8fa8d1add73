"""The page of data: imports, findings, downloads."""
