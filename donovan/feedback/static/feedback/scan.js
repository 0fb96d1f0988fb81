// Correcting the lines of a page: the box of the line one is at is marked on the image and brought into sight.

const frame = document.querySelector("[data-page-frame]");

// A field that was drawn larger has a style of its own, and the page forbids to copy styles as attributes.
if (window.htmx) htmx.config.attributesToSettle = ["class", "width", "height"];

function mark(number) {
  for (const box of document.querySelectorAll("[data-box]")) {
    const isHere = box.dataset.box === number;
    box.classList.toggle("is-here", isHere);
    document.querySelector(`[data-number="${box.dataset.box}"]`)?.classList.toggle("is-here", isHere);
    if (!isHere || !frame) continue;
    const inner = box.getBoundingClientRect();
    const outer = frame.getBoundingClientRect();
    frame.scrollTop += inner.top + inner.height / 2 - (outer.top + outer.height / 2);
    frame.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  }
}

document.addEventListener("focusin", (event) => {
  const line = event.target.closest("[data-line]");
  if (line) mark(line.dataset.line);
});

// Enter keeps a line and goes to the next one; Shift with Enter makes a new line.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches?.("[data-line] textarea")) return;
  event.preventDefault();
  const line = event.target.closest("[data-line]");
  line.querySelector("form").requestSubmit();
  // An empty line is asked about, and stays the one that one is at.
  if (!event.target.value.trim() && !line.querySelector("[name=blank]").checked) return;
  const next = document.querySelector(`[data-line="${Number(line.dataset.line) + 1}"] textarea`);
  next?.focus();
});
