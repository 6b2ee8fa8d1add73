"""The page of complaints: hot spots, trends, answers, patrols."""
