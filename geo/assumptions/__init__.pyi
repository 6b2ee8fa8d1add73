from .answers import ANSWERS, Answers
from .moves import moves_of
from .ranking import rank_assumptions

__all__ = ["ANSWERS", "Answers", "moves_of", "rank_assumptions"]
