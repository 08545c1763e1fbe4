#version 410 core
// A quad per instance: the cell's corner comes from the table of cells, two texels each.
uniform sampler2D cells;    // texel 0: x, y, low, high;  texel 1: left layer, right layer, picture, unused
uniform vec2 viewport;      // of the canvas, in device-independent pixels
uniform vec2 cellSize;
out vec2 inside;            // the place in the cell, in device-independent pixels
flat out vec4 where_;
flat out vec4 layers;

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    where_ = texelFetch(cells, ivec2(0, gl_InstanceID), 0);
    layers = texelFetch(cells, ivec2(1, gl_InstanceID), 0);
    inside = corner * cellSize;
    vec2 place = (where_.xy + inside) / viewport * 2.0 - 1.0;
    gl_Position = vec4(place.x, -place.y, 0.0, 1.0);
}
