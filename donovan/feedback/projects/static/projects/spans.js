// Marking spans of a text, with the mouse or by keys alone. Offsets are counted in characters (code points) of the
// text as it is kept, never in what the browser makes of it.

const WORD = /[\p{L}\p{N}\p{M}_]+(?:['’.\-][\p{L}\p{N}\p{M}_]+)*|\s+|[^\s]/gu;

let here = null;

class Marker {
  constructor(text, form) {
    this.text = text;
    this.form = form;
    this.points = Array.from(JSON.parse(text.dataset.source));
    this.field = form.querySelector("[data-spans-field]");
    this.list = form.querySelector("[data-span-list]");
    this.status = form.querySelector("[data-span-said]");
    this.classes = [...form.querySelectorAll("[data-class]")];
    this.spans = JSON.parse(this.field.value || "[]");
    this.words = this.cut();
    this.at = -1;
    this.anchor = -1;
    this.chosen = null;
    text.setAttribute("role", "application");
    text.setAttribute("aria-label", "Text to mark. Arrow keys move by word, Shift makes it wider, the key of a class marks.");
    form.querySelector("[data-without-script]").hidden = true;
    form.querySelector("[data-span-help]").hidden = false;
    this.draw();
    text.addEventListener("mouseup", () => setTimeout(() => this.takeSelection(true)));
    for (const button of this.classes) {
      button.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.takeSelection(false);
      });
      button.addEventListener("click", () => this.mark(button));
    }
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button[value^='remove-span:']");
      if (!button) return;
      event.preventDefault();
      this.remove([this.sorted()[Number(button.value.split(":")[1])]]);
    });
  }

  // The words and signs of the text as [start, end] in code points; white space is no word.
  cut() {
    const words = [];
    let at = 0;
    for (const [token] of this.points.join("").matchAll(WORD)) {
      const length = Array.from(token).length;
      if (token.trim()) words.push([at, at + length]);
      at += length;
    }
    return words;
  }

  slice(start, end) {
    return this.points.slice(start, end).join("");
  }

  sorted() {
    return [...this.spans].sort((one, other) => one.start - other.start || one.end - other.end);
  }

  look(label) {
    return this.classes.find((button) => button.dataset.class === label);
  }

  // --- Drawing ---

  draw() {
    const edges = new Set([0, this.points.length]);
    for (const [start, end] of this.words) edges.add(start).add(end);
    for (const span of this.spans) edges.add(span.start).add(span.end);
    const cuts = [...edges].sort((one, other) => one - other);
    const spans = this.sorted();
    const parts = document.createDocumentFragment();
    for (let place = 0; place + 1 < cuts.length; place += 1) {
      const [start, end] = [cuts[place], cuts[place + 1]];
      const piece = document.createElement("span");
      piece.dataset.s = start;
      piece.textContent = this.slice(start, end);
      const over = spans.filter((span) => span.start <= start && end <= span.end);
      if (over.length) {
        const inner = over.reduce((one, other) => (other.end - other.start < one.end - one.start ? other : one));
        piece.className = `span span--${this.look(inner.label)?.dataset.colour ?? 1}`;
        piece.classList.toggle("span--from", inner.start === start);
        piece.classList.toggle("span--to", inner.end === end);
        for (const span of over.filter((one) => one.end === end)) piece.dataset.closes = this.look(span.label)?.dataset.name ?? span.label;
      }
      parts.append(piece);
    }
    this.text.replaceChildren(parts);
    this.pieces = [...this.text.children];
    this.field.value = JSON.stringify(spans);
    this.drawList(spans);
    this.show();
  }

  drawList(spans) {
    if (!spans.length) {
      const nothing = document.createElement("p");
      nothing.className = "meta";
      nothing.textContent = "Nothing is marked. That is an answer too, if there is nothing to mark.";
      this.list.replaceChildren(nothing);
      return;
    }
    const list = document.createElement("ol");
    spans.forEach((span, place) => {
      const row = document.createElement("li");
      const words = document.createElement("span");
      const where = document.createElement("span");
      const button = document.createElement("button");
      const name = this.look(span.label)?.dataset.name ?? span.label;
      const said = this.slice(span.start, span.end);
      words.className = `span span--${this.look(span.label)?.dataset.colour ?? 1}`;
      words.textContent = said.length > 80 ? `${said.slice(0, 79)}…` : said;
      where.className = "meta";
      where.textContent = `${name}, ${span.start} to ${span.end}`;
      button.className = "button button--quiet";
      button.name = "action";
      button.value = `remove-span:${place}`;
      button.textContent = "Remove";
      button.setAttribute("aria-label", `Remove ${said.slice(0, 40)}, ${name}`);
      row.append(words, " ", where, " ", button);
      list.append(row);
    });
    this.list.replaceChildren(list);
  }

  show() {
    for (const piece of this.pieces) {
      const start = Number(piece.dataset.s);
      piece.classList.toggle("is-chosen", this.chosen !== null && start >= this.chosen.start && start < this.chosen.end);
    }
  }

  say(sentence) {
    this.status.textContent = sentence;
  }

  // --- Choosing ---

  choose(start, end) {
    this.chosen = start < end ? { start, end } : null;
    this.show();
    if (this.chosen) this.say(this.slice(start, end));
  }

  offset(node, within) {
    if (node === this.text) return within < this.pieces.length ? Number(this.pieces[within].dataset.s) : this.points.length;
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-s]");
    if (!piece || !this.text.contains(piece)) return null;
    const inside = node.nodeType === Node.TEXT_NODE ? Array.from(node.data.slice(0, within)).length : within ? Array.from(piece.textContent).length : 0;
    return Number(piece.dataset.s) + inside;
  }

  // What the mouse (or a finger) selected, without the white space around it; a click alone chooses the word.
  takeSelection(takesClick) {
    const selection = getSelection();
    if (!selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    let start = this.offset(range.startContainer, range.startOffset);
    let end = this.offset(range.endContainer, range.endOffset);
    if (start === null || end === null) return;
    if (range.collapsed) {
      const word = this.words.findIndex(([first, last]) => first <= start && start <= last);
      if (!takesClick || word === -1) return;
      this.at = this.anchor = word;
      [start, end] = this.words[word];
    } else {
      while (start < end && !this.points[start].trim()) start += 1;
      while (end > start && !this.points[end - 1].trim()) end -= 1;
      selection.removeAllRanges();
      this.anchor = this.words.findIndex(([, last]) => last > start);
      this.at = this.words.findLastIndex(([first]) => first < end);
    }
    this.choose(start, end);
  }

  move(step, isWider) {
    if (!this.words.length) return;
    const next = this.at === -1 ? (step > 0 ? 0 : this.words.length - 1) : Math.min(Math.max(this.at + step, 0), this.words.length - 1);
    this.goTo(next, isWider);
  }

  goTo(word, isWider) {
    this.at = word;
    if (!isWider || this.anchor === -1) this.anchor = word;
    const [first, last] = [Math.min(this.at, this.anchor), Math.max(this.at, this.anchor)];
    this.choose(this.words[first][0], this.words[last][1]);
    this.pieceAt(this.words[word][0])?.scrollIntoView({ block: "nearest" });
  }

  pieceAt(start) {
    return this.pieces.find((piece) => Number(piece.dataset.s) >= start);
  }

  // A line up or down: the word whose middle is nearest on the next line.
  moveLine(step, isWider) {
    if (this.at === -1) return this.move(step, isWider);
    const box = (word) => this.pieceAt(this.words[word][0]).getBoundingClientRect();
    const from = box(this.at);
    let best = -1;
    let line = null;
    for (let word = this.at + step; word >= 0 && word < this.words.length; word += step) {
      const to = box(word);
      if (Math.abs(to.top - from.top) < from.height / 2) continue;
      if (line === null) line = to.top;
      if (Math.abs(to.top - line) > from.height / 2) break;
      if (best === -1 || Math.abs(to.left - from.left) < Math.abs(box(best).left - from.left)) best = word;
    }
    this.goTo(best === -1 ? (step > 0 ? this.words.length - 1 : 0) : best, isWider);
  }

  // The end of what is chosen moves by one character.
  stretch(step) {
    if (!this.chosen) return this.move(step, false);
    const end = Math.min(Math.max(this.chosen.end + step, this.chosen.start + 1), this.points.length);
    this.choose(this.chosen.start, end);
  }

  // --- Marking ---

  mark(button) {
    if (!this.chosen) return this.say("Choose words first.");
    const { start, end } = this.chosen;
    const isOver = (span) => span.start < end && start < span.end;
    const replaced = this.spans.filter(isOver);
    this.spans = [...this.spans.filter((span) => !isOver(span)), { start, end, label: button.dataset.class }];
    this.draw();
    const also = replaced.length ? ` It replaces ${replaced.map((span) => this.slice(span.start, span.end)).join(", ")}.` : "";
    this.say(`${this.slice(start, end)} marked as ${button.dataset.name}.${also} ${this.spans.length} marked.`);
  }

  remove(gone) {
    if (!gone.length) return this.say("There is no mark here.");
    this.spans = this.spans.filter((span) => !gone.includes(span));
    this.draw();
    this.say(`${gone.map((span) => this.slice(span.start, span.end)).join(", ")} is not marked any more.`);
    this.text.focus({ preventScroll: true });
  }

  press(event) {
    const arrows = { ArrowRight: 1, ArrowLeft: -1 };
    const lines = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in arrows && event.altKey && event.shiftKey) this.stretch(arrows[event.key]);
    else if (event.altKey || event.ctrlKey || event.metaKey) return false;
    else if (event.key in arrows) this.move(arrows[event.key], event.shiftKey);
    else if (event.key in lines) this.moveLine(lines[event.key], event.shiftKey);
    else if (event.key === "Home" && this.words.length) this.goTo(0, event.shiftKey);
    else if (event.key === "End" && this.words.length) this.goTo(this.words.length - 1, event.shiftKey);
    else if (event.key === "Backspace" || event.key === "Delete") {
      if (!this.chosen) return false;
      const { start, end } = this.chosen;
      this.remove(this.spans.filter((span) => span.start < end && start < span.end));
    } else {
      const button = this.classes.find((one) => one.dataset.key === event.key);
      if (!button) return false;
      this.mark(button);
    }
    if (document.activeElement !== this.text) this.text.focus({ preventScroll: true });
    return true;
  }
}

function begin() {
  const text = document.querySelector("[data-span-text]");
  const form = text?.closest("form");
  here = form?.querySelector("[data-spans-field]") ? new Marker(text, form) : null;
}

document.addEventListener("keydown", (event) => {
  if (!here || event.defaultPrevented || document.querySelector("dialog[open], [data-skip][open]")) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, summary, a")) return;
  if (here.press(event)) event.preventDefault();
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id === "work" || event.target?.id === "work") begin();
});
begin();
