from .answers import ANSWERS, Answers
from .documents import AssumptionsDocument
from .moves import moves_of
from .ranking import rank_assumptions

__all__ = ["ANSWERS", "Answers", "AssumptionsDocument", "moves_of", "rank_assumptions"]
