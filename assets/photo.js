// The search by photo: chosen, dropped, pasted or taken, framed, and sent as a small picture without what cameras note.
((lookalike) => {
  "use strict";
  const SIDE = 800; // pixels of the picture that is sent, which networks see in fewer than half as many
  const SHOWN = 1200; // pixels of the picture that is framed
  const QUALITY = 0.9;
  const PAUSE = 250; // milliseconds after which a frame that rests is searched with
  const TRIES = 3; // when many send photos at once
  const LONGEST = 5; // seconds that are waited for a turn
  const LEAST = 0.08; // of a side of the photo, that a frame has
  const STEP = 0.02; // of a side, by a key
  const KEYS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  const WHOLE = Object.freeze({ left: 0, top: 0, width: 1, height: 1 });

  let now = null; // the elements of the page, while it is shown
  let action = ""; // of its form
  let kept = null; // the last photo of this visit: its file, its picture, the box of its frame, and the answer
  let held = null; // the corner that the pointer moves, if any, and from where
  let asking = null; // aborted when its answer is no longer wanted
  let timer = 0;
  let count = 0;

  const set = (id, properties) => window.dash_clientside.set_props(lookalike.ids[id], properties);
  const within = (value, least, most) => Math.min(most, Math.max(least, value));

  // The box, moved by shares of the photo's sides; it stays in the photo.
  const moved = (box, right, down) => ({
    ...box,
    left: within(box.left + right, 0, 1 - box.width),
    top: within(box.top + down, 0, 1 - box.height),
  });

  // The box with one of its corners, such as "left top", moved; the opposite one stays.
  const resized = ({ left, top, width, height }, corner, right, down) => {
    let [ends, ending] = [left + width, top + height];
    if (corner.includes("left")) left = within(left + right, 0, ends - LEAST);
    else ends = within(ends + right, left + LEAST, 1);
    if (corner.includes("top")) top = within(top + down, 0, ending - LEAST);
    else ending = within(ending + down, top + LEAST, 1);
    return { left, top, width: ends - left, height: ending - top };
  };

  // The part of a picture as a canvas whose sides have at most so many pixels.
  const drawn = (source, { left, top, width, height }, most) => {
    const [wide, high] = [source.width * width, source.height * height];
    const sides = [wide, high].map((side) => Math.max(1, Math.round(side * Math.min(1, most / Math.max(wide, high)))));
    const pen = new OffscreenCanvas(...sides).getContext("2d");
    pen.fillStyle = "#fff"; // behind transparent parts, as in the catalogue
    pen.fillRect(0, 0, ...sides);
    pen.drawImage(source, source.width * left, source.height * top, wide, high, 0, 0, ...sides);
    return pen.canvas;
  };

  // The answer to the framed part as a JPEG, or to the file itself, whose format the server may know.
  const answered = async ({ file, picture, box }, signal, tries = TRIES) => {
    const body = picture ? await drawn(picture, box, SIDE).convertToBlob({ type: "image/jpeg", quality: QUALITY }) : file;
    const type = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    const answer = await fetch(action, { method: "POST", headers: { Accept: "application/json", "Content-Type": type }, body, signal });
    const after = Number(answer.headers.get("Retry-After") ?? LONGEST);
    if (answer.status !== 429 || tries === 1 || after >= LONGEST) return answer.json();
    await new Promise((resolve) => {
      setTimeout(resolve, 1000 * after);
    });
    return answered({ file, picture, box }, signal, tries - 1);
  };

  // The callback of the store that `ask` changes: the parts that look like the photo, or the reason why there are none.
  const similarTo = async () => {
    const photo = kept;
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const found = await answered({ ...photo }, signal).catch(() => {
      const said = navigator.onLine ? now?.element.dataset.failed : lookalike.offline;
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
    set("photo", { data: (count += 1) });
  };

  const frame = (box, rests) => {
    kept.box = box;
    for (const [side, share] of Object.entries(box)) now.frame.style.setProperty(`--${side}`, share);
    now.whole.disabled = box.width === 1 && box.height === 1;
    clearTimeout(timer);
    if (!rests) return;
    kept.found = null;
    timer = setTimeout(ask, PAUSE);
  };

  const show = ({ picture, box }) => {
    now.element.toggleAttribute("data-has", true);
    now.stage.hidden = !picture;
    if (!picture) return;
    Object.assign(now.canvas, { width: picture.width, height: picture.height });
    now.canvas.getContext("2d").drawImage(picture, 0, 0);
    frame(box, false);
  };

  const take = async (file) => {
    asking?.abort();
    const bitmap = await createImageBitmap(file).catch(() => null); // this browser may not know the format
    kept = { file, picture: bitmap && drawn(bitmap, WHOLE, SHOWN), box: WHOLE, found: null };
    bitmap?.close();
    if (now) show(kept);
    ask();
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
      const by = [(clientX - held.x) / now.canvas.clientWidth, (clientY - held.y) / now.canvas.clientHeight];
      frame(held.corner ? resized(held.box, held.corner, ...by) : moved(held.box, ...by), false);
    },
    onlostpointercapture: () => {
      if (held && held.box !== kept.box) frame(kept.box, true);
      held = null;
    },
    onkeydown: (event) => {
      const by = KEYS[event.key];
      if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      frame(event.shiftKey ? resized(kept.box, "right bottom", ...by) : moved(kept.box, ...by), true);
    },
  };

  const chosen = ({ target }) => {
    const [file] = target.files ?? [];
    target.value = ""; // so that the same file can be chosen again
    if (file) take(file);
  };

  // Make the page of the search work, if it is shown and does not work yet; with the last photo, if there is one.
  const showPhoto = () => {
    const element = document.querySelector("#react-entry-point .by-photo");
    if (element === (now?.element ?? null)) return;
    now = element && { element };
    if (!element) return;
    for (const name of ["form", "stage", "canvas", "frame", "whole", "results"]) now[name] = element.querySelector(`.by-photo-${name}`);
    ({ action } = now.form);
    Object.assign(now.frame, framing);
    Object.assign(now.whole, { onclick: () => frame(WHOLE, true) });
    Object.assign(element, { onchange: chosen });
    if (!kept) return;
    show(kept);
    if (kept.found) set("photo_results", { children: kept.found.results });
    else ask();
  };

  const pictureIn = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));
  const over = (is) => now?.element.toggleAttribute("data-over", is);
  const takeFrom = (event, file) => {
    over(false);
    if (!now || !file) return;
    event.preventDefault();
    take(file);
  };
  Object.assign(document, {
    onpaste: (event) => takeFrom(event, pictureIn(event.clipboardData)),
    ondrop: (event) => takeFrom(event, pictureIn(event.dataTransfer) ?? event.dataTransfer.files[0]),
    ondragleave: (event) => event.relatedTarget || over(false), // out of the window
    ondragover: (event) => {
      if (!now || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault(); // else the browser would leave the page for the file
      over(true);
    },
  });
  Object.assign(lookalike, { WHOLE, moved, resized, similarTo, showPhoto });
})((window.lookalike ??= {}));
