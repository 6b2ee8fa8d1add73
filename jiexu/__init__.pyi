from .__main__ import app, main
from .language import language
from .shared import day, print_document, rule_title

__all__ = ["app", "day", "language", "main", "print_document", "rule_title"]
