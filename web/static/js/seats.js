// The seat picker: the form stays the truth, this draws it as a map and keeps it up to date.

import { chosenList } from "./chosen.js";
import { layOver, walk } from "./room.js";
import { follow } from "./stream.js";

const STATUSES = ["free", "held", "sold", "blocked"];
const TOAST_MS = 7000;

const form = document.querySelector("#picker");
const words = JSON.parse(form.dataset.words);
const own = new Set(JSON.parse(form.dataset.own));
const broken = new Set(JSON.parse(form.dataset.broken));
const layout = JSON.parse(form.dataset.layout);
const most = Number(form.dataset.most);
const boxes = new Map([...form.querySelectorAll("input[name=seat]")].map((box) => [box.value, box]));
const drawn = new Map([...form.querySelectorAll("[data-drawn]")].map((seat) => [seat.dataset.drawn, seat]));
const status = new Map([...boxes].map(([seat, box]) => [seat, box.disabled ? drawn.get(seat).dataset.status : "free"]));
let version = Number(form.dataset.version);
let toastTimer = null;

document.documentElement.classList.add("has-script");
const list = chosenList(form, words, (seat) => choose(seat, false));
const room = layOver(form);
chosen()[0] && show(chosen()[0].value);
const steps = walk(form.querySelector(".map-rows"));

function chosen() {
  return [...boxes.values()].filter((box) => box.checked);
}

function nameOf(seat) {
  return boxes.get(seat).closest(".place").querySelector("b").textContent;
}

/** Say something to screen readers, and show it where it matters to everybody. */
function say(text, { isSeen = false } = {}) {
  form.querySelector("[data-said]").textContent = text;
  if (!isSeen) return;
  const toast = form.querySelector("[data-toast]");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (toast.hidden = true), TOAST_MS);
}

/** Bring a seat into the middle of what is seen of the room. */
function show(seat) {
  const place = boxes.get(seat).closest(".place");
  const scroller = form.querySelector(".map");
  scroller.scrollLeft = place.offsetLeft + place.offsetWidth / 2 - scroller.clientWidth / 2;
}

/** Draw one seat by what it is: chosen, or as the map says. */
function draw(seat) {
  const box = boxes.get(seat);
  const shape = drawn.get(seat);
  const now = box.checked ? "chosen" : status.get(seat);
  if (shape.dataset.status === now) return;
  shape.dataset.status = now;
  shape.replaceChildren(shape.firstElementChild, markOf(box, now));
}

function markOf(box, now) {
  const svg = "http://www.w3.org/2000/svg";
  const hasPicture = ["wheelchair", "companion"].includes(box.dataset.kind);
  if (now === "free" && !hasPicture) {
    const number = document.createElementNS(svg, "text");
    number.setAttribute("class", "seat-number");
    number.setAttribute("y", "0.5");
    number.textContent = box.dataset.label;
    return number;
  }
  const mark = document.createElementNS(svg, "use");
  mark.setAttribute("href", `#mark-${now === "free" ? box.dataset.kind : now}`);
  mark.setAttribute("class", "seat-mark");
  return mark;
}

function choose(seat, isChosen) {
  boxes.get(seat).checked = isChosen;
  changed(seat);
}

function changed(seat) {
  draw(seat);
  list.show(chosen());
  steps.renew();
}

form.addEventListener("change", (event) => {
  const box = event.target;
  if (box.name !== "seat") return;
  if (box.checked && chosen().length > most) {
    box.checked = false;
    say(words.most, { isSeen: true });
    return;
  }
  changed(box.value);
  say(chosen().length ? list.countWords(chosen().length) : words.none);
});

/** Take over a new map; seats that somebody else got meanwhile are not chosen any more. */
function take(map) {
  if (map.version < version) return;
  version = map.version;
  const bits = atob(map.bitmap);
  const lost = [];
  layout.forEach((number, at) => {
    const seat = String(number);
    const code = (bits.charCodeAt(at >> 2) >> (6 - 2 * (at & 3))) & 3;
    const now = broken.has(number) ? "blocked" : own.has(number) ? "free" : STATUSES[code];
    const box = boxes.get(seat);
    if (status.get(seat) !== now) {
      status.set(seat, now);
      box.disabled = now !== "free";
      box.closest(".place").querySelector("[data-state]").textContent = words[now];
      if (box.checked && now !== "free") {
        box.checked = false;
        lost.push(seat);
      }
    }
    draw(seat);
  });
  if (lost.length) {
    list.show(chosen());
    say(words.lost.replace("%seats%", lost.map(nameOf).join("; ")), { isSeen: true });
  }
  steps.renew();
}

async function poll() {
  const reply = await fetch(form.dataset.map, { cache: "no-store" });
  return reply.ok ? reply.json() : null;
}

follow(form.dataset.live, "seats", take, {
  poll,
  state: (isLive) => {
    const wasAway = form.classList.contains("is-away");
    form.classList.toggle("is-away", !isLive);
    if (!isLive && !wasAway) say(words.away, { isSeen: true });
  },
});

document.querySelector("#party")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const size = Number(new FormData(event.target).get("party"));
  const reply = await fetch(`${event.target.dataset.best}?party=${size}`, { cache: "no-store" }).catch(() => null);
  if (!reply?.ok) {
    event.target.submit();
    return;
  }
  const { seats } = await reply.json();
  if (!seats.length) {
    say(words.not_found, { isSeen: true });
    return;
  }
  for (const box of boxes.values()) box.checked = seats.includes(Number(box.value)) && !box.disabled;
  for (const seat of boxes.keys()) draw(seat);
  list.show(chosen());
  steps.renew();
  say(words.found.replace("%seats%", chosen().map((box) => nameOf(box.value)).join("; ")));
  show(chosen()[0].value);
});

const tools = form.querySelector(".map-tools");
tools.hidden = false;
tools.addEventListener("click", (event) => {
  const tool = event.target.closest("button");
  if (tool?.dataset.zoom) room.change(tool.dataset.zoom === "in" ? 1 : -1);
  if (tool?.hasAttribute("data-view")) {
    const isList = !form.classList.toggle("is-mapped");
    tool.setAttribute("aria-pressed", String(isList));
  }
});

// A page that comes back from the browser's memory has old choices over a new map.
addEventListener("pageshow", () => {
  for (const seat of boxes.keys()) draw(seat);
  list.show(chosen());
});
document.querySelector("#refusal")?.focus();
