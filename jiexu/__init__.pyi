from .__main__ import app, main
from .shared import day, print_document, rule_title

__all__ = ["app", "day", "main", "print_document", "rule_title"]
