"""Encodings: other ways to write the same images, such as all of them shifted by a constant."""
