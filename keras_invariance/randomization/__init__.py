"""The parameter-randomisation test: whether maps change when the network forgets what it learned."""
