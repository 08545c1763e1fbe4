"""What a person looks at: heatmaps, grids of maps, single-file pages, and files that appear whole or not at all."""
