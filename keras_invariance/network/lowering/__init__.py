"""Lowering: a traced function turned into one flat graph of operations that can be run."""
