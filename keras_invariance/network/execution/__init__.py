"""Execution: a lifted graph's operations run by TensorFlow, as they are or as a method wants them."""
