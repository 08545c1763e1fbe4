"""The window, its panels and what people do with them."""
