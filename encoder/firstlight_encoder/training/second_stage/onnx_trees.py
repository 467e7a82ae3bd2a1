"""A LightGBM model as ONNX, so that a server needs ONNX Runtime only.

Source of the operator: TreeEnsembleRegressor of the ai.onnx.ml domain, opset 3. Knows nothing of training.
"""

from typing import Any

import numpy as np
from onnx import TensorProto, helper

from firstlight_encoder.second_stage.trees import INPUT

_IR_VERSION, _OPSET, _ML_OPSET = 8, 18, 3


def onnx_trees(dump: dict[str, Any]) -> bytes:
    """The model of LightGBM's ``dump_model()``, numeric splits only, as bytes of an ONNX model.

    Raises:
        ValueError: if a split is not numeric.
    """
    nodes = _Nodes()
    for tree in dump["tree_info"]:
        nodes.add_tree(int(tree["tree_index"]), tree["tree_structure"])
    width = int(dump["max_feature_idx"]) + 1
    attributes: dict[str, Any] = {"n_targets": 1, "aggregate_function": "SUM", "post_transform": "NONE"}
    attributes |= nodes.attributes
    operator = helper.make_node("TreeEnsembleRegressor", [INPUT], ["scores"], domain="ai.onnx.ml", **attributes)
    graph = helper.make_graph(
        [operator],
        "trees",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 1])],
    )
    opsets = [helper.make_opsetid("ai.onnx.ml", _ML_OPSET), helper.make_opsetid("", _OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
    serialized: bytes = model.SerializeToString()
    return serialized


class _Nodes:
    """The operator's parallel lists, filled tree by tree."""

    def __init__(self) -> None:
        names = ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")
        targets = ("treeids", "nodeids", "ids", "weights")
        self.attributes: dict[str, list[Any]] = {
            **{f"nodes_{name}": [] for name in names},
            **{f"target_{name}": [] for name in targets},
        }
        self._next = 0

    def add_tree(self, tree: int, root: dict[str, Any]) -> None:
        """Adds the tree numbered ``tree``."""
        self._next = 0
        self._add(tree, root)

    def _add(self, tree: int, node: dict[str, Any]) -> int:
        """Adds ``node`` and all below it; returns its number."""
        number, self._next = self._next, self._next + 1
        place = self._node(tree, number)
        if "leaf_value" in node:
            self._leaf(tree, number, float(node["leaf_value"]))
            return number
        if node["decision_type"] != "<=":
            raise ValueError(f"decision_type {node['decision_type']!r}: only numeric splits can be exported")
        lists = self.attributes
        lists["nodes_modes"][place] = "BRANCH_LEQ"
        lists["nodes_featureids"][place] = int(node["split_feature"])
        lists["nodes_values"][place] = _not_above(float(node["threshold"]))
        lists["nodes_truenodeids"][place] = self._add(tree, node["left_child"])
        lists["nodes_falsenodeids"][place] = self._add(tree, node["right_child"])
        return number

    def _node(self, tree: int, number: int) -> int:
        """Adds a blank node; returns its place in the lists."""
        blank = {"treeids": tree, "nodeids": number, "featureids": 0, "modes": "LEAF", "values": 0.0}
        for name, value in {**blank, "truenodeids": 0, "falsenodeids": 0}.items():
            self.attributes[f"nodes_{name}"].append(value)
        return len(self.attributes["nodes_treeids"]) - 1

    def _leaf(self, tree: int, number: int, weight: float) -> None:
        for name, value in {"treeids": tree, "nodeids": number, "ids": 0, "weights": weight}.items():
            self.attributes[f"target_{name}"].append(value)


def _not_above(threshold: float) -> float:
    """The highest float32 not above ``threshold``: float32 features then fall on the same side as in training."""
    value = np.float32(threshold)
    return float(np.nextafter(value, np.float32(-np.inf)) if float(value) > threshold else value)
