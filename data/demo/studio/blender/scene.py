"""The set: a seamless sweep, three soft lights, a camera, and a product on it. Lengths in metres."""

from math import atan, pi
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from studio.blender.materials import material
from studio.mesh import Array, Mesh, spline
from studio.product import Part, Parts
from studio.shot import Shot, framed
from studio.surface import Rgb, Surface

LENS, SENSOR = 85.0, 36.0
HALF_ANGLE = atan(SENSOR / 2 / LENS)


def configure(size: int, samples: int, workers: int) -> None:
    """Choose the renderer and its quality; size in pixels, workers in threads."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.threads_mode, scene.render.threads = "FIXED", workers
    scene.render.use_file_extension = False
    scene.view_settings.view_transform = "Standard"
    cycles = scene.cycles
    cycles.samples, cycles.use_adaptive_sampling, cycles.adaptive_threshold = samples, True, 0.03
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_quality, cycles.denoising_prefilter, cycles.adaptive_min_samples = "HIGH", "ACCURATE", 12
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 16, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 16, 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    image = scene.render.image_settings
    image.file_format, image.quality, image.color_mode = "WEBP", 86, "RGB"


def _clear() -> None:
    material.cache_clear()
    for store in (bpy.data.objects, bpy.data.meshes, bpy.data.lights, bpy.data.cameras, bpy.data.materials):
        for item in list(store):
            store.remove(item)


def _add(name: str, data: Any) -> Any:
    made = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(made)
    return made


def _mesh_data(mesh: Mesh, sharp: float) -> Any:
    data = bpy.data.meshes.new("mesh")
    data.from_pydata(mesh.vertices.tolist(), [], [list(face) for face in mesh.faces])
    data.shade_smooth()
    data.set_sharp_from_angle(angle=sharp)
    return data


def _place(part: Part, bevel: float) -> None:
    made = _add("part", _mesh_data(part.mesh, 0.7))
    made.data.materials.append(material(part.surface))
    if bevel > 0:
        edges = made.modifiers.new("bevel", "BEVEL")
        edges.width, edges.segments, edges.limit_method, edges.angle_limit = bevel, 3, "ANGLE", 0.6
        edges.harden_normals = True


def _sweep(colour: Rgb) -> None:
    curve = spline([(-12, 0), (2.2, 0), (2.2, 0), (3.4, 0.25), (4.2, 1.2), (4.4, 2.4), (4.4, 2.4), (4.4, 12)], 10)
    left, right = (np.column_stack([np.full(len(curve), x), curve]) for x in (-14.0, 14.0))
    count = len(curve)
    faces = tuple((i, i + 1, count + i + 1, count + i) for i in range(count - 1))
    paper = _add("sweep", _mesh_data(Mesh(np.vstack([left, right]), faces), pi))
    paper.data.materials.append(material(Surface("sweep", colour)))


def _softbox(place: tuple[float, float, float], size: float, watts: float) -> None:
    data = bpy.data.lights.new("softbox", "AREA")
    data.shape, data.size, data.energy = "SQUARE", size, watts
    light = _add("softbox", data)
    light.location = place
    aim = light.location - Matrix.Translation((0.0, 0.0, 0.4)).translation
    light.rotation_euler = aim.to_track_quat("Z", "Y").to_euler()


def _lights() -> None:
    _softbox((-2.4, -1.6, 2.6), 2.0, 68.0)
    _softbox((2.8, -1.4, 1.6), 1.4, 15.0)
    _softbox((0.3, 1.6, 3.4), 2.4, 48.0)
    world = bpy.context.scene.world or bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value = (1.0, 1.0, 1.0, 1.0)
    background.inputs[1].default_value = 0.34


def _shoot_from(points: Array, shot: Shot) -> None:
    view = framed(points, shot, HALF_ANGLE)
    data = bpy.data.cameras.new("camera")
    data.lens, data.sensor_width, data.clip_end = LENS, SENSOR, 100.0
    camera = _add("camera", data)
    frame = Matrix.Identity(4)
    for row in range(3):
        for column in range(3):
            frame[row][column] = view.axes[row, column]
        frame[row][3] = view.place[row]
    camera.matrix_world = frame @ Matrix.Rotation(shot.roll, 4, "Z")
    bpy.context.scene.camera = camera


def _standing(parts: Parts, turn: float) -> tuple[Parts, float]:
    """The parts turned, centred, put on the floor and scaled to one metre; and that scale."""
    turned = [part.mesh.turned("z", turn) for part in parts]
    points = np.vstack([mesh.vertices for mesh in turned])
    low, high = points.min(0), points.max(0)
    scale = 1.0 / float((high - low).max())
    x, y = (-(low + high) / 2)[:2]
    meshes = [mesh.moved(x, y, -low[2]).scaled(scale, scale, scale) for mesh in turned]
    return tuple(Part(mesh, part.surface, part.bevel) for mesh, part in zip(meshes, parts, strict=True)), scale


def photograph(parts: Parts, shot: Shot, path: Path) -> None:
    """Set the scene up and write its picture to a path."""
    _clear()
    standing, scale = _standing(parts, shot.turn)
    for part in standing:
        _place(part, part.bevel * scale)
    _sweep(shot.backdrop)
    _lights()
    _shoot_from(np.vstack([part.mesh.vertices for part in standing]), shot)
    bpy.context.scene.view_settings.exposure = shot.exposure
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
