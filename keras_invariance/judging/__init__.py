"""Tests of explanations: each asks questions of a network's maps, shard by shard, and reads a verdict."""
