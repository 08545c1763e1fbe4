"""SavedModels: what other versions wrote is read from the graph alone, and what is damaged is said in one line."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import keras_invariance as ki

IMAGES = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


class Trained(tf.Module):
    """A linear map that drags an optimizer's slots along."""

    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(np.random.default_rng(1).normal(size=(4, 3)), dtype=tf.float32)
        self.optimizer = tf.compat.v1.train.AdamOptimizer()
        self.optimizer.apply_gradients([(tf.ones((4, 3)), self.kernel)])

    @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="image")])
    def __call__(self, image):
        return {"logits": image @ self.kernel}


def test_a_folder_with_an_optimizers_slots_is_read(tmp_path: Path):
    module = Trained()
    tf.saved_model.save(module, str(tmp_path), signatures=module.__call__)
    with pytest.raises(AttributeError, match="add_slot"):  # why its objects are left alone
        tf.saved_model.load(str(tmp_path))
    network = ki.load_network(tmp_path)
    np.testing.assert_array_equal(network(IMAGES), module(IMAGES)["logits"])


@pytest.mark.parametrize("kind", ["reference", "resource", "partitioned"])
def test_a_folder_of_tensorflow_1_is_read(kind: str, tmp_path: Path):
    v1 = tf.compat.v1
    split = v1.fixed_size_partitioner(2) if kind == "partitioned" else None
    with tf.Graph().as_default(), v1.Session() as session:
        image = v1.placeholder(tf.float32, (None, 4), name="image")
        training = v1.placeholder_with_default(False, (), name="training")
        with v1.variable_scope("", use_resource=kind == "resource", partitioner=split):
            kernel = tf.convert_to_tensor(v1.get_variable("kernel", (4, 3)))
        scale = tf.where(training, 2.0, 1.0)
        probabilities = tf.nn.softmax(scale * (image @ kernel))
        session.run(v1.global_variables_initializer())
        signature = v1.saved_model.predict_signature_def({"image": image}, {"probabilities": probabilities})
        builder = v1.saved_model.Builder(str(tmp_path / "old"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()
        wanted = session.run(image @ kernel, {image: IMAGES})
    network = ki.load_network(tmp_path / "old")
    assert network.head.operation == "Softmax"
    np.testing.assert_allclose(network(IMAGES), wanted, rtol=1e-6)
