"""Loading: networks from model files, SavedModel folders, Keras models and functions."""
