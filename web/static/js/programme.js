// Keeps a programme true while it is looked at: every stub is renewed from the page itself.

const EVERY_MS = 30_000;
const days = document.querySelector(".days ul");
const current = days?.querySelector("[aria-current]");

if (current) {
  // Not scrollIntoView: that would move the page as well.
  days.scrollLeft = current.offsetLeft - (days.clientWidth - current.offsetWidth) / 2;
}

async function renew() {
  if (document.hidden) return;
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // The network is away; what is shown stays, and the next time may do better.
  }
  for (const fresh of page.querySelectorAll("[data-showing]")) {
    const shown = document.querySelector(`[data-showing="${fresh.dataset.showing}"]`);
    const isInUse = shown?.contains(document.activeElement);
    if (shown && !isInUse && shown.innerHTML !== fresh.innerHTML) shown.replaceChildren(...fresh.childNodes);
  }
}

setInterval(renew, EVERY_MS);
document.addEventListener("visibilitychange", renew);
