"""Rules: what one kind of operation does to the signal on its way back."""
