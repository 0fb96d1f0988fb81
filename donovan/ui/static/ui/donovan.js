// The frame around every page: keys, menus, colours, the marking, and the time one may stay.

const root = document.documentElement;

// --- Colours ---------------------------------------------------------------------------------------------------

function setTheme(theme) {
  root.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("donovan-theme");
    else localStorage.setItem("donovan-theme", theme);
  } catch {
    // Without storage the choice holds for this page.
  }
  showTheme();
}

function showTheme() {
  for (const option of document.querySelectorAll("[data-theme-set]")) {
    option.setAttribute("aria-pressed", String(option.dataset.themeSet === root.dataset.theme));
  }
}

for (const group of document.querySelectorAll("[data-theme-choice]")) group.hidden = false;
for (const option of document.querySelectorAll("[data-theme-set]")) {
  option.addEventListener("click", () => setTheme(option.dataset.themeSet));
}
showTheme();

// --- Menus -----------------------------------------------------------------------------------------------------

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

// --- The marking of the page -----------------------------------------------------------------------------------
// A part of the page that arrives later may be marked higher than what was there. It then sends the event
// "donovan:marking" with {marking, kind}: by the HX-Trigger header, or from a script.

document.body.addEventListener("donovan:marking", (event) => {
  const { marking, kind } = event.detail;
  if (!marking || !/^[a-z]+$/.test(kind)) return;
  for (const banner of document.querySelectorAll("[data-marking-banner]")) {
    banner.className = banner.className.replace(/marking--[a-z]+/, `marking--${kind}`);
    banner.querySelector(".banner-text").textContent = marking;
  }
});

// --- Keys ------------------------------------------------------------------------------------------------------

const keysDialog = document.getElementById("keys-dialog");
let isGoing = false;

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function openKeys() {
  if (keysDialog && !keysDialog.open) keysDialog.showModal();
}

function go(letter) {
  const link = [...document.querySelectorAll("[data-go]")].find((place) => place.dataset.go === letter);
  if (link) location.assign(link.href);
  return Boolean(link);
}

function currentItem() {
  const focused = document.activeElement?.closest("[data-item]");
  return focused ?? document.querySelector(".is-current-item");
}

function move(step) {
  const items = [...document.querySelectorAll("[data-item]")].filter((item) => item.getClientRects().length > 0);
  if (items.length === 0) return false;
  const at = items.indexOf(currentItem());
  const next = at === -1 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + step, 0), items.length - 1);
  for (const item of items) item.classList.remove("is-current-item");
  items[next].classList.add("is-current-item");
  if (!items[next].hasAttribute("tabindex") && !items[next].matches("a, button")) items[next].tabIndex = -1;
  items[next].focus({ preventScroll: true });
  items[next].scrollIntoView({ block: "nearest" });
  return true;
}

function openItem() {
  const item = currentItem();
  const link = item?.matches("a[href]") ? item : item?.querySelector("[data-open]") ?? item?.querySelector("a[href]");
  const summary = link ? null : item?.querySelector("summary");
  (link ?? summary)?.click();
  return Boolean(link ?? summary);
}

function focusSearch() {
  const field = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function findSimilar() {
  const link = currentItem()?.querySelector("[data-similar]") ?? document.querySelector(".viewer-actions [data-similar]");
  link?.click();
  return Boolean(link);
}

function saveSearch() {
  const form = document.querySelector("[data-save-search]");
  form?.requestSubmit();
  return Boolean(form);
}

const KEYS = {
  "/": focusSearch,
  "?": () => (openKeys(), true),
  j: () => move(1),
  k: () => move(-1),
  o: openItem,
  s: findSimilar,
  b: saveSearch,
  g: () => (isGoing = true),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (keysDialog?.open) return;
  if (isGoing) {
    isGoing = false;
    if (go(event.key)) event.preventDefault();
    return;
  }
  const act = KEYS[event.key];
  if (act?.()) event.preventDefault();
});

for (const button of document.querySelectorAll("[data-open-keys]")) button.addEventListener("click", openKeys);
document.querySelector("[data-focus-first]")?.focus();

// --- How long one may stay -------------------------------------------------------------------------------------
// Reading counts as being here, so the server is told of it, at most once a minute. When nothing was done for the
// time allowed, the page gives way to the sign-in, so that it does not lie open on an empty chair.

const idleSeconds = Number(document.body.dataset.idleSeconds ?? 0);

function lastActive() {
  try {
    return Number(localStorage.getItem("donovan-active") ?? 0);
  } catch {
    return 0;
  }
}

if (idleSeconds > 0) {
  const token = JSON.parse(document.body.getAttribute("hx-headers"));
  let active = Date.now();
  let told = active;

  const note = () => {
    active = Date.now();
    try {
      localStorage.setItem("donovan-active", String(active));
    } catch {
      // Other tabs then keep their own time.
    }
    if (active - told > 60_000) {
      told = active;
      fetch(document.body.dataset.presence, { method: "POST", headers: token }).catch(() => {});
    }
  };
  note();
  for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    document.addEventListener(kind, note, { passive: true });
  }
  setInterval(() => {
    const idle = Date.now() - Math.max(active, lastActive());
    if (idle > idleSeconds * 1000) {
      const here = encodeURIComponent(location.pathname + location.search);
      location.replace(`${document.body.dataset.signIn}?ended=idle&next=${here}`);
    }
  }, 5_000);
}
