"""The paper, reproduced: its figures, its table of verdicts, and a page that shows them."""
