// The search by photo: chosen, dropped, pasted or taken, framed, and sent as a small picture without what cameras note.
((lookalike) => {
  "use strict";
  const SIDE = 800; // pixels of the picture that is sent, which networks see in fewer than half as many
  const QUALITY = 0.9;
  const PAUSE = 250; // milliseconds after which a frame that rests is searched with
  const LEAST = 0.08; // of a side of the photo, that a frame has
  const STEP = 0.02; // of a side, by a key
  const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  const WHOLE = [[0, 1], [0, 1]]; // from left to right and from top to bottom, in shares of the photo's sides

  let now = null; // the elements of the page, while it is shown
  let kept = null; // the last photo of this visit: its file, its address, the box of its frame, and the answer
  let held = null; // the corner that the pointer moves, if any, and from where
  let asking = null; // aborted when its answer is no longer wanted
  let timer = 0;

  const set = (id, properties) => window.dash_clientside.set_props(lookalike.ids[id], properties);
  const within = (value, least, most) => Math.min(most, Math.max(least, value));

  // A side of a box of which one end is moved, or else both; it stays in the photo.
  const movedSide = ([start, end], by, one) => {
    if (one === "start") return [within(start + by, 0, end - LEAST), end];
    if (one === "end") return [start, within(end + by, start + LEAST, 1)];
    const way = within(by, -start, 1 - end);
    return [start + way, end + way];
  };
  lookalike.moved = (box, by, corner) => box.map((side, axis) => movedSide(side, by[axis], corner?.split(" ")[axis]));

  // The part of a photo in a box as a small JPEG.
  const drawn = (photo, [[left, right], [top, bottom]]) => {
    const { naturalWidth: width, naturalHeight: height } = photo;
    const [wide, high] = [width * (right - left), height * (bottom - top)];
    const sides = [wide, high].map((side) => Math.max(1, Math.round(side * Math.min(1, SIDE / Math.max(wide, high)))));
    const pen = new OffscreenCanvas(...sides).getContext("2d");
    pen.fillStyle = "#fff"; // behind transparent parts, as in the catalogue
    pen.fillRect(0, 0, ...sides);
    pen.drawImage(photo, width * left, height * top, wide, high, 0, 0, ...sides);
    return pen.canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  };

  // The answer to the framed part, or to the file itself, whose format the server may know.
  const answered = async ({ image, form }, { file, box }, signal) => {
    const body = await image.decode().then(() => drawn(image, box), () => file);
    const type = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    const headers = { Accept: "application/json", "Content-Type": type };
    const answer = await fetch(form.action, { method: "POST", headers, body, signal });
    return answer.json();
  };

  // The callback of the store that `ask` changes: the products that look like the photo, or why there are none.
  lookalike.similarTo = async () => {
    const [photo, { failed }] = [kept, now.element.dataset];
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const found = await answered(now, photo, signal).catch(() => {
      const said = navigator.onLine ? failed : lookalike.offline;
      return { announcement: said, results: said };
    });
    if (signal.aborted) return [window.dash_clientside.no_update, window.dash_clientside.no_update];
    photo.found = found;
    now?.results.removeAttribute("aria-busy");
    return [found.results, found.announcement];
  };

  const ask = () => {
    if (!now) return; // asked once the page is shown again
    now.results.setAttribute("aria-busy", "true");
    set("announcement", { children: now.element.dataset.looking });
    set("photo", { data: Date.now() });
  };

  const place = ([[left, right], [top, bottom]]) => {
    now.frame.style.inset = [top, 1 - right, 1 - bottom, left].map((share) => `${100 * share}%`).join(" ");
    now.whole.disabled = String(kept.box) === String(WHOLE);
  };

  const frame = (box) => {
    Object.assign(kept, { box, found: null });
    place(box);
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };

  const show = () => {
    now.element.toggleAttribute("data-has", true);
    now.stage.hidden = true; // until it is known that this browser can show it
    now.image.src = kept.address;
    place(kept.box);
    if (kept.found) set("photo_results", { children: kept.found.results });
    else ask();
  };

  const take = (file) => {
    if (kept) URL.revokeObjectURL(kept.address);
    kept = { file, address: URL.createObjectURL(file), box: WHOLE, found: null };
    if (now) show();
  };

  const framing = {
    onpointerdown: (event) => {
      if (event.button) return;
      held = { corner: event.target.dataset.corner, x: event.clientX, y: event.clientY, box: kept.box };
      now.frame.setPointerCapture(event.pointerId);
      event.preventDefault();
      now.frame.focus({ preventScroll: true });
    },
    onpointermove: ({ clientX, clientY }) => {
      if (!held) return;
      const by = [(clientX - held.x) / now.image.clientWidth, (clientY - held.y) / now.image.clientHeight];
      frame(lookalike.moved(held.box, by, held.corner));
    },
    onlostpointercapture: () => (held = null),
    onkeydown: (event) => {
      if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      frame(lookalike.moved(kept.box, KEYS[event.key], event.shiftKey ? "end end" : ""));
    },
  };

  const choose = ({ target }) => {
    if (target.files.length > 0) take(target.files[0]);
    target.value = ""; // so that the same file can be chosen again
  };

  // Make the page of the search work, if it is shown and does not work yet; with the last photo, if there is one.
  lookalike.showPhoto = () => {
    const element = document.querySelector("#react-entry-point .by-photo");
    if (element === (now?.element ?? null)) return;
    now = element && { element };
    if (!element) return;
    const parts = ["stage", "image", "frame", "whole", "results"];
    for (const name of parts) now[name] = element.querySelector(`.by-photo-${name}`);
    Object.assign(now.frame, framing);
    Object.assign(now.image, { onload: () => (now.stage.hidden = false) });
    Object.assign(now.whole, { onclick: () => frame(WHOLE) });
    now.form = Object.assign(element.querySelector("form"), { onchange: choose });
    if (kept) show();
  };

  const over = (is) => now?.element.toggleAttribute("data-over", is);
  const takeFrom = (event) => {
    over(false);
    const { files } = event.clipboardData ?? event.dataTransfer;
    const file = [...files].find((each) => each.type.startsWith("image/")) ?? files[0];
    if (!now || !file) return;
    event.preventDefault();
    take(file);
  };
  Object.assign(document, {
    onpaste: takeFrom,
    ondrop: takeFrom,
    ondragleave: (event) => event.relatedTarget || over(false), // out of the window
    ondragover: (event) => {
      if (!now || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault(); // else the browser would leave the page for the file
      over(true);
    },
  });
})((window.lookalike ??= {}));
