"""All evidence of one cluster: its node bundles and its API bundle, joined."""

from dataclasses import dataclass

from analyzer.model.api import ApiEvidence
from analyzer.model.node import NodeEvidence, NodeName


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNode:
    """A node that the API knows.

    Attributes:
        control_plane: It carries a control-plane role label.
        os: ``linux`` or ``windows``, from the node's labels; empty when unknown.
        kubelet_version: Text as reported, may be empty.
    """

    name: NodeName
    control_plane: bool
    os: str
    kubelet_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterEvidence:
    """What every check is given.

    Attributes:
        nodes: Node bundles, by node name.
        api: The API bundle, or None when none was given.
        expected: Nodes that the API lists, by name; None when that list is not known.
    """

    nodes: tuple[NodeEvidence, ...]
    api: ApiEvidence | None
    expected: tuple[ExpectedNode, ...] | None

    def nodes_complete(self) -> bool:
        """Tell whether every node that the API knows is in evidence."""
        if self.expected is None:
            return False
        seen = {node.name for node in self.nodes}
        return bool(self.expected) and all(node.name in seen for node in self.expected)
