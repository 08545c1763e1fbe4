"""EfficientNet-Lite0 as a Keras model, by its published description; imports Keras, so it is imported only when needed.

An EfficientNet-B0 for phones: no squeeze-and-excitation, ReLU6 in the place of swish. A block expands its channels,
filters each of them alone, and projects them back; blocks of one shape add what they read to what they made.

Source: Tan & Le, "EfficientNet: Rethinking model scaling for convolutional neural networks" (2019), and the
description of EfficientNet-Lite beside its checkpoints (tensorflow/tpu, 2020).
"""

from dataclasses import dataclass

import keras

NAME = "efficientnet_lite0"
SIDE, CLASSES = 224, 1000
STEM, TOP = 32, 1280
"""Channels of the first and of the last convolution."""

EPSILON = 1e-3
"""What batch norms add to a variance."""

PIXEL_SCALE, PIXEL_OFFSET = 255 / 128, -127 / 128
"""Training read (stored - 127) / 128; from values in [0, 1], stored / 255, that is value * scale + offset."""


@dataclass(frozen=True)
class Stage:
    """Blocks of one shape, one behind the other.

    Attributes
    ----------
    blocks
        How many.
    size, stride
        Of the depthwise kernels; only the first block strides.
    expansion
        How many times more channels a block has inside than it reads.
    channels
        What each block makes.
    """

    blocks: int
    size: int
    stride: int
    expansion: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


def untrained_efficientnet() -> keras.Model:
    """The network with weights that mean nothing yet: images [n, 224, 224, 3] in [0, 1] to 1000 logits."""
    image = keras.Input((SIDE, SIDE, 3), name="image")
    x = keras.layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, name="encoding")(image)
    x = _clipped(_normed(_convolution(STEM, 3, 2, "stem")(x), "stem_norm"), "stem_relu6")
    block = 0
    for stage in STAGES:
        for repeat in range(stage.blocks):
            x = _block(x, stage, stage.stride if repeat == 0 else 1, f"block_{block}")
            block += 1
    x = _clipped(_normed(_convolution(TOP, 1, 1, "top")(x), "top_norm"), "top_relu6")
    x = keras.layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(image, keras.layers.Dense(CLASSES, name="logits")(x), name=NAME)


def _block(x: keras.KerasTensor, stage: Stage, stride: int, name: str) -> keras.KerasTensor:
    """Expand, filter each channel alone, project; add the input where the shapes agree."""
    read = x.shape[-1]
    y = x
    if stage.expansion > 1:
        y = _convolution(read * stage.expansion, 1, 1, f"{name}_expand")(y)
        y = _clipped(_normed(y, f"{name}_expand_norm"), f"{name}_expand_relu6")
    depthwise = keras.layers.DepthwiseConv2D(
        stage.size, stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )
    y = _clipped(_normed(depthwise(y), f"{name}_depthwise_norm"), f"{name}_depthwise_relu6")
    y = _normed(_convolution(stage.channels, 1, 1, f"{name}_project")(y), f"{name}_project_norm")
    return keras.layers.Add(name=f"{name}_add")([y, x]) if stride == 1 and read == stage.channels else y


def _convolution(channels: int, size: int, stride: int, name: str) -> keras.Layer:
    return keras.layers.Conv2D(channels, size, stride, padding="same", use_bias=False, name=name)


def _normed(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(epsilon=EPSILON, name=name)(x)


def _clipped(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.ReLU(6.0, name=name)(x)
