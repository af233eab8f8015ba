"""Truth in SQL: true, false or NULL (manual, section 9.1), or an error; and sets of these where not one of them is sure.

A set is a sum of :data:`TRUE`, :data:`FALSE`, :data:`NULL` and :data:`ERROR`; a set of one is sure.
"""

from itertools import product
from typing import Final

Truth = int
TRUE: Final = 1
FALSE: Final = 2
NULL: Final = 4
ERROR: Final = 8
"""PostgreSQL gives up on the statement, unless it happens not to evaluate this (section 4.2.14)."""
ANY: Final = TRUE | FALSE | NULL
ONES = (TRUE, FALSE, NULL, ERROR)


def negated(truth: Truth) -> Truth:
    """NOT: NULL stays NULL."""
    return (truth & (NULL | ERROR)) | (TRUE if truth & FALSE else 0) | (FALSE if truth & TRUE else 0)


def _one_and(left: Truth, right: Truth) -> Truth:
    if {FALSE, ERROR} == {left, right}:
        return FALSE | ERROR
    if FALSE in {left, right}:
        return FALSE
    if ERROR in {left, right}:
        return ERROR
    return NULL if NULL in {left, right} else TRUE


def _and(left: Truth, right: Truth) -> Truth:
    found = 0
    for one, other in product(ONES, ONES):
        if left & one and right & other:
            found |= _one_and(one, other)
    return found


def _or(left: Truth, right: Truth) -> Truth:
    return negated(_and(negated(left), negated(right)))


_AND, _OR = ([[make(left, right) for right in range(16)] for left in range(16)] for make in (_and, _or))


def both(left: Truth, right: Truth) -> Truth:
    """AND: false wins over NULL."""
    return _AND[left][right]


def either(left: Truth, right: Truth) -> Truth:
    """OR: true wins over NULL."""
    return _OR[left][right]


def sure(truth: Truth) -> bool:
    """Whether a set holds one value alone."""
    return truth in ONES


def of(value: bool) -> Truth:
    """The truth that a Python boolean is."""
    return TRUE if value else FALSE
