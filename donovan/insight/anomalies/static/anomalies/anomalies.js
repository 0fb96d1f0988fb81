// Keys of the list of anomalies: 1, 2 and 3 say what the current one is, u takes it back.

function current() {
  return document.activeElement?.closest("[data-item]") ?? document.querySelector(".is-current-item") ?? only();
}

function only() {
  const items = document.querySelectorAll("[data-item]");
  return items.length === 1 ? items[0] : null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  if (!["1", "2", "3", "u"].includes(event.key)) return;
  const button = current()?.querySelector(`[data-verdict="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A line that was exchanged keeps the place in the list, so that j goes on from it.
document.body.addEventListener("htmx:afterSettle", () => {
  const line = document.querySelector("[data-focus-me]");
  if (!line) return;
  for (const item of document.querySelectorAll(".is-current-item")) {
    if (item !== line) item.classList.remove("is-current-item");
  }
  line.removeAttribute("data-focus-me");
  line.focus({ preventScroll: true });
});
