"""Maps into pixels: the OpenGL canvas, the CPU canvas, and the literal formula that both are tested against."""
