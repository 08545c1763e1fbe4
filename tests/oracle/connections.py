"""Connections of a layer: which input element i reaches which output element j through which entry k of the kernel."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np


@dataclass(frozen=True)
class Connections:
    """z_j = sum of x_i * kernel_k over all (i, k, j); elements and entries are counted in row-major order."""

    triples: np.ndarray  # [connections, 3]
    input_shape: tuple[int, ...]
    kernel_shape: tuple[int, ...]
    output_shape: tuple[int, ...]

    def matrix(self, kernel: np.ndarray) -> np.ndarray:
        """The kernel written out as a dense matrix W [in, out], so that z = x W."""
        dense_matrix = np.zeros((prod(self.input_shape), prod(self.output_shape)))
        for source, entry, sink in self.triples:
            dense_matrix[source, sink] += kernel.ravel()[entry]
        return dense_matrix

    def patches(self, image: np.ndarray, neuron: int) -> tuple[np.ndarray, np.ndarray]:
        """Zero-padded patches [positions, taps] of a neuron (an output channel), and its kernel entries [taps]."""
        neurons = self.output_shape[-1]
        own = self.triples[self.triples[:, 2] % neurons == neuron]
        entries = np.unique(own[:, 1])
        patches = np.zeros((prod(self.output_shape[:-1]), len(entries)))
        for source, entry, sink in own:
            patches[sink // neurons, np.searchsorted(entries, entry)] = image.ravel()[source]
        return patches, entries


def dense(inputs: int, outputs: int) -> Connections:
    """Every input reaches every output: kernel [in, out]."""
    triples = [(i, i * outputs + j, j) for i, j in product(range(inputs), range(outputs))]
    return Connections(np.array(triples), (inputs,), (inputs, outputs), (outputs,))


def convolution(
    input_shape: tuple[int, ...],
    kernel_shape: tuple[int, ...],
    *,
    stride: int = 1,
    padding: str = "valid",
    dilation: int = 1,
) -> Connections:
    """Convolution in any number of dimensions: kernel [*taps, channels per group, filters]; sizes give the groups."""
    per_group, filters = kernel_shape[-2:]
    per_filter_group = filters // (input_shape[-1] // per_group)
    output_size, steps = sliding(input_shape[:-1], kernel_shape[:-2], stride, padding, dilation)
    output_shape = (*output_size, filters)
    triples = []
    for sink, tap, source in steps:
        for channel, neuron in product(range(per_group), range(filters)):
            source_channel = neuron // per_filter_group * per_group + channel
            triples.append(
                (
                    flat((*source, source_channel), input_shape),
                    flat((*tap, channel, neuron), kernel_shape),
                    flat((*sink, neuron), output_shape),
                )
            )
    return Connections(np.array(triples), input_shape, kernel_shape, output_shape)


def depthwise(
    input_shape: tuple[int, ...], kernel_shape: tuple[int, ...], *, stride: int = 1, padding: str = "valid"
) -> Connections:
    """A convolution per channel: kernel [*taps, channels, multiplier], output channel = channel * multiplier + m."""
    channels, multiplier = kernel_shape[-2:]
    output_size, steps = sliding(input_shape[:-1], kernel_shape[:-2], stride, padding, 1)
    output_shape = (*output_size, channels * multiplier)
    triples = []
    for sink, tap, source in steps:
        for channel, m in product(range(channels), range(multiplier)):
            triples.append(
                (
                    flat((*source, channel), input_shape),
                    flat((*tap, channel, m), kernel_shape),
                    flat((*sink, channel * multiplier + m), output_shape),
                )
            )
    return Connections(np.array(triples), input_shape, kernel_shape, output_shape)


def transposed(input_shape: tuple[int, ...], kernel_shape: tuple[int, ...], *, stride: int = 1) -> Connections:
    """Valid transposed convolution: kernel [*taps, filters, channels]; input i reaches outputs i * stride + tap."""
    filters, channels = kernel_shape[-2:]
    sizes = zip(input_shape[:-1], kernel_shape[:-2], strict=True)
    output_shape = (*(size * stride + max(taps - stride, 0) for size, taps in sizes), filters)
    triples = []
    for source, tap in product(np.ndindex(*input_shape[:-1]), np.ndindex(*kernel_shape[:-2])):
        sink = tuple(s * stride + t for s, t in zip(source, tap, strict=True))
        for neuron, channel in product(range(filters), range(channels)):
            triples.append(
                (
                    flat((*source, channel), input_shape),
                    flat((*tap, neuron, channel), kernel_shape),
                    flat((*sink, neuron), output_shape),
                )
            )
    return Connections(np.array(triples), input_shape, kernel_shape, output_shape)


Place = tuple[int, ...]


def sliding(
    size: Place, taps: Place, stride: int, padding: str, dilation: int
) -> tuple[Place, Iterator[tuple[Place, Place, Place]]]:
    """The output's size, and (output position, tap, input position) for every tap that lies inside the image."""
    reach = [(tap - 1) * dilation + 1 for tap in taps]
    if padding == "same":
        output = tuple(-(-length // stride) for length in size)
        missing = [(o - 1) * stride + k - length for o, k, length in zip(output, reach, size, strict=True)]
        before = [max(count, 0) // 2 for count in missing]
    else:
        output = tuple((length - k) // stride + 1 for length, k in zip(size, reach, strict=True))
        before = [0] * len(size)
    return output, _inside(output, size, taps, [stride, dilation, before])


def _inside(output: Place, size: Place, taps: Place, geometry: list) -> Iterator[tuple[Place, Place, Place]]:
    stride, dilation, before = geometry
    for sink, tap in product(np.ndindex(*output), np.ndindex(*taps)):
        source = tuple(o * stride + t * dilation - b for o, t, b in zip(sink, tap, before, strict=True))
        if all(0 <= place < length for place, length in zip(source, size, strict=True)):
            yield sink, tap, source


def flat(index: Place, shape: Place) -> int:
    """The row-major number of an element."""
    number = 0
    for place, length in zip(index, shape, strict=True):
        number = number * length + place
    return number
