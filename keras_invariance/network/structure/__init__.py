"""Structure: what the parts of a lifted graph are: roles, neuron layers, first layers, the head and both ends."""
