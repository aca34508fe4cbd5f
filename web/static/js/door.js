// Keeps the scanner's field ready: a whole code sends itself, and the field never loses the keys.

const DIGITS = 244;

const form = document.querySelector("#scan");
const field = form.elements.code;
const ready = () => field.focus({ preventScroll: true });

field.addEventListener("input", () => {
  if (field.value.replace(/\D/g, "").length >= DIGITS) form.requestSubmit();
});

// A scanner that ends with Enter sends once more what was already sent: let the first one go.
form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// Keys typed anywhere belong to the field, unless somebody is using a link or a button.
document.addEventListener("keydown", (event) => {
  const isElsewhere = document.activeElement.closest("a, button, input, select, summary");
  if (event.key.length === 1 && !isElsewhere) ready();
});
addEventListener("focus", ready);
addEventListener("pageshow", () => {
  delete form.dataset.sent;
  ready();
});
ready();
