"""Fields whose values only a room above understands: markings, collections, kinds of file, entities.

Retrieval knows no markings and no entities. A room above gives one function for each such field; it is handed
the scope, and what it gives back rests on nothing outside it.
"""

from collections.abc import Callable, Mapping

from retrieval.querying.tree import And, Asked, Node, Not, Or, wrong_at
from retrieval.scope import AccessScope

Resolver = Callable[[Asked, AccessScope], Node]
"""The condition that a field with its value means within a scope. Raises QueryError."""


def resolved(node: Node, scope: AccessScope, resolvers: Mapping[str, Resolver]) -> Node:
    """The tree with every such field as a condition. Raises QueryError for a value that means nothing."""
    if isinstance(node, Asked):
        resolver = resolvers.get(node.field)
        if resolver is None:
            raise wrong_at(node.at, node.value, f"“{node.field}” cannot be asked for here. Take it away.")
        return resolver(node, scope)
    if isinstance(node, Not):
        return Not(resolved(node.part, scope, resolvers))
    if isinstance(node, And | Or):
        return type(node)(tuple(resolved(part, scope, resolvers) for part in node.parts))
    return node
