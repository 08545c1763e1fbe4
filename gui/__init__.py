"""The desktop viewer: paired heatmaps of a network and its twin, on the GPU."""
