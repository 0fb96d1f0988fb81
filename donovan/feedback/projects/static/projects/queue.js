// The queue of a labeller: keys choose, keep, skip and take back; the time an item is in sight is measured; and the
// new item gets the focus when it comes.

const NARROW = "(max-width: 60rem)";

const form = () => document.querySelector("[data-label-form]");
const skipBox = () => document.querySelector("[data-skip]");

// --- Time in sight ---------------------------------------------------------------------------------------------

let seen = 0;
let since = null;

function count() {
  if (since !== null) seen += performance.now() - since;
  since = document.hidden ? null : performance.now();
}

function startClock() {
  seen = 0;
  since = document.hidden ? null : performance.now();
}

document.addEventListener("visibilitychange", count);
document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.querySelector?.("[data-seconds]");
    if (!field) return;
    count();
    field.value = (seen / 1000).toFixed(2);
  },
  true,
);

// --- Choosing --------------------------------------------------------------------------------------------------

function isWriting(target) {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable]")) return true;
  const input = target.closest("input");
  return input !== null && !["radio", "checkbox", "button", "submit"].includes(input.type);
}

function groups() {
  if (skipBox()?.open) return [...skipBox().querySelectorAll("[data-group]")];
  return [...(form()?.querySelectorAll("[data-group]") ?? [])].filter((group) => !group.closest("[data-skip]"));
}

const isAnswered = (group) => group.querySelector("input:checked") !== null;

function currentGroup() {
  const all = groups();
  const focused = all.find((group) => group.contains(document.activeElement));
  return focused ?? all.find((group) => !isAnswered(group)) ?? all[all.length - 1];
}

function choose(key) {
  const group = currentGroup();
  const option = group?.querySelector(`input[data-key="${key}"]`);
  if (!option) return false;
  option.checked = true;
  option.dispatchEvent(new Event("change", { bubbles: true }));
  const next = groups().find((one) => !isAnswered(one));
  (next?.querySelector("input") ?? option).focus({ preventScroll: true });
  (next ?? group).scrollIntoView({ block: "nearest" });
  return true;
}

let isSending = false;

function press(selector) {
  const button = document.querySelector(selector);
  if (!button || isSending) return false;
  button.click();
  return true;
}

const keep = () => press(skipBox()?.open ? "[data-skip-now]" : "[data-next]");

function openSkip() {
  const box = skipBox();
  if (!box) return false;
  box.open = !box.open;
  if (box.open) {
    box.scrollIntoView({ block: "nearest" });
    box.querySelector("input").focus({ preventScroll: true });
  } else {
    focusTitle();
  }
  return true;
}

function openInstruction() {
  const box = document.querySelector("[data-instruction]");
  if (!box) return false;
  box.open = !box.open;
  if (box.open) box.scrollIntoView({ block: "nearest" });
  return true;
}

function toText() {
  const field = form()?.querySelector("textarea[data-text]");
  field?.focus();
  return Boolean(field);
}

// --- Reviewing -------------------------------------------------------------------------------------------------

const isReview = () => form()?.dataset.mode === "review";

function later() {
  const link = document.querySelector("[data-later]");
  link?.click();
  return Boolean(link);
}

// What is wrong has to be said: the first press goes to the remark, if it is empty.
function sendBack() {
  const remark = form()?.querySelector("[data-remark]");
  if (!remark || remark.value.trim()) return press("[data-send-back]");
  remark.focus({ preventScroll: true });
  remark.scrollIntoView({ block: "nearest" });
  return true;
}

const KEYS = {
  a: () => press("[data-accept]"),
  f: () => isReview() && keep(),
  b: () => isReview() && sendBack(),
  n: () => (isReview() ? later() : keep()),
  s: () => openSkip() || later(),
  u: () => press("[data-undo]"),
  i: openInstruction,
  e: toText,
};

function whileWriting(event) {
  const field = event.target;
  if (event.key === "Escape") {
    event.preventDefault();
    if (field.closest("[data-skip]")) skipBox().open = false;
    focusTitle();
  } else if (event.key === "Enter") {
    const isPlain = !event.shiftKey && !event.isComposing && (field.matches("[data-enter-keeps]") || field.closest("[data-skip]"));
    if ((event.ctrlKey || event.metaKey || isPlain) && field.closest("[data-label-form]") && !field.closest("[data-without-script]")) {
      event.preventDefault();
      if (isReview() && field.matches("[data-remark]")) press("[data-send-back]");
      else keep();
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]") || !document.getElementById("work")) return;
  if (isWriting(event.target)) return whileWriting(event);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isRadio = event.target instanceof Element && event.target.matches("input");
  if (event.key === "Escape" && skipBox()?.open) {
    event.preventDefault();
    openSkip();
  } else if (event.key === "Enter") {
    if (event.target instanceof Element && event.target.closest("a, button, summary")) return;
    event.preventDefault();
    keep();
  } else if (/^[0-9]$/.test(event.key)) {
    if (form()?.dataset.kind === "spans" && !skipBox()?.open) return;
    if (choose(event.key)) event.preventDefault();
  } else if (event.key === "?" && isRadio) {
    event.preventDefault();
    document.querySelector("[data-open-keys]")?.click();
  } else if (!event.shiftKey && KEYS[event.key]?.()) {
    event.preventDefault();
  }
});

// --- One item goes, the next comes -----------------------------------------------------------------------------

function focusTitle() {
  const title = document.querySelector("[data-item-title]");
  title?.focus({ preventScroll: true });
}

function arrive() {
  startClock();
  const problem = document.querySelector("[data-work-error]");
  const field = document.querySelector("#work [data-start-here]");
  window.scrollTo(0, 0);
  if (problem) problem.focus({ preventScroll: true });
  else if (field) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(field.value.length, field.value.length);
  } else focusTitle();
}

function say(sentence) {
  document.querySelector("[data-not-sent]")?.remove();
  const notice = document.createElement("p");
  notice.className = "notice notice--error";
  notice.setAttribute("role", "alert");
  notice.dataset.notSent = "";
  notice.textContent = sentence;
  form()?.prepend(notice);
}

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (isSending) event.preventDefault();
  else isSending = true;
});
document.body.addEventListener("htmx:afterRequest", () => (isSending = false));
document.body.addEventListener("htmx:sendError", () => say("The server was not reached. Your answer is still here: keep it again."));
document.body.addEventListener("htmx:responseError", () => say("Your answer was not kept. It is still here: load the page again if it is refused once more."));
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id === "work" || event.target?.id === "work") arrive();
});

// On a narrow screen the instruction would push the item out of sight.
const instruction = document.querySelector("[data-instruction]");
if (instruction && matchMedia(NARROW).matches) instruction.open = false;

startClock();
document.querySelector("#work [data-start-here]")?.focus({ preventScroll: true });
