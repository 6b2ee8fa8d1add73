"""Rerunnable timings against named peers, printed as ratios: `make bench`."""
