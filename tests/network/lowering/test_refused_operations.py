"""Refused operations: a model that needs one to reach its logits is refused before anything of it runs."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.errors import ModelError
from keras_invariance.network.lowering.refused_operations import is_refused

RAW = tf.raw_ops
CONSTANT = np.array([1.0, np.nan], np.float32)
Number = Callable[[Path], tf.Tensor]
"""An operation that would touch a path, as a number that is added to the logits."""


def url(path: Path) -> list[str]:
    return [f"file://{path}"]


def length(text: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(RAW.StringLength(input=text))


def first(tensor: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tensor)


OPERATIONS: dict[str, Number] = {
    "DebugNanCount": lambda path: RAW.DebugNanCount(input=CONSTANT, tensor_name="t", debug_urls=url(path)),
    "DebugNumericSummary": lambda path: first(RAW.DebugNumericSummary(input=CONSTANT, debug_urls=url(path))),
    "DebugNumericSummaryV2": lambda _: first(RAW.DebugNumericSummaryV2(input=CONSTANT, tensor_debug_mode=2)),
    "DebugIdentity": lambda path: first(RAW.DebugIdentity(input=CONSTANT, tensor_name="t", debug_urls=url(path))),
    "DebugIdentityV2": lambda path: first(RAW.DebugIdentityV2(input=CONSTANT, debug_urls=url(path))),
    "DebugIdentityV3": lambda path: first(RAW.DebugIdentityV3(input=CONSTANT, debug_urls=url(path))),
    "ReadFile": lambda path: length(RAW.ReadFile(filename=str(path))),
    "MatchingFiles": lambda path: length(RAW.MatchingFiles(pattern=f"{path}/*")),
    "ImmutableConst": lambda path: RAW.ImmutableConst(dtype=tf.float32, shape=[], memory_region_name=str(path)),
    "GenerateVocabRemapping": lambda path: first(
        RAW.GenerateVocabRemapping(
            new_vocab_file=f"{path}/new", old_vocab_file=f"{path}/old", new_vocab_offset=0, num_new_vocab=1
        )[0]
    ),
    "DecodeProtoV2": lambda path: first(
        RAW.DecodeProtoV2(
            bytes=[b""], message_type="M", field_names=["f"], output_types=[tf.float32], descriptor_source=str(path)
        ).sizes
    ),
    "EncodeProto": lambda path: length(
        RAW.EncodeProto(sizes=[[1]], values=[[[1.0]]], field_names=["f"], message_type="M", descriptor_source=str(path))
    ),
    "RestoreV2": lambda path: RAW.RestoreV2(
        prefix=str(path), tensor_names=["t"], shape_and_slices=[""], dtypes=[tf.float32]
    )[0],
    "EagerPyFunc": lambda path: tf.py_function(lambda: path.write_text("run"), [], tf.int32),
    "PyFuncStateless": lambda path: tf.numpy_function(lambda: path.write_text("run"), [], tf.int64, stateful=False),
    "TensorDataset": lambda path: first(
        RAW.DatasetCardinality(
            input_dataset=RAW.CacheDataset(
                input_dataset=RAW.TensorDataset(components=[CONSTANT], output_shapes=[[2]]),
                filename=str(path),
                output_types=[tf.float32],
                output_shapes=[[2]],
            )
        )
    ),
}


def saved(folder: Path, logits: Callable[[tf.Tensor], tf.Tensor]) -> Path:
    """A SavedModel of images [n, 2], what tracing it left behind removed."""
    module = tf.Module()
    module.call = tf.function(logits, input_signature=[tf.TensorSpec((None, 2), tf.float32)], autograph=False)
    tf.saved_model.save(module, str(folder / "model"), signatures=module.call)
    shutil.rmtree(folder / "touched", ignore_errors=True)
    return folder / "model"


def check_refused(model: Path, operation: str, **told: str) -> None:
    with pytest.raises(ModelError) as caught:
        ki.load_network(model, **told)
    text = str(caught.value)
    assert re.search(rf"operation {operation} in '.*touches files or runs code.*computations alone.*Save the mod", text)
    assert "\n" not in text
    assert not (model.parent / "touched").exists()


def plus(number: tf.Tensor, image: tf.Tensor) -> tf.Tensor:
    return image + tf.ensure_shape(tf.cast(number, tf.float32), [])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_of_constants_that_reaches_out_is_refused(operation: str, tmp_path: Path):
    path = tmp_path / "touched"
    check_refused(saved(tmp_path, lambda image: plus(OPERATIONS[operation](path), image)), operation)


def counted(path: Path) -> tf.Tensor:
    return tf.cast(OPERATIONS["DebugNanCount"](path), tf.float32)


def test_the_tests_operation_writes_where_it_runs(tmp_path: Path):
    counted(tmp_path / "touched")
    assert (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "logits",
    [
        lambda image, path: tf.cond(image[0, 0] > 0, lambda: image + counted(path), lambda: image),
        lambda image, path: tf.while_loop(lambda x: x[0, 0] < 0, lambda x: (x + counted(path),), (image,))[0],
        lambda image, path: tf.switch_case(tf.size(image), [lambda: image, lambda: image + counted(path)]),
        lambda image, path: tf.function(lambda x: x + counted(path), autograph=False)(image),
        lambda image, path: tf.cond(
            image[0, 0] > 0,
            lambda: tf.function(lambda x: tf.cond(x[0, 0] > 1, lambda: x, lambda: x + counted(path)))(image),
            lambda: image,
        ),
        lambda image, path: tf.map_fn(lambda row: row + counted(path), image),
    ],
    ids=["if", "while", "case", "call", "if in a call in an if", "map"],
)
def test_one_inside_of_a_function_is_found(logits: Callable, tmp_path: Path):
    check_refused(saved(tmp_path, lambda image: logits(image, tmp_path / "touched")), "DebugNanCount")


def test_one_without_a_result_is_found_in_a_branch(tmp_path: Path):
    def written(image: tf.Tensor) -> tf.Tensor:
        with tf.control_dependencies([RAW.WriteFile(filename=str(tmp_path / "touched"), contents="run")]):
            return tf.identity(image)

    model = saved(tmp_path, lambda image: tf.cond(image[0, 0] > 0, lambda: written(image), lambda: image))
    check_refused(model, "WriteFile")


@pytest.mark.parametrize("told", [{}, {"input": "inner"}])
def test_one_that_a_shape_depends_on_does_not_run_while_shapes_are_inferred(told: dict, tmp_path: Path):
    def logits(image: tf.Tensor) -> tf.Tensor:
        size = 1 + tf.cast(counted(tmp_path / "touched"), tf.int32)
        return 2 * tf.tanh(tf.reshape(image, [-1, size]), name="inner")

    check_refused(saved(tmp_path, logits), "DebugNanCount", **told)


def test_what_the_logits_do_not_need_is_not_run(tmp_path: Path):
    v1, path = tf.compat.v1, tmp_path / "touched"
    with tf.Graph().as_default(), v1.Session() as session:
        image = v1.placeholder(tf.float32, (None, 2), name="image")
        start = RAW.WriteFile(filename=str(path), contents="run")
        signature = v1.saved_model.predict_signature_def({"image": image}, {"logits": 2 * image})
        builder = v1.saved_model.Builder(str(tmp_path / "model"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature}, main_op=start)
        builder.save()
    images = np.ones((1, 2), np.float32)
    np.testing.assert_array_equal(ki.load_network(tmp_path / "model")(images), 2 * images)
    assert not path.exists()
    tf.saved_model.load(str(tmp_path / "model"))
    assert path.exists()  # as TensorFlow's own loader runs it


def registered() -> dict[str, set[str]]:
    """Every operation of the installed TensorFlow -> the names of its inputs and attributes."""
    from tensorflow.core.framework.op_def_pb2 import OpList
    from tensorflow.python.client import pywrap_tf_session as session

    operations = OpList.FromString(session.TF_GetBuffer(session.TF_GetAllOpList()))
    return {one.name: {part.name for part in (*one.input_arg, *one.attr)} for one in operations.op}


def test_every_debug_operation_of_this_tensorflow_is_refused():
    debug = [kind for kind in registered() if kind.startswith("Debug")]
    assert len(debug) >= 8
    assert [kind for kind in debug if not is_refused(kind)] == []


OUTSIDE = re.compile(
    r"(^|_)(file|filename|path|dir|logdir|directory|prefix|prefixes|url|urls|address|descriptor_source|dump_root|"
    r"memory_region_name|output_stream|debug_ops_spec|mlir_module)(_|$)|^(module|token)$"
)


def test_every_operation_that_names_something_outside_is_refused():
    found = {kind for kind, names in registered().items() if any(OUTSIDE.search(name) for name in names)}
    assert {"WriteFile", "SaveV2", "DistributedSave", "PrintV2", "CreateSummaryFileWriter", "XlaCallModule"} <= found
    assert sorted(kind for kind in found if not is_refused(kind)) == []


@pytest.mark.parametrize(
    "kind", ["Send", "_Recv", "RpcCall", "RemoteCall", "TPUExecute", "SnapshotDatasetV2", "RegisterDatasetV2",
             "InitializeTableFromTextFileV2", "CacheDatasetV2", "PyFunc", "LMDBReader", "IteratorGetNext", "Abort"],
)  # fmt: skip
def test_the_list_knows_what_a_savedmodel_may_hold(kind: str):
    assert kind in registered()
    assert is_refused(kind)


def test_operations_of_networks_are_not_refused():
    from keras_invariance.network.structure.operations import ELEMENTWISE, LINEAR, MAX_POOLS, MEAN_POOLS, ROUTES

    kinds = {*ELEMENTWISE, *LINEAR, *MAX_POOLS, *MEAN_POOLS, *ROUTES, "FusedBatchNormV3", "ReadVariableOp", "Const"}
    assert not any(map(is_refused, kinds))
