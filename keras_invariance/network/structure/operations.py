"""What each kind of operation does to the signal: the tables from which roles are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ACTIVATIONS = frozenset(
    {
        "Relu",
        "Relu6",
        "LeakyRelu",
        "Elu",
        "Selu",
        "Softplus",
        "Softsign",
        "Sigmoid",
        "Tanh",
        "Maximum",
        "Minimum",
        "ClipByValue",
    }
)
SELECTIONS = frozenset({"Select", "SelectV2"})
# Steps of functions of one variable, such as GELU = x erfc(-x / sqrt 2) / 2, that activations are composed of.
ELEMENTWISE = ACTIVATIONS | SELECTIONS | frozenset(
    {"Mul", "AddV2", "Add", "Sub", "RealDiv", "Neg", "Erf", "Erfc", "Exp", "Expm1", "Log1p", "Log", "Pow", "Square",
     "Rsqrt", "Sqrt", "Reciprocal", "Abs", "Greater", "GreaterEqual", "Less", "LessEqual"}
)  # fmt: skip
# Where one factor of a product comes out of these, it decides how much passes: the other factor carries the signal.
GATES = frozenset({"Sigmoid", "Softmax", "Rsqrt", "Reciprocal", "Erf", "Erfc", "Tanh", "Relu6", "ClipByValue", "Exp"})
# Parts of normalisations. A derivative through them is what methods that know nothing better use.
NORMALISATIONS = frozenset(
    {"Rsqrt", "Sqrt", "Square", "SquaredDifference", "Reciprocal", "Softmax", "LogSoftmax", "Exp", "Log", "Max", "Sum"}
)
MAX_POOLS = frozenset({"MaxPool", "MaxPoolV2", "MaxPool3D", "Max"})
MEAN_POOLS = frozenset({"AvgPool", "AvgPool3D", "Mean", "Sum", "ResizeBilinear", "ResizeArea"})
ROUTES = frozenset(
    {"Reshape", "Transpose", "Pad", "PadV2", "MirrorPad", "ConcatV2", "Concat", "StridedSlice", "Slice", "Squeeze",
     "ExpandDims", "Gather", "GatherV2", "GatherNd", "Split", "SplitV", "Pack", "Unpack", "Tile", "BroadcastTo", "Cast",
     "StopGradient", "SpaceToBatchND", "BatchToSpaceND", "SpaceToDepth", "DepthToSpace", "ResizeNearestNeighbor",
     "ReverseV2", "Roll"}
)  # fmt: skip
# Routes that leave the last axis alone, so that a bias or scale behind them still belongs to the neurons before.
NEURON_ROUTES = frozenset({"Reshape", "Squeeze", "ExpandDims", "BatchToSpaceND"})
PRODUCTS = frozenset({"Mul", "RealDiv", "Div"})
ADDITIONS = frozenset({"AddV2", "Add", "BiasAdd", "Sub"})
SUMS = frozenset({"AddV2", "Add", "AddN", "Sub"})
NON_NEGATIVE = frozenset({"Relu", "Relu6", "Sigmoid", "Softmax", "Softplus", "Abs", "Square", "Exp"})


@dataclass(frozen=True)
class LinearKind:
    """How a linear operation reads its image side and its kernel, and what the kernel's axes mean.

    Attributes
    ----------
    images
        The inputs at which the image side may stand.
    kernels
        Where the kernel stands for each of them.
    summed
        The kernel's axes that are summed over for one neuron.
    neurons
        The kernel's axes that number the output channels, in the output's order.
    """

    images: tuple[int, ...]
    kernels: tuple[int, ...]
    summed: tuple[int, ...]
    neurons: tuple[int, ...]


LINEAR: Mapping[str, LinearKind] = MappingProxyType(
    {
        "MatMul": LinearKind((0,), (1,), (0,), (1,)),
        "BatchMatMul": LinearKind((0,), (1,), (-2,), (-1,)),
        "BatchMatMulV2": LinearKind((0,), (1,), (-2,), (-1,)),
        "BatchMatMulV3": LinearKind((0,), (1,), (-2,), (-1,)),
        "Einsum": LinearKind((0, 1), (1, 0), (), ()),  # its equation tells
        "Conv2D": LinearKind((0,), (1,), (0, 1, 2), (3,)),
        "Conv3D": LinearKind((0,), (1,), (0, 1, 2, 3), (4,)),
        "DepthwiseConv2dNative": LinearKind((0,), (1,), (0, 1), (2, 3)),
        "Conv2DBackpropInput": LinearKind((2,), (1,), (0, 1, 3), (2,)),
        "Conv3DBackpropInputV2": LinearKind((2,), (1,), (0, 1, 2, 4), (3,)),
    }
)
