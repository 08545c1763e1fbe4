"""Integrations: the Keras callback, TensorBoard, Apache Beam."""
