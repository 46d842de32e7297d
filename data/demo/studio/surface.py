"""What things are made of: a palette, and the finishes a product may have."""

from dataclasses import dataclass, replace

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Surface:
    """How a part looks; colours are linear, roughness 0..1, scale multiplies the texture's detail."""

    shader: str
    colour: Rgb
    second: Rgb = (0.8, 0.75, 0.66)
    pattern: str = "plain"
    roughness: float = 0.3
    scale: float = 1.0

    def with_pattern(self, pattern: str, second: Rgb, scale: float = 1.0) -> "Surface":
        """The same surface, decorated."""
        return replace(self, pattern=pattern, second=second, scale=scale)

    def upright(self) -> "Surface":
        """The same wood with its grain along the z axis."""
        return replace(self, pattern="upright") if self.shader == "wood" else self


@dataclass(frozen=True)
class Finish:
    """One surface as a shop names it."""

    colour: str
    material: str
    finish: str
    collection: str
    surface: Surface


def rgb(code: str) -> Rgb:
    """A colour written as hexadecimal sRGB, in linear light."""
    parts = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return (red, green, blue)


COLOURS: dict[str, tuple[str, str]] = {
    "snow": ("ebe8e1", "Nord"),
    "oat": ("d3c4a9", "Nord"),
    "ash": ("a9a69e", "Nord"),
    "sage": ("8d9c80", "Meadow"),
    "moss": ("56633f", "Meadow"),
    "olive": ("7d7a45", "Meadow"),
    "sea": ("5f8b91", "Coast"),
    "ink": ("283a55", "Coast"),
    "sky": ("9bb7c4", "Coast"),
    "clay": ("b8694a", "Terra"),
    "ochre": ("c8963e", "Terra"),
    "umber": ("6a4632", "Terra"),
    "rose": ("cf9d92", "Dusk"),
    "plum": ("5d3a4b", "Dusk"),
    "lilac": ("a79ab5", "Dusk"),
    "coal": ("2b2a2b", "Slate"),
    "stone": ("7b7872", "Slate"),
    "oak": ("c49a66", "Nord"),
    "walnut": ("6b4327", "Terra"),
    "beech": ("d9b58c", "Meadow"),
    "ebony": ("30241d", "Slate"),
    "cherry": ("95502f", "Dusk"),
    "brass": ("d8b365", "Terra"),
    "copper": ("d98a68", "Dusk"),
    "steel": ("c6c8ca", "Coast"),
    "gunmetal": ("54565a", "Slate"),
    "clear": ("f6fafa", "Nord"),
    "amber": ("d98a2b", "Terra"),
    "smoke": ("8b8d90", "Slate"),
    "green": ("7fae8b", "Meadow"),
    "blue": ("7fb0d0", "Coast"),
    "blush": ("e8b0a8", "Dusk"),
    "natural": ("c7a475", "Nord"),
    "honey": ("b07c3f", "Terra"),
}

_MATERIALS: dict[str, tuple[str, str, float]] = {
    "glaze": ("ceramic", "glossy glaze", 0.18),
    "matte": ("ceramic", "matte glaze", 0.5),
    "speckle": ("stoneware", "speckled glaze", 0.34),
    "raw": ("terracotta", "unglazed", 0.8),
    "wood": ("wood", "oiled", 0.42),
    "metal": ("metal", "brushed", 0.28),
    "glass": ("glass", "clear", 0.0),
    "fabric": ("cotton", "woven", 0.9),
    "bouclé": ("wool", "bouclé", 0.95),
    "wicker": ("rattan", "woven", 0.6),
    "wax": ("wax", "smooth", 0.45),
    "paint": ("metal", "powder coated", 0.45),
    "paper": ("paper", "printed", 0.75),
    "marble": ("marble", "honed", 0.25),
}


def finish(name: str) -> Finish:
    """The finish named "<material> <colour>", such as "glaze sage"."""
    shader, colour = name.split()
    material, words, roughness = _MATERIALS[shader]
    code, collection = COLOURS[colour]
    return Finish(colour, material, words, collection, Surface(shader, rgb(code), roughness=roughness))


def surface(name: str) -> Surface:
    """The surface of a named finish."""
    return finish(name).surface
