// The page of steps: a step is saved without leaving the page, so that what is typed in another one stays; and what is
// not saved yet says so.

const setup = () => document.querySelector("[data-setup]");
const nameOf = (form) => form.dataset.form;
// Steps are saved one after another: each answer brings the whole page in.
let line = Promise.resolve();

function changed() {
  return [...setup().querySelectorAll("form[data-changed]")];
}

function isMarked(form) {
  return form.method !== "get";
}

function mark(form) {
  if (!isMarked(form) || form.hasAttribute("data-changed")) return;
  form.setAttribute("data-changed", "");
  tell(form, "Not saved yet");
}

// A word beside the last button of a form: what became of it so far.
function tell(form, words) {
  let note = form.querySelector(".unsaved");
  if (!note) {
    note = document.createElement("span");
    note.className = "unsaved";
    note.setAttribute("role", "status");
    const buttons = form.querySelectorAll("button");
    buttons[buttons.length - 1].after(" ", note);
  }
  note.textContent = words;
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest?.("form[data-form]");
    if (form) mark(form);
  });
}

window.addEventListener("beforeunload", (event) => {
  if (setup() && changed().length) event.preventDefault();
});

// --- Saving ----------------------------------------------------------------------------------------------------

function say(form, sentence) {
  form.querySelector("[data-not-sent]")?.remove();
  const notice = document.createElement("p");
  notice.className = "notice notice--error";
  notice.setAttribute("role", "alert");
  notice.dataset.notSent = "";
  notice.textContent = sentence;
  form.append(notice);
}

async function answerTo(form, button) {
  const sent = new FormData(form, button);
  // A button of the name "action" hides the property of the form.
  if (form.method !== "get") return fetch(form.getAttribute("action"), { method: "POST", body: sent });
  const address = new URL(location.href);
  address.search = new URLSearchParams(sent).toString();
  history.replaceState(null, "", address);
  return fetch(address);
}

// What was refused comes back as it was typed, with what is wrong beside it; a file can only be kept from here.
function takeBack(next, form) {
  const again = next.querySelector(`form[data-form="${nameOf(form)}"]`);
  if (!again) return;
  const file = form.querySelector("input[type=file]");
  if (file) again.querySelector("input[type=file]")?.replaceWith(file);
  mark(again);
}

// The page as it is now comes in; the forms of `kept` stay the very ones that were typed in.
function bringIn(page, name, kept, refused) {
  const before = document.getElementById(name).getBoundingClientRect().top;
  const next = page.querySelector("[data-setup]");
  if (refused) takeBack(next, refused);
  for (const form of kept) {
    next.querySelector(`form[data-form="${nameOf(form)}"]`)?.replaceWith(form);
    const fold = form.closest("details");
    if (fold) fold.open = true;
  }
  setup().replaceWith(next);
  const banners = page.querySelectorAll("[data-marking-banner]");
  document.querySelectorAll("[data-marking-banner]").forEach((banner, place) => banner.replaceWith(banners[place]));
  const again = document.getElementById(name);
  window.scrollBy(0, again.getBoundingClientRect().top - before);
  const told = again.querySelector("[data-told]");
  told?.focus({ preventScroll: true });
  told?.scrollIntoView({ block: "nearest" });
}

async function save(form, button) {
  // The form may be out of the page by now, where a save before it brought the page in anew.
  const name = form.closest("section").id;
  try {
    const answer = await answerTo(form, button);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("[data-setup]")) {
      say(form, "It was not saved. It is still here: load the page again in another window, then save once more.");
      return;
    }
    const kept = changed().filter((one) => one !== form);
    bringIn(page, name, kept, answer.ok ? null : form);
  } catch {
    say(form, "The server was not reached. What you wrote is still here: save it again.");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-setup] form[data-form]")) return;
  event.preventDefault();
  if (form.hasAttribute("data-sending")) return;
  form.querySelector("[data-not-sent]")?.remove();
  form.setAttribute("data-sending", "");
  const was = form.querySelector(".unsaved")?.textContent;
  tell(form, "One moment …");
  line = line.then(() => save(form, event.submitter)).then(() => {
    form.removeAttribute("data-sending");
    if (form.isConnected) tell(form, was ?? "");
  });
});
