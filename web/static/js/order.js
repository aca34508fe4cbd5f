// The order's page: counts the hold down, offers more time, keeps what was typed, and turns to the
// next view by itself when the order moves on.

import { moneyWriter, showSums, sum } from "./money.js";
import { follow } from "./stream.js";

const ASK_S = 120;
const MAIL_MS = 3000;
const SAID_S = { 300: "five", 120: "two", 60: "one" };

document.documentElement.classList.add("has-script");
const page = document.querySelector(".order");
const passing = ["held", "paying", "closing", "checking", "confirming", "preparing", "refunding", "opening"];
let version = Number(page.dataset.version);
// A form that was sent leads on by itself: what it changed must not call the browser back.
let isLeaving = false;
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) isLeaving = true;
});
addEventListener("pageshow", () => {
  isLeaving = false;
});

if (passing.includes(page.dataset.view)) {
  follow(page.dataset.live, "order", (news) => {
    if (news.version > version && !isLeaving) location.replace(page.dataset.order);
  }, { poll: lookAgain });
}

/** Without a stream, a page that only waits looks again; one that is typed on stays as it is. */
async function lookAgain() {
  if (page.dataset.view !== "held" && page.dataset.view !== "paying") location.replace(page.dataset.order);
  return null;
}

const checkout = document.querySelector("#checkout");
if (checkout) {
  keepAddress(checkout.elements.email);
  followTypes(checkout);
  const timer = checkout.querySelector("[data-expires-in]");
  if (timer) countDown(checkout, timer);
}
(document.querySelector("[aria-invalid]") ?? document.querySelector("#refusal"))?.focus();

const mail = document.querySelector("[data-mail=pending]");
if (mail) setTimeout(lookForMail, MAIL_MS, mail, 5);

/** Tickets are there before their mail went out: look again a few times what became of it. */
async function lookForMail(place, tries) {
  const reply = await fetch(page.dataset.order, { cache: "no-store" }).catch(() => null);
  const news = reply?.ok
    ? new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-mail]")
    : null;
  if (news && news.dataset.mail !== "pending") place.replaceWith(news);
  else if (tries > 1) setTimeout(lookForMail, MAIL_MS * 2, place, tries - 1);
}

/** Keep a typed address for this tab: choosing other seats, or signing in, must not lose it. */
function keepAddress(field) {
  const key = "moviemesh.email";
  if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
}

/** Show at once what other ticket types come to; the server prices them when Pay is pressed. */
function followTypes(form) {
  const prices = JSON.parse(form.dataset.prices);
  const money = moneyWriter(form.dataset.money, document.documentElement.lang);
  const show = () => {
    const lines = [...form.querySelectorAll("[data-line]")].map((line) => ({
      kind: line.dataset.kind,
      type: line.querySelector("select").value,
    }));
    const sums = sum(prices, lines);
    showSums(form, sums, money);
    form.elements.seen.value = String(sums[0]);
    form.querySelector("[data-for=paid]").hidden = sums[0] === 0;
    form.querySelector("[data-for=free]").hidden = sums[0] !== 0;
  };
  form.querySelector(".chosen").addEventListener("change", show);
  addEventListener("pageshow", show);
}

function countDown(form, timer) {
  const dialog = document.querySelector("#more-time");
  const said = form.querySelector("[data-said]");
  let ends = performance.now() + Number(timer.dataset.expiresIn) * 1000;
  let last = Infinity;

  const left = () => Math.max(0, Math.ceil((ends - performance.now()) / 1000));
  const tick = () => {
    const seconds = left();
    const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    for (const place of document.querySelectorAll("[data-left]")) place.textContent = shown;
    timer.classList.toggle("is-short", seconds <= ASK_S);
    for (const [mark, word] of Object.entries(SAID_S)) {
      if (last > mark && seconds <= mark && last !== Infinity) said.textContent = said.dataset[word];
    }
    if (seconds <= ASK_S && seconds > 0 && (last > ASK_S) && !dialog.open) dialog.showModal();
    last = seconds;
    if (seconds > 0) setTimeout(tick, 500);
    else setTimeout(() => location.replace(page.dataset.order), 1500);
  };

  const extended = (news) => {
    ends = performance.now() + news.expires_in_s * 1000;
    version = Math.max(version, news.version);
    last = Infinity;
    form.elements.extensions.value = String(news.extensions_left);
    if (!news.extensions_left) {
      for (const button of document.querySelectorAll("[data-extend]")) button.remove();
    }
    said.textContent = said.dataset.extended;
    dialog.close();
  };

  let isAsking = false;
  const extend = async (event) => {
    // The submit that follows a failed attempt goes the ordinary way.
    const button = event.submitter;
    if (!button?.hasAttribute("data-extend") || button.dataset.extend === "plainly") return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    try {
      const reply = await fetch(button.formAction, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!reply.ok) throw new Error(String(reply.status));
      extended(await reply.json());
    } catch {
      button.dataset.extend = "plainly";
      form.requestSubmit(button);
    } finally {
      isAsking = false;
    }
  };
  form.addEventListener("submit", extend);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  tick();
}
