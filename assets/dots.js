// The dots of the map as data: fetched once, found by their places.
((lookalike) => {
  "use strict";
  const SIDE = 10000; // places go from 0 to one less
  const CELLS = 100; // along each side, in which dots are looked for

  const charts = new Map(); // by their addresses, or promises of them: maps that have been drawn

  const json = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
    return answer.json();
  };

  const summed = (steps) => {
    let sum = 0;
    return Float64Array.from(steps, (step) => (sum += step));
  };

  // Dots by the cells that they lie in: those of cell c are `dots[from[c]]` to `dots[from[c + 1] - 1]`.
  const inCells = (x, y) => {
    const cellOf = (dot) => Math.floor((y[dot] * CELLS) / SIDE) * CELLS + Math.floor((x[dot] * CELLS) / SIDE);
    const from = new Uint32Array(CELLS * CELLS + 1);
    for (let dot = 0; dot < x.length; dot++) from[cellOf(dot) + 1]++;
    for (let cell = 0; cell < CELLS * CELLS; cell++) from[cell + 1] += from[cell];
    const next = from.slice();
    const dots = new Uint32Array(x.length);
    for (let dot = 0; dot < x.length; dot++) dots[next[cellOf(dot)]++] = dot;
    return { from, dots };
  };

  // The dot nearest to a place within (reachX, reachY) of it, or -1.
  lookalike.nearestDot = ({ x, y, cells }, atX, atY, reachX, reachY) => {
    const cell = (place) => Math.min(CELLS - 1, Math.max(0, Math.floor((place * CELLS) / SIDE)));
    let found = -1;
    let least = 1;
    for (let row = cell(atY - reachY); row <= cell(atY + reachY); row++) {
      const first = cells.from[row * CELLS + cell(atX - reachX)];
      const after = cells.from[row * CELLS + cell(atX + reachX) + 1];
      for (let place = first; place < after; place++) {
        const dot = cells.dots[place];
        const far = ((x[dot] - atX) / reachX) ** 2 + ((y[dot] - atY) / reachY) ** 2;
        if (far < least) [found, least] = [dot, far];
      }
    }
    return found;
  };

  // The map at an address: places, kinds, and the dots in their cells.
  lookalike.chartAt = (address) => {
    if (!charts.has(address)) {
      const promise = json(address).then(({ x, y, kind, part }) => {
        const places = { x: summed(x), y: summed(y) };
        return { ...places, kind, part, cells: inCells(places.x, places.y), parts: new Map(), address };
      });
      promise.catch(() => charts.delete(address));
      charts.set(address, promise);
    }
    return charts.get(address);
  };

  // What is told of a dot: [address, title, photo].
  lookalike.toldOf = async (chart, dot) => {
    const part = Math.floor(dot / chart.part);
    if (!chart.parts.has(part)) {
      const promise = json(chart.address.replace(/\.json$/, `/${part}.json`));
      promise.catch(() => chart.parts.delete(part));
      chart.parts.set(part, promise);
    }
    return (await chart.parts.get(part))[dot % chart.part];
  };
})((window.lookalike ??= {}));
