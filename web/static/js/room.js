// Lays the list of checkboxes over the drawing of the room: each box lies where its seat is drawn,
// so that mouse, finger, keyboard and screen reader all meet the very same checkbox.

const SMALLEST_PX = { fine: 30, coarse: 38 };
const LARGEST_PX = 52;
const UNIT = 40;
const STEPS = [0.6, 0.8, 1, 1.3, 1.7, 2.2];

/** Put every place over its seat and return the room's controls. */
export function layOver(form) {
  const stage = form.querySelector(".map-stage");
  const rows = form.querySelector(".map-rows");
  const scroller = form.querySelector(".map");
  const [width, height] = [Number(rows.dataset.width), Number(rows.dataset.height)];
  for (const place of rows.querySelectorAll(".place")) {
    const { style } = place;
    style.left = `${(100 * (place.dataset.x - UNIT / 2)) / width}%`;
    style.top = `${(100 * (place.dataset.y - UNIT / 2)) / height}%`;
    style.width = `${(100 * UNIT) / width}%`;
    style.height = `${(100 * UNIT) / height}%`;
  }
  form.classList.add("is-mapped");
  return zooming(stage, scroller, width);
}

function zooming(stage, scroller, width) {
  const pointer = matchMedia("(pointer: coarse)").matches ? "coarse" : "fine";
  let step = STEPS.indexOf(1);

  const apply = () => {
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / stage.clientWidth;
    const fit = scroller.clientWidth;
    const seats = width / UNIT;
    const usual = Math.max(seats * SMALLEST_PX[pointer], Math.min(fit, seats * LARGEST_PX));
    stage.style.width = `${Math.max(Math.min(fit, usual), usual * STEPS[step])}px`;
    scroller.scrollLeft = middle * stage.clientWidth - scroller.clientWidth / 2;
  };

  const change = (by) => {
    step = Math.min(STEPS.length - 1, Math.max(0, step + by));
    apply();
  };

  new ResizeObserver(apply).observe(scroller);
  pinch(scroller, change);
  apply();
  scroller.scrollLeft = (stage.clientWidth - scroller.clientWidth) / 2;
  return { change };
}

/** Two fingers change the size by a step each time they have moved enough. */
function pinch(scroller, change) {
  let last = 0;
  const distance = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  scroller.addEventListener("touchstart", (event) => {
    if (event.touches.length === 2) last = distance(event.touches);
  }, { passive: true });
  scroller.addEventListener("touchmove", (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const ratio = distance(event.touches) / last;
    if (ratio < 1.2 && ratio > 0.83) return;
    change(ratio > 1 ? 1 : -1);
    last = distance(event.touches);
  }, { passive: false });
}

/** Let arrow keys walk from seat to seat; Tab enters the room once and leaves it once. */
export function walk(rows) {
  const boxes = [...rows.querySelectorAll("input[type=checkbox]")];
  const spot = (box) => {
    const { x, y } = box.closest(".place").dataset;
    return { x: Number(x), y: Number(y) };
  };
  const enter = (box) => {
    for (const each of boxes) each.tabIndex = each === box ? 0 : -1;
  };
  const entrance = () => boxes.find((box) => box.checked) ?? boxes.find((box) => !box.disabled);
  enter(entrance());
  rows.addEventListener("focusin", (event) => enter(event.target));
  rows.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way || !event.target.matches("input")) return;
    event.preventDefault();
    nearest(boxes, spot, event.target, way)?.focus();
  });
  return { renew: () => !rows.contains(document.activeElement) && enter(entrance()) };
}

function nearest(boxes, spot, from, [right, down]) {
  const here = spot(from);
  let best = null;
  for (const box of boxes) {
    if (box.disabled || box === from) continue;
    const there = spot(box);
    const ahead = (there.x - here.x) * right + (there.y - here.y) * down;
    const aside = Math.abs((there.x - here.x) * down) + Math.abs((there.y - here.y) * right);
    // A seat counts as ahead within a wedge; those straight ahead come first.
    if (ahead < 10 || aside > ahead * 2) continue;
    const cost = ahead + aside * 2;
    if (best === null || cost < best.cost) best = { box, cost };
  }
  return best?.box;
}
