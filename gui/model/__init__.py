"""What the viewer asks, and the state around it: QtCore only, no widgets, no TensorFlow."""
