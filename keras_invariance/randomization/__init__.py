"""The parameter-randomisation test and its kin: whether maps notice that a network has changed."""
