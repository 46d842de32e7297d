// The frame around the part of a photo that is searched with: dragged by hand, moved by keys.
((lookalike) => {
  "use strict";
  const LEAST = 0.08; // of a side of the photo
  const STEP = 0.02; // of a side, by a key
  lookalike.WHOLE = Object.freeze({ left: 0, top: 0, width: 1, height: 1 });

  const within = (value, least, most) => Math.min(most, Math.max(least, value));

  // The box, moved by shares of the photo's sides; it stays in the photo.
  lookalike.moved = (box, right, down) => ({
    ...box,
    left: within(box.left + right, 0, 1 - box.width),
    top: within(box.top + down, 0, 1 - box.height),
  });

  // The box with one of its corners, such as "left top", moved; the opposite one stays.
  lookalike.resized = ({ left, top, width, height }, corner, right, down) => {
    let [ends, ending] = [left + width, top + height];
    if (corner.includes("left")) left = within(left + right, 0, ends - LEAST);
    else ends = within(ends + right, left + LEAST, 1);
    if (corner.includes("top")) top = within(top + down, 0, ending - LEAST);
    else ending = within(ending + down, top + LEAST, 1);
    return { left, top, width: ends - left, height: ending - top };
  };

  const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

  // Let a frame be moved; `changed` is told each box, and whether the hand has let go of it.
  lookalike.framed = (frame, changed) => {
    let box = lookalike.WHOLE;
    let held = null; // what the pointer moves, and from where

    const show = (to, rests) => {
      box = to;
      for (const side of ["left", "top", "width", "height"]) frame.style.setProperty(`--${side}`, box[side]);
      changed(box, rests);
    };

    frame.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = { corner: event.target.dataset.corner, x: event.clientX, y: event.clientY, box };
      frame.setPointerCapture(event.pointerId);
      event.preventDefault();
      frame.focus({ preventScroll: true });
    });
    frame.addEventListener("pointermove", (event) => {
      if (!held) return;
      const { clientWidth, clientHeight } = frame.parentElement;
      const by = [(event.clientX - held.x) / clientWidth, (event.clientY - held.y) / clientHeight];
      show(held.corner ? lookalike.resized(held.box, held.corner, ...by) : lookalike.moved(held.box, ...by), false);
    });
    const release = () => {
      const moved = held && held.box !== box;
      held = null;
      if (moved) show(box, true);
    };
    frame.addEventListener("pointerup", release);
    frame.addEventListener("pointercancel", release);
    frame.addEventListener("keydown", (event) => {
      const by = KEYS[event.key];
      if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      show(event.shiftKey ? lookalike.resized(box, "right bottom", ...by) : lookalike.moved(box, ...by), true);
    });
    return show;
  };
})((window.lookalike ??= {}));
