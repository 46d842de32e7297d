// Dots as pixels, laid by hand: a canvas takes a microsecond or three for each, and a map may have 100,000.
((lookalike) => {
  "use strict";
  const COLOURED = 10; // categories that have a colour of their own

  // A round dot as the share of each pixel of a square that it covers.
  const discOf = (radius) => {
    const reach = Math.ceil(radius);
    const side = 2 * reach + 1;
    const shares = Float32Array.from({ length: side * side }, (_, place) => {
      const far = Math.hypot((place % side) - reach, Math.floor(place / side) - reach);
      return Math.min(1, Math.max(0, radius + 0.5 - far));
    });
    return { reach, side, shares };
  };

  // Lay a disc in a colour over pixels.
  const stamp = ({ data, width, height }, { side, shares }, [red, green, blue], strength, left, top) => {
    for (let row = Math.max(0, top); row < Math.min(height, top + side); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + side); column++) {
        const share = shares[(row - top) * side + column - left] * strength;
        const at = 4 * (row * width + column);
        data[at] += (red - data[at]) * share;
        data[at + 1] += (green - data[at + 1]) * share;
        data[at + 2] += (blue - data[at + 2]) * share;
      }
    }
  };

  const coloursOf = (element) => {
    const style = getComputedStyle(element);
    const colour = (name) => style.getPropertyValue(name).match(/[0-9a-f]{2}/gi).map((pair) => parseInt(pair, 16));
    const kinds = Array.from({ length: COLOURED }, (_, kind) => colour(`--kind-${kind}`));
    return { ground: colour("--map-ground"), rest: colour("--kind-rest"), kinds };
  };

  const paper = (pen, width, height, [red, green, blue]) => {
    const image = pen.createImageData(width, height);
    new Uint32Array(image.data.buffer).fill(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
    return image;
  };

  // Draw dots of a radius at their places times `scale`; those of the `chosen` kind stand out, if there is one.
  lookalike.paintDots = (canvas, { x, y, kind }, { sx, sy, dx, dy }, radius, chosen) => {
    const ratio = Math.min(2, devicePixelRatio);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((length) => Math.round(length * ratio));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const disc = discOf(radius * ratio);
    const { ground, rest, kinds } = coloursOf(canvas);
    const pen = canvas.getContext("2d");
    const image = paper(pen, width, height, ground);
    for (const front of chosen === null ? [true] : [false, true]) {
      for (let dot = 0; dot < x.length; dot++) {
        if (chosen !== null && (kind[dot] === chosen) !== front) continue;
        const left = Math.round((x[dot] * sx + dx) * ratio) - disc.reach;
        const top = Math.round((dy - y[dot] * sy) * ratio) - disc.reach;
        stamp(image, disc, kinds[kind[dot]] ?? rest, front ? 0.85 : 0.13, left, top);
      }
    }
    pen.putImageData(image, 0, 0);
  };
})((window.lookalike ??= {}));
