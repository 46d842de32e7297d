"""What this machine's processor has, by the names of its flags."""

from pathlib import Path

_PATH = Path("/proc/cpuinfo")
FLAGS = frozenset(_PATH.read_text().split()) if _PATH.is_file() else frozenset()
# Without these, eight-bit products are summed in sixteen bits, which overflow.
SOUND_INT8 = bool(FLAGS & {"avx512_vnni", "avx_vnni", "amx_int8"}) or not FLAGS
WIDE = "avx512f" in FLAGS or not FLAGS
