// The map: dots on a canvas, and at the one that is pointed at a link with its photo and title.
((lookalike) => {
  "use strict";
  const SIDE = 10000; // places go from 0 to one less
  const WIDEST = 2.1; // width of the map to its height, at most
  const MARGIN = 14; // pixels
  const CLOSEST = 60; // how many times the whole map can be enlarged
  const REACH = 18; // pixels from which a dot is pointed at
  const PAUSE = 60; // milliseconds at a dot after which its page is fetched

  const view = { zoom: 1, x: SIDE / 2, y: SIDE / 2 }; // what stands in the middle
  let now = null; // the map that is on the page

  // From places to pixels: x · sx + dx, and y, which goes up, the other way.
  const scaleOf = ({ width, height }) => {
    const tall = height - 2 * MARGIN;
    const wide = Math.min(width - 2 * MARGIN, tall * WIDEST);
    const [sx, sy] = [(wide / SIDE) * view.zoom, (Math.min(tall, wide * WIDEST) / SIDE) * view.zoom];
    return { sx, sy, dx: width / 2 - view.x * sx, dy: height / 2 + view.y * sy };
  };

  const radiusOf = (count, { width, height }) => {
    const room = Math.sqrt((width * height) / count);
    return Math.min(6.5, Math.max(1.1, room * 0.2) * view.zoom ** 0.35);
  };

  const sizeOf = (canvas) => ({ width: canvas.clientWidth, height: canvas.clientHeight });

  const draw = () => {
    if (!now?.chart) return;
    const { canvas, chart, element } = now;
    const size = sizeOf(canvas);
    if (!size.width || !size.height) return; // on a phone, behind a product
    const chosen = element.dataset.kind ? Number(element.dataset.kind) : null;
    lookalike.paintDots(canvas, chart, scaleOf(size), radiusOf(chart.x.length, size), chosen);
    element.dataset.drawn = "";
    place();
  };

  let asked = 0;
  const redraw = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(draw);
  };

  // The link lies on its dot, and its card where there is room.
  const place = () => {
    const { link, canvas, chart, dot } = now;
    link.hidden = dot < 0;
    if (dot < 0) return;
    const { sx, sy, dx, dy } = scaleOf(sizeOf(canvas));
    const [left, top] = [chart.x[dot] * sx + dx, dy - chart.y[dot] * sy];
    link.style.translate = `${left}px ${top}px`;
    link.dataset.side = `${top < canvas.clientHeight / 2 ? "below" : "above"} ${left < canvas.clientWidth / 2 ? "right" : "left"}`;
  };

  const show = ([address, title, photo]) => {
    const { link } = now;
    link.href = address;
    const card = Object.assign(document.createElement("span"), { className: "map-card" });
    if (photo) card.append(Object.assign(new Image(140, 140), { src: photo, alt: "" }));
    card.append(Object.assign(document.createElement("span"), { textContent: title }));
    link.replaceChildren(card);
    setTimeout(() => link.getAttribute("href") === address && lookalike.prefetch(address), PAUSE);
  };

  const pointAt = (dot) => {
    if (dot === now.dot) return;
    const on = now;
    on.dot = dot;
    on.link.removeAttribute("href");
    on.link.replaceChildren();
    place();
    if (dot < 0) return;
    on.told = lookalike.toldOf(on.chart, dot);
    on.told.then(
      (told) => on === now && on.dot === dot && show(told),
      () => lookalike.alert(document.documentElement.dataset.offline),
    );
  };

  const at = (event) => {
    const box = now.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  const dotAt = ([left, top]) => {
    const { sx, sy, dx, dy } = scaleOf(sizeOf(now.canvas));
    return lookalike.nearestDot(now.chart, (left - dx) / sx, (dy - top) / sy, REACH / sx, REACH / sy);
  };

  // Enlarge by a factor; the place under (left, top) stays there.
  const zoom = (by, [left, top]) => {
    const size = sizeOf(now.canvas);
    const before = scaleOf(size);
    const [x, y] = [(left - before.dx) / before.sx, (before.dy - top) / before.sy];
    view.zoom = Math.min(CLOSEST, Math.max(1, view.zoom * by));
    const after = scaleOf(size);
    move(x * after.sx + after.dx - left, after.dy - y * after.sy - top);
  };

  // What stands in the middle stays within the map; all of it stands in the middle of itself.
  const move = (right, down) => {
    const { sx, sy } = scaleOf(sizeOf(now.canvas));
    const slack = (SIDE / 2) * (1 - 1 / view.zoom);
    const within = (middle) => Math.min(SIDE / 2 + slack, Math.max(SIDE / 2 - slack, middle));
    view.x = within(view.x + right / sx);
    view.y = within(view.y - down / sy);
    now.element.toggleAttribute("data-near", view.zoom > 1);
    redraw();
  };

  const middle = () => [now.canvas.clientWidth / 2, now.canvas.clientHeight / 2];
  const steps = {
    in: () => zoom(1.6, middle()),
    out: () => zoom(1 / 1.6, middle()),
    whole: () => zoom(0, middle()),
  };

  const listen = (element) => {
    const fingers = new Map(); // pointers that are down, and where
    let moved = 0; // pixels since the first of them came down
    const between = () => {
      const [[ax, ay], [bx, by]] = fingers.values();
      return { far: Math.hypot(ax - bx, ay - by), middle: [(ax + bx) / 2, (ay + by) / 2] };
    };
    element.addEventListener("pointerdown", (event) => {
      if (!now?.chart || event.button || event.target.closest("button")) return;
      if (fingers.size === 0) moved = 0;
      fingers.set(event.pointerId, at(event));
    });
    element.addEventListener("pointermove", (event) => {
      if (!now?.chart) return;
      const [before, to] = [fingers.get(event.pointerId), at(event)];
      if (!before) {
        if (event.pointerType !== "touch") pointAt(event.target.closest("button") ? -1 : dotAt(to));
        return;
      }
      moved += Math.hypot(to[0] - before[0], to[1] - before[1]);
      if (moved > 4 && !element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
      if (fingers.size === 2) {
        const was = between();
        fingers.set(event.pointerId, to);
        const is = between();
        zoom(is.far / was.far, is.middle);
        move(was.middle[0] - is.middle[0], was.middle[1] - is.middle[1]);
      } else {
        fingers.set(event.pointerId, to);
        move(before[0] - to[0], before[1] - to[1]);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) {
      element.addEventListener(end, (event) => fingers.delete(event.pointerId));
    }
    element.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && now?.chart && pointAt(-1));
    element.addEventListener("dragstart", (event) => event.preventDefault());
    element.addEventListener(
      "wheel",
      (event) => {
        if (!now?.chart || !(event.ctrlKey || event.metaKey)) return; // else the page scrolls
        event.preventDefault();
        zoom(1.0025 ** -event.deltaY, at(event));
      },
      { passive: false },
    );
    element.addEventListener("click", async (event) => {
      if (!now?.chart) return;
      const button = event.target.closest("button");
      if (button) return steps[button.dataset.zoom]();
      if (moved > 4) return event.preventDefault(); // the map was moved
      const dot = dotAt(at(event));
      if (event.pointerType === "touch") {
        if (!event.target.closest(".map-card")) pointAt(dot); // a finger sees the card first, and opens it by that
      } else if (dot >= 0 && !event.target.closest(".map-dot[href]")) {
        pointAt(dot);
        lookalike.go((await now.told)[0]);
      }
    });
    const sizes = new ResizeObserver(redraw);
    sizes.observe(element);
  };

  // Draw the map that is on the page, if there is one that is not drawn yet.
  lookalike.drawMap = async () => {
    const element = document.querySelector("[data-map]");
    if (element === now?.element) return;
    if (!element) return void (now = null);
    now = { element, canvas: element.querySelector("canvas"), link: element.querySelector(".map-dot"), dot: -1 };
    now.link.hidden = true;
    listen(element);
    try {
      const chart = await lookalike.chartAt(element.dataset.map);
      if (element !== now?.element) return;
      now.chart = chart;
      move(0, 0);
    } catch {
      lookalike.alert(document.documentElement.dataset.offline);
    }
  };

  const theme = new MutationObserver(redraw);
  theme.observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
})((window.lookalike ??= {}));
