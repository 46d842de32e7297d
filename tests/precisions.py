"""Engines as tests name them, where not every processor has what they compute in."""

import pytest

from model.extractors import BF16, openvino

needs_bf16 = pytest.mark.skipif("BF16" not in openvino.capabilities(), reason="this processor does not compute in bf16")
BF16_WHERE_IT_IS = pytest.param(BF16, marks=needs_bf16)
