from .__main__ import app, main
from .shared import day, language, print_document, rule_title

__all__ = ["app", "day", "language", "main", "print_document", "rule_title"]
