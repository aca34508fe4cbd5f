// The frame's small comforts: the choice of theme, and menus that close by themselves.

const themes = document.querySelector("[data-themes]");

function show() {
  const chosen = document.documentElement.dataset.theme ?? "";
  for (const button of themes.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}

if (themes) {
  themes.hidden = false;
  themes.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.value) {
      document.documentElement.dataset.theme = button.value;
      localStorage.setItem("theme", button.value);
    } else {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("theme");
    }
    show();
  });
  show();
}

for (const menu of document.querySelectorAll("details[data-menu]")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
