// The list of chosen seats: a line each, with its ticket type, and what they come to.

import { moneyWriter, showSums, sum } from "./money.js";

/** Keep the list in step with the checkboxes; `drop(seat)` unchecks a seat. */
export function chosenList(form, words, drop) {
  const list = form.querySelector(".chosen");
  const empty = form.querySelector(".chosen-none");
  const prices = JSON.parse(form.dataset.prices);
  const money = moneyWriter(form.dataset.money, document.documentElement.lang);
  const counts = [...form.querySelector("[data-counts]").content.children].map((i) => i.textContent);
  const types = new Map();

  list.addEventListener("change", (event) => {
    types.set(event.target.closest("[data-line]").dataset.line, event.target.value);
    showTotal();
  });
  list.addEventListener("click", (event) => {
    const line = event.target.closest(".chosen-drop") && event.target.closest("[data-line]");
    if (line) drop(line.dataset.line);
  });
  for (const line of list.querySelectorAll("[data-line]")) {
    types.set(line.dataset.line, line.querySelector("select").value);
  }

  function showTotal() {
    const lines = [...list.children].map((line) => ({
      kind: line.dataset.kind,
      type: line.querySelector("select").value,
    }));
    showSums(form, sum(prices, lines), money);
    form.querySelector("[data-count]").textContent = counts[lines.length];
    empty.hidden = lines.length > 0;
  }

  function show(boxes) {
    const kept = new Map([...list.children].map((line) => [line.dataset.line, line]));
    list.replaceChildren(...boxes.map((box) => kept.get(box.value) ?? lineOf(form, box, types)));
    // Lines that the server wrote have no button yet.
    for (const [at, line] of [...list.children].entries()) {
      if (!line.querySelector(".chosen-drop")) line.replaceWith(lineOf(form, boxes[at], types));
    }
    showTotal();
  }
  return { show, countWords: (count) => counts[count] };
}

function lineOf(form, box, types) {
  const { row, label, kind } = box.dataset;
  const say = (text) => text.replace("%row%", row).replace("%seat%", label);
  const line = form.querySelector(`template[data-kind="${kind}"]`).content.firstElementChild.cloneNode(true);
  line.dataset.line = box.value;
  line.querySelector("b").textContent = box.closest(".place").querySelector("b").textContent;
  const [heading, select, button] = ["label", "select", "button"].map((tag) => line.querySelector(tag));
  select.id = select.name = heading.htmlFor = `type-${box.value}`;
  heading.textContent = say(heading.dataset.say);
  button.setAttribute("aria-label", say(button.dataset.say));
  const wanted = types.get(box.value);
  if ([...select.options].some((option) => option.value === wanted)) select.value = wanted;
  return line;
}
