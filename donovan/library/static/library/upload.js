// Sends each file in a request of its own, a few at a time, so that two hundred files show two hundred outcomes and
// one bad file stops nothing. Without this script the form sends all files at once and the server answers the same.

const AT_ONCE = 3;
const TRIES = 3;
const BADGES = { received: "badge--ok", duplicate: "badge--warn", refused: "badge--bad", sending: "badge--work", waiting: "badge--work" };

const form = document.querySelector("[data-upload]");
const outcomes = document.querySelector("[data-outcomes]");
const body = document.querySelector("[data-rows]");
const summary = document.querySelector("[data-summary]");
const counts = { waiting: 0, received: 0, duplicate: 0, refused: 0 };
const queue = [];
let running = 0;

function cell(label, ...content) {
  const made = document.createElement("td");
  made.dataset.label = label;
  made.append(...content);
  return made;
}

function addRow(file) {
  const row = document.createElement("tr");
  const name = cell("File", file.webkitRelativePath || file.name);
  const badge = document.createElement("span");
  const words = cell("What that means");
  row.append(name, cell("Outcome", badge), words);
  body.append(row);
  return { name, badge, words };
}

function show(row, outcome, sentence, address) {
  row.badge.className = `badge ${BADGES[outcome]}`;
  row.badge.textContent = outcome;
  row.words.replaceChildren(sentence);
  if (address) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = row.name.textContent;
    row.name.replaceChildren(link);
  }
}

function summarise() {
  const parts = [`${counts.received} received`];
  if (counts.duplicate) parts.push(`${counts.duplicate} here already`);
  if (counts.refused) parts.push(`${counts.refused} refused`);
  if (counts.waiting) parts.push(`${counts.waiting} to go`);
  summary.textContent = parts.join(", ");
}

function settle(job, outcome, sentence, address) {
  counts.waiting -= 1;
  counts[outcome] += 1;
  show(job.row, outcome, sentence, address);
  summarise();
}

function offerAgain(job, sentence) {
  settle(job, "refused", sentence);
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button--quiet";
  again.textContent = "Send again";
  again.addEventListener("click", () => {
    counts.refused -= 1;
    counts.waiting += 1;
    job.tries = 0;
    show(job.row, "waiting", "");
    queue.push(job);
    pump();
  });
  job.row.words.append(" ", again);
}

function send(job) {
  const data = new FormData();
  for (const [name, value] of job.fields) data.append(name, value);
  data.append("files", job.file, job.file.name);
  const request = new XMLHttpRequest();
  const progress = document.createElement("progress");
  progress.className = "progress";
  progress.max = job.file.size || 1;
  progress.value = 0;
  progress.setAttribute("aria-label", `Sending ${job.file.name}`);
  show(job.row, "sending", "");
  job.row.words.replaceChildren(progress);
  request.upload.addEventListener("progress", (event) => {
    progress.value = Math.min(event.loaded, progress.max);
  });
  request.addEventListener("loadend", () => {
    running -= 1;
    let answer = null;
    try {
      answer = JSON.parse(request.responseText).files[0];
    } catch {
      answer = null;
    }
    job.tries += 1;
    if (answer) settle(job, answer.outcome, answer.sentence, answer.address);
    else if (request.status === 403) offerAgain(job, "You are signed out, or the form is too old. Load the page again and sign in.");
    else if (job.tries < TRIES) {
      show(job.row, "waiting", "The system did not answer; it is tried again.");
      // Sending twice is safe: a file that did arrive is recognised by its content.
      window.setTimeout(() => { queue.push(job); pump(); }, 1000 * job.tries);
    } else offerAgain(job, "The system did not answer, so the file was not received.");
    pump();
  });
  request.open("POST", form.getAttribute("action") || window.location.pathname);
  request.setRequestHeader("Accept", "application/json");
  request.send(data);
}

function pump() {
  while (running < AT_ONCE && queue.length) {
    running += 1;
    send(queue.shift());
  }
}

function take(files) {
  if (!files.length || !form.reportValidity()) return;
  const mostBytes = Number(form.dataset.mostBytes);
  const fields = [...new FormData(form)].filter(([name]) => name !== "files");
  outcomes.hidden = false;
  for (const file of files) {
    const job = { file, fields, tries: 0, row: addRow(file) };
    counts.waiting += 1;
    if (file.size > mostBytes) settle(job, "refused", "The file is larger than the system takes in. Split it and hand in the parts.");
    else {
      show(job.row, "waiting", "");
      queue.push(job);
    }
  }
  summarise();
  pump();
}

if (form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  form.querySelector("[data-drop-words]").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take([...input.files]);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("drop--over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    form.addEventListener(kind, () => drop.classList.remove("drop--over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = [...event.dataTransfer.files];
    // The files are checked by the form like chosen ones, so the choice itself must not be missed.
    input.required = false;
    take(dropped);
    input.required = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (counts.waiting) event.preventDefault();
  });
}
