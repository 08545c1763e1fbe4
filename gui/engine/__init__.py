"""The process that computes: the only one that imports TensorFlow, so that the window never waits for it."""
