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

  // Let a frame be moved; `changed` is told each box, and whether it rests.
  const framed = (frame, changed) => {
    let box = lookalike.WHOLE;
    let held = null; // the corner that the pointer moves, if any, and from where

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
    for (const end of ["pointerup", "pointercancel"]) {
      frame.addEventListener(end, () => {
        const moved = held && held.box !== box;
        held = null;
        if (moved) show(box, true);
      });
    }
    frame.addEventListener("keydown", (event) => {
      const by = KEYS[event.key];
      if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      show(event.shiftKey ? lookalike.resized(box, "right bottom", ...by) : lookalike.moved(box, ...by), true);
    });
    return show;
  };

  let now = null; // the page that is shown
  let kept = null; // the last photo of this visit: its file, its picture, its frame, and the answer

  const drawn = (source, from, most) => {
    const scale = Math.min(1, most / Math.max(from.width, from.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(from.width * scale));
    canvas.height = Math.max(1, Math.round(from.height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // behind transparent parts, as in the catalogue
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(source, from.left, from.top, from.width, from.height, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  // The photo upright and not larger than it has to be, or nothing where this browser does not know its format.
  const opened = async (file) => {
    try {
      const bitmap = await createImageBitmap(file);
      const canvas = drawn(bitmap, { left: 0, top: 0, width: bitmap.width, height: bitmap.height }, SHOWN);
      bitmap.close();
      return canvas;
    } catch {
      return null;
    }
  };

  // The framed part as a JPEG, or the file itself, whose format the server may know.
  const content = ({ file, picture, box }) => {
    if (!picture) return file;
    const { width, height } = picture;
    const part = { left: box.left * width, top: box.top * height, width: box.width * width, height: box.height * height };
    return new Promise((resolve) => {
      drawn(picture, part, SIDE).toBlob(resolve, "image/jpeg", QUALITY);
    });
  };

  const answered = async (body, signal, tries = TRIES) => {
    const type = body.type.startsWith("image/") ? body.type : "application/octet-stream";
    const headers = { Accept: "application/json", "Content-Type": type };
    const answer = await fetch(now.form.action, { method: "POST", headers, body, signal });
    const after = Number(answer.headers.get("Retry-After") ?? LONGEST);
    if (answer.status !== 429 || tries === 1 || after >= LONGEST) return answer.json();
    await new Promise((resolve) => {
      setTimeout(resolve, 1000 * after);
    });
    return answered(body, signal, tries - 1);
  };

  // The callback of the store that `ask` changes: the parts that look like the photo, or the reason why there are none.
  lookalike.similarTo = async () => {
    const { no_update: same } = window.dash_clientside;
    const photo = kept;
    photo.asked?.abort();
    const asking = (photo.asked = new AbortController());
    try {
      photo.found = await answered(await content(photo), asking.signal);
    } catch {
      if (asking.signal.aborted) return [same, same];
      const said = navigator.onLine ? now?.element.dataset.failed : lookalike.offline;
      photo.found = { announcement: said, results: said };
    }
    now?.results.removeAttribute("aria-busy");
    return kept === photo && photo.asked === asking ? [photo.found.results, photo.found.announcement] : [same, same];
  };

  let count = 0;
  const ask = () => {
    now.results.setAttribute("aria-busy", "true");
    window.dash_clientside.set_props(lookalike.ids.announcement, { children: now.element.dataset.looking });
    window.dash_clientside.set_props(lookalike.ids.photo, { data: (count += 1) });
  };

  const stage = (photo) => {
    now.element.toggleAttribute("data-has", true);
    now.stage.hidden = !photo.picture;
    if (!photo.picture) return;
    const { canvas } = now;
    Object.assign(canvas, { width: photo.picture.width, height: photo.picture.height });
    canvas.getContext("2d").drawImage(photo.picture, 0, 0);
    now.frame(photo.box, false);
  };

  const take = async (file) => {
    kept?.asked?.abort();
    const picture = await opened(file);
    kept = { file, picture, box: lookalike.WHOLE, found: null, asked: null };
    if (!now) return;
    stage(kept);
    ask();
  };

  let timer = 0;
  const boxed = (box, rests) => {
    if (!kept || !now) return;
    kept.box = box;
    now.whole.disabled = box.width === 1 && box.height === 1;
    clearTimeout(timer);
    if (rests) timer = setTimeout(ask, PAUSE);
  };

  // Make the page of the search work, if it is shown and does not work yet; with the last photo, if there is one.
  lookalike.showPhoto = () => {
    const element = document.querySelector("#react-entry-point .by-photo");
    if (element === (now?.element ?? null)) return;
    now = null;
    if (!element) return;
    const [canvas, whole, results, form] = ["canvas", ".by-photo-whole", ".by-photo-results", "form"].map((each) => element.querySelector(each));
    now = { element, canvas, whole, results, form, stage: element.querySelector(".by-photo-stage"), frame: framed(element.querySelector(".by-photo-frame"), boxed) };
    element.addEventListener("change", ({ target }) => {
      const [file] = target.files ?? [];
      target.value = ""; // so that the same file can be chosen again
      if (file) take(file);
    });
    whole.addEventListener("click", () => now.frame(lookalike.WHOLE, true));
    if (!kept) return;
    stage(kept);
    if (kept.found) window.dash_clientside.set_props(lookalike.ids.photo_results, { children: kept.found.results });
    else ask();
  };

  const pictureIn = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));

  document.addEventListener("paste", (event) => {
    const file = now && pictureIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    take(file);
  });
  document.addEventListener("dragover", (event) => {
    if (!now || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault(); // else the browser would leave the page for the file
    now.element.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) now?.element.toggleAttribute("data-over", false); // out of the window
  });
  document.addEventListener("drop", (event) => {
    if (!now) return;
    now.element.toggleAttribute("data-over", false);
    const [first] = event.dataTransfer.files;
    if (!first) return;
    event.preventDefault();
    take(pictureIn(event.dataTransfer) ?? first);
  });
})((window.lookalike ??= {}));
