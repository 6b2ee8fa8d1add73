"""The page Studies: all studies of a folder, and the head of every page that names one."""
