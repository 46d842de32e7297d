"""A short way to wire shader nodes."""

from collections.abc import Mapping
from typing import Any

import bpy

Socket = Any


class Graph:
    """A material's node tree, with each node reached by a named method."""

    def __init__(self, name: str) -> None:
        """Start an empty material."""
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.coordinates = self.node("ShaderNodeTexCoord").outputs["Object"]

    def node(self, kind: str, inputs: Mapping[Any, Any] | None = None, **settings: Any) -> Any:
        """A node with its settings; inputs are sockets to link or values to set."""
        made = self.tree.nodes.new(kind)
        for key, value in settings.items():
            setattr(made, key, value)
        for key, value in (inputs or {}).items():
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, made.inputs[key])
            else:
                made.inputs[key].default_value = value
        return made

    def stretched(self, x: float, y: float, z: float) -> Socket:
        """Object coordinates, scaled."""
        scale = {"Vector": self.coordinates, "Scale": (x, y, z)}
        return self.node("ShaderNodeMapping", scale).outputs[0]

    def noise(self, scale: float, detail: float = 3.0, vector: Socket = None) -> Socket:
        """Noise between 0 and 1."""
        inputs = {"Vector": vector or self.coordinates, "Scale": scale, "Detail": detail}
        return self.node("ShaderNodeTexNoise", inputs).outputs[0]

    def step(self, value: Socket, low: float, high: float) -> Socket:
        """A smooth step of a value from 0 to 1."""
        inputs = {"Value": value, "From Min": low, "From Max": high}
        return self.node("ShaderNodeMapRange", inputs, interpolation_type="SMOOTHSTEP").outputs[0]

    def math(self, operation: str, first: Any, second: Any = 0.0) -> Socket:
        """Arithmetic on two values."""
        return self.node("ShaderNodeMath", {0: first, 1: second}, operation=operation).outputs[0]

    def mix(self, share: Any, first: Any, second: Any) -> Socket:
        """A mixture of two colours."""
        inputs = {"Factor": share, 6: first, 7: second}
        return self.node("ShaderNodeMix", inputs, data_type="RGBA").outputs[2]

    def bump(self, height: Socket, strength: float, distance: float = 0.01) -> Socket:
        """A normal from a height; distance in metres."""
        inputs = {"Height": height, "Strength": strength, "Distance": distance}
        return self.node("ShaderNodeBump", inputs).outputs[0]

    def principled(self, **inputs: Any) -> Socket:
        """A principled surface; an underscore in an input's name stands for a space."""
        named = {key.replace("_", " "): value for key, value in inputs.items()}
        return self.node("ShaderNodeBsdfPrincipled", named).outputs[0]

    def finish(self, shader: Socket) -> bpy.types.Material:
        """Use a shader as the material's surface."""
        self.node("ShaderNodeOutputMaterial", {"Surface": shader})
        return self.material
