#version 410 core
// colour = opacity * table[round(255 (sign(v) |v|^gamma + 1) / 2)] + (1 - opacity) * picture
uniform sampler2DArray maps;
uniform sampler2DArray pictures;
uniform sampler2D table;
uniform vec4 imagePlace;    // x, y, width, height of the image in a cell
uniform vec2 cellSize;
uniform float gamma;
uniform float opacity;
uniform float wipe;         // share of the cell's width
uniform bool interpolate;
uniform vec2 crosshair;     // share of the image; negative for none
uniform vec3 background;
in vec2 inside;
flat in vec4 where_;
flat in vec4 layers;
out vec4 colour;

vec3 mapped(float value) {
    float span = where_.w == where_.z ? 1.0 : where_.w - where_.z;
    float v = clamp(2.0 * (value - where_.z) / span - 1.0, -1.0, 1.0);
    if ((floatBitsToUint(value) & 0x7fffffffu) > 0x7f800000u) v = 0.0;  // NaN; drivers may take isnan() for false
    float t = v < 0.0 ? -pow(-v, gamma) : pow(v, gamma);
    return texelFetch(table, ivec2(int(roundEven(127.5 * (t + 1.0))), 0), 0).rgb;
}

vec3 pixel(ivec2 at, float layer) {
    ivec3 size = textureSize(maps, 0);
    ivec3 texel = ivec3(clamp(at, ivec2(0), size.xy - 1), int(layer));
    vec3 found = mapped(texelFetch(maps, texel, 0).r);
    if (layers.z < 0.0 || opacity >= 1.0) return found;
    vec3 below = texelFetch(pictures, ivec3(texel.xy, int(layers.z)), 0).rgb;
    return mix(below, found, opacity);
}

void main() {
    if (layers.x < 0.0) { colour = vec4(mix(background, vec3(0.5), 0.235), 1.0); return; }
    vec2 share = (inside - imagePlace.xy) / imagePlace.zw;
    vec3 found = background;
    if (all(greaterThanEqual(share, vec2(0.0))) && all(lessThan(share, vec2(1.0)))) {
        float layer = inside.x < wipe * cellSize.x ? layers.x : layers.y;
        vec2 place = share * vec2(textureSize(maps, 0).xy);
        if (interpolate) {
            vec2 from = floor(place - 0.5), part = place - 0.5 - from;
            ivec2 at = ivec2(from);
            found = mix(mix(pixel(at, layer), pixel(at + ivec2(1, 0), layer), part.x),
                        mix(pixel(at + ivec2(0, 1), layer), pixel(at + ivec2(1, 1), layer), part.x), part.y);
        } else {
            found = pixel(ivec2(place), layer);
        }
    }
    if (crosshair.x >= 0.0) {
        vec2 distance = abs(inside - imagePlace.xy - crosshair * imagePlace.zw);
        if (min(distance.x, distance.y) < 0.5) found = mix(found, vec3(1.0, 0.0, 0.667), 0.78);
    }
    colour = vec4(found, 1.0);
}
