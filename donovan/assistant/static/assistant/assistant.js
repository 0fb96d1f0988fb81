// The ask page: streams answers in the making and sends questions with Enter. Nothing here scrolls or moves the page.

const ENDINGS = {
  answered: "The answer is ready.",
  nearest: "No sentence answers this surely. The nearest evidence is shown.",
  nothing: "Nothing that answers this was found in what was searched.",
};

function queuedSentence(data) {
  if (!data.position) return "The model is reading the passages…";
  const others = data.position === 1 ? "one request" : `${data.position} requests`;
  return `Waiting for the model: ${others} before yours.`;
}

function addNotice(article, sentence, kind) {
  const notice = document.createElement("p");
  notice.className = `notice notice--${kind}`;
  notice.textContent = sentence;
  article.querySelector("[data-notices]").append(notice);
}

function follow(article) {
  const status = article.querySelector("[data-status]");
  const draft = article.querySelector("[data-draft]");
  const draftBox = article.querySelector("[data-draft-box]");
  const evidence = article.querySelector("[data-evidence]");
  const source = new EventSource(article.dataset.events);
  let checked = 0;
  const say = (sentence) => { status.textContent = sentence; };
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));

  on("evidence", (data) => {
    evidence.innerHTML = data.html;
    const found = evidence.querySelectorAll(".hit").length;
    say(found ? `${found} passage${found === 1 ? "" : "s"} found. The model is reading them…` : "No passage found.");
  });
  on("queued", (data) => say(queuedSentence(data)));
  on("restarted", (data) => addNotice(article, data.sentence, "warn"));
  on("draft", (data) => {
    if (draftBox.hidden) {
      draftBox.hidden = false;
      say("The model is writing a draft. Each statement will be checked against its page.");
    }
    draft.append(data.text);
  });
  on("claim", () => {
    checked += 1;
    say(`${checked} statement${checked === 1 ? "" : "s"} checked…`);
  });
  on("read_as", (data) => addNotice(article, `Read as: ${data.text}`, "plain"));
  on("nearest", () => say(ENDINGS.nearest));
  on("refused", () => say(ENDINGS.nothing));
  on("progress", (data) => say(`${data.done} of ${data.total} ${data.what}…`));
  on("notice", (data) => addNotice(article, data.sentence, "warn"));
  on("failed", (data) => addNotice(article, data.sentence, "error"));
  on("withdrawn", () => { source.close(); location.reload(); });
  on("done", async () => {
    source.close();
    await replaceWithAnswer(article);
  });
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) say("The connection was refused. Reload the page to see the answer.");
    else say("The connection broke. Trying again; your question is kept.");
  };
  article.querySelector("[data-cancel]").addEventListener("submit", (event) => {
    event.preventDefault();
    say("Stopping…");
    fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
  });
}

async function replaceWithAnswer(article) {
  const response = await fetch(article.dataset.fragment, { headers: { Accept: "text/html" } });
  if (!response.ok) {
    location.reload();
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const finished = holder.content.querySelector("article");
  if (!finished) {
    location.reload();
    return;
  }
  replaceBanners(holder.content);
  const hadFocus = article.contains(document.activeElement);
  article.replaceWith(finished);
  window.htmx?.process(finished);
  announce(ENDINGS[finished.dataset.ending] ?? ENDINGS.answered);
  if (hadFocus) {
    finished.tabIndex = -1;
    finished.focus({ preventScroll: true });
  }
}

// The page's marking is known exactly only now: until the answer ended it was that of all its reader may read.
function replaceBanners(content) {
  const fresh = [...content.querySelectorAll("[data-marking-banner]")];
  document.querySelectorAll("body > [data-marking-banner]").forEach((old, index) => {
    if (fresh[index]) old.replaceWith(fresh[index]);
  });
}

function announce(sentence) {
  let region = document.getElementById("answer-announcement");
  if (!region) {
    region = document.createElement("div");
    region.id = "answer-announcement";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = sentence;
}

function sendWithEnter(form) {
  form.querySelector("[data-ask-question]").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

// One key accepts the nearest evidence that one stands on; j and k go from one to the next.
document.addEventListener("keydown", (event) => {
  if (event.key !== "y" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  const item = document.activeElement?.closest(".nearest-item") ?? document.querySelector(".nearest-item.is-current-item");
  const button = item?.querySelector("[data-accept]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

// A kept correction closes its form and says so; a refused one stays open beside the sentence that says why.
document.addEventListener("htmx:afterRequest", (event) => {
  const box = event.target.closest("[data-correct-answer]");
  if (!box || !event.detail.successful || event.detail.xhr.responseText.includes("notice--error")) return;
  box.open = false;
  box.querySelector("summary").textContent = "Corrected by you";
  announce("Your correction is kept.");
});

document.querySelectorAll("article[data-events]").forEach(follow);
document.querySelectorAll("[data-ask-form]").forEach(sendWithEnter);
