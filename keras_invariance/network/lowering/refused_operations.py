"""Refused operations: those that reach out of the graph to files, sockets, other devices, the process or Python.

A model that needs one for its logits is refused before anything of it is traced or run: while a function is traced
TensorFlow already runs operations of constants, to infer shapes, and so does whoever folds them.

How the list was made (TensorFlow 2.21, its 1910 registered operations, those without a Python name too): by the names
of their inputs and attributes (`filename`, `path`, `dir`, `prefix`, `url`, `address`, `output_stream` and the like,
serialized modules and graphs), then all names, those that are not stateful one by one. Stateful ones (tables, queues,
random numbers) are refused in any case, by `lift`; here they stand for what they do. Whole families are named by
patterns, so that their next version is refused too. Operations that are kept work on their inputs alone. Those that
call functions are looked into, however deep. Operations of other libraries than TensorFlow are not known here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from typing import Any

from ...errors import ModelError
from ..graph import Node

FILES = (
    "ReadFile", "WriteFile", "MatchingFiles", "ImmutableConst", "*Reader*", "LMDB*", "RecordInput",
    "Skipgram", "FixedUnigramCandidateSampler", "GenerateVocabRemapping", "InitializeTableFrom*",
    "DecodeProto*", "EncodeProto*",  # descriptors of messages
    "Save*", "*Restore*", "DistributedSave", "LoadAndRemapMatrix", "MergeV2Checkpoints",
    "Debug*", "DumpTensor", "Copy", "CopyHost", "Print*",
    "*SummaryWriter*", "CreateSummary*", "Write*Summary", "ImportEvent",
    "CalibrationStatisticsSaver", "CustomAggregator", "FileSystemSetConfiguration",
)  # fmt: skip
DATASETS = ("*Dataset*", "*Iterator*", "GetElementAtIndex", "*MemoryCache*", "StatsAggregator*", "Experimental*")
PROCESSES = (
    "*Send*", "*Recv*", "Rpc*", "RemoteCall", "Collective*", "*Nccl*", "*TPU*", "*Tpu*", "Infeed*", "Outfeed*",
    "DTensor*", "*Session*", "WorkerHeartbeat", "Abort",
)  # fmt: skip
CODE = (
    "*PyFunc*", "BatchFunction", "*Mlir*", "XlaCallModule*", "XlaCustomCall*", "XlaLaunch*", "XlaHost*", "_Xla*",
)  # fmt: skip
REFUSED = re.compile("|".join(translate(pattern) for pattern in (*FILES, *DATASETS, *PROCESSES, *CODE)))

Bodies = Mapping[str, frozenset[str]]
"""Function -> the kinds of operations in its body and the names of the functions that it calls."""


def is_refused(kind: str) -> bool:
    """Whether an operation of this kind reaches out of the graph."""
    return REFUSED.match(kind) is not None


def check_operations(nodes: Iterable[Node], bodies: Bodies) -> None:
    """See that no operation reaches out of the graph, nor one in a function that an operation calls.

    Raises
    ------
    ModelError
        One does.
    """
    for node in nodes:
        for kind in _kinds(node, bodies):
            if is_refused(kind):
                raise ModelError(
                    f"operation {kind} in {node.name!r}, which touches files or runs code outside the graph",
                    "a network of computations alone",
                    "It is never run here, trusted or not. Save the model without it.",
                )


def bodies_of(functions: Iterable[Any]) -> Bodies:
    """What is in each function of a graph's library (`FunctionDef` messages)."""
    return {
        function.signature.name: frozenset(
            name for node in function.node_def for name in (node.op, *_called(node.attr))
        )
        for function in functions
    }


def _kinds(node: Node, bodies: Bodies) -> Iterator[str]:
    """The kind of an operation, and those of all operations in the functions that it calls."""
    waiting: Sequence[str] = [node.op, *_called(node.attributes)]
    seen: set[str] = set()
    while waiting:
        yield from waiting
        seen.update(waiting)
        waiting = [inner for name in waiting for inner in bodies.get(name, ()) if inner not in seen]


def _called(attributes: Mapping[str, Any]) -> Iterator[str]:
    """The names of the functions in an operation's attributes, and in those functions' own attributes."""
    for attribute in attributes.values():
        single = [attribute.func] if attribute.HasField("func") else []
        for function in (*single, *attribute.list.func):
            yield function.name
            yield from _called(function.attr)
