// The viewer: lands on the cited words in image and text, turns pages with keys, and sizes the image.

const SIZES = [50, 75, 100, 125, 150, 200, 300];
const FIT = 100;
const REMEMBERED = "donovan-page-size";

const cited = document.querySelector("[data-cited]");
const words = document.getElementById("words");
const image = document.querySelector("[data-page-image]");
const zoom = document.querySelector("[data-zoom]");

// Brings an element to the middle of its own frame, without moving the page around the frame.
function centre(element, frame) {
  if (!element || !frame) return;
  const inner = element.getBoundingClientRect();
  const outer = frame.getBoundingClientRect();
  frame.scrollTop += inner.top + inner.height / 2 - (outer.top + outer.height / 2);
  frame.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

function land() {
  if (!words) return;
  // Where both frames fit on the screen the page stays at its top, with the title in sight.
  window.scrollTo(0, 0);
  const viewer = document.querySelector(".viewer").getBoundingClientRect();
  if (viewer.bottom > window.innerHeight) document.querySelector(".viewer-bar").scrollIntoView({ block: "start" });
  centre(words, document.querySelector("[data-page-text]"));
  centre(cited, document.querySelector("[data-page-frame]"));
  words.focus({ preventScroll: true });
}

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const next = event.key === "n" || event.key === "ArrowRight";
  const previous = event.key === "p" || event.key === "ArrowLeft";
  // The arrows move a page image that is wider than its frame; they turn pages only where there is nothing to move.
  const frame = event.target.closest?.("[data-page-frame]");
  if (event.key.startsWith("Arrow") && frame && frame.scrollWidth > frame.clientWidth) return;
  const link = next ? document.querySelector("[data-page-next]") : previous ? document.querySelector("[data-page-previous]") : null;
  if (link) {
    event.preventDefault();
    link.click();
  }
});

function show(size) {
  SIZES.forEach((each) => image.classList.toggle(`page-image--${each}`, each === size));
  zoom.querySelector("[data-zoom-out]").disabled = size === SIZES[0];
  zoom.querySelector("[data-zoom-in]").disabled = size === SIZES[SIZES.length - 1];
  sessionStorage.setItem(REMEMBERED, String(size));
}

if (image && zoom) {
  let at = SIZES.indexOf(Number(sessionStorage.getItem(REMEMBERED)));
  if (at < 0) at = SIZES.indexOf(FIT);
  const step = (to) => {
    at = Math.min(Math.max(to, 0), SIZES.length - 1);
    show(SIZES[at]);
    centre(cited, document.querySelector("[data-page-frame]"));
  };
  zoom.hidden = false;
  zoom.querySelector("[data-zoom-out]").addEventListener("click", () => step(at - 1));
  zoom.querySelector("[data-zoom-in]").addEventListener("click", () => step(at + 1));
  zoom.querySelector("[data-zoom-fit]").addEventListener("click", () => step(SIZES.indexOf(FIT)));
  show(SIZES[at]);
}

land();
// The browser goes to the part of the address after # by itself when all is loaded, and moves the page with it.
window.addEventListener("load", () => requestAnimationFrame(land));
