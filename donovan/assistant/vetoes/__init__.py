"""What no net is trusted with: each veto is one rule, and says in one sentence why a statement falls.

    objection_of(comparison) -> (depth, reason)    (0, "") where no veto speaks

The depth tells how far the statement came; of several spans the reason of the deepest is shown.
"""

from collections.abc import Callable

from donovan.assistant.comparing import Comparison
from donovan.assistant.vetoes.actors import (
    exchanges_actors,
    joins_number_to_other_word,
    joins_value_to_other_name,
    joins_value_to_other_sentence,
    turns_role_round,
)
from donovan.assistant.vetoes.anchors import (
    cites_instruction,
    is_about_other_name,
    lacks_anchor,
    names_property_of_nothing,
    puts_date_of_heading,
    repeats_question,
    says_nothing,
    says_opposite,
)
from donovan.assistant.vetoes.bounds import changes_bound
from donovan.assistant.vetoes.certainty import changes_doubt, drops_frame, makes_frame
from donovan.assistant.vetoes.denial import changes_denial

Veto = Callable[[Comparison], str]

VETOES: tuple[Veto, ...] = (
    says_nothing,
    cites_instruction,
    lacks_anchor,
    names_property_of_nothing,
    is_about_other_name,
    repeats_question,
    puts_date_of_heading,
    says_opposite,
    exchanges_actors,
    turns_role_round,
    joins_value_to_other_name,
    joins_number_to_other_word,
    joins_value_to_other_sentence,
    drops_frame,
    makes_frame,
    changes_denial,
    changes_doubt,
    changes_bound,
)


def objection_of(comparison: Comparison) -> tuple[int, str]:
    """The first veto that speaks: its place in the order and its sentence."""
    for depth, veto in enumerate(VETOES):
        reason = veto(comparison)
        if reason:
            return depth, reason
    return len(VETOES), ""
