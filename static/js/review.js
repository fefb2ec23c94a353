// The review workspace works without this file. With it: drafts save themselves, selected words are
// quoted with one key, and the whole sheet can be filled in from the keyboard.

const form = document.getElementById("review-form");
const state = document.getElementById("save-state");
const help = document.getElementById("shortcuts");
const helpButton = document.getElementById("shortcut-help");
const toggle = document.getElementById("shortcuts-on");
const float = document.getElementById("quote-float");
const criteria = () => [...document.querySelectorAll("[data-criterion]")]; // those that are not asked have none
const messages = () => [...document.querySelectorAll("[data-message]")];
let currentCriterion = null;
let currentMessage = null;
let justAnswered = null; // the criterion that the last key answered, while the sheet stands at the next one

// --- Saving: one request at a time, the newest state last ------------------------------------
let timer = null;
let running = Promise.resolve();
let dirty = false;
let onTheWay = 0; // saves that are not answered yet
let leaving = false; // the page is to be left as soon as they are
let saveWaits = false; // a save that has not begun yet will carry whatever changes until it does

function say(text) {
  state.textContent = text;
}

function send(action, extra = {}) {
  clearTimeout(timer);
  dirty = false;
  if (action === "save") {
    if (saveWaits) return running;
    saveWaits = true;
  }
  onTheWay++;
  running = running.then(async () => {
    if (action === "save") saveWaits = false;
    const body = new FormData(form);
    body.set("action", action);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    say(form.dataset.saving + "…");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Fragments": "1" }, redirect: "manual" });
      const text = await answer.text();
      if (answer.status === 409) return say(text);
      if (!answer.ok) throw new Error(String(answer.status));
      swap(text);
      if (canHighlight && findWords.value) search();
      const now = new Date();
      say(`${form.dataset.saved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
    } catch {
      dirty = true;
      say(form.dataset.failed);
    } finally {
      onTheWay--;
    }
  });
  return running;
}

function swap(html) {
  const open = document.getElementById("working")?.open;
  const parts = new DOMParser().parseFromString(html, "text/html").body.children;
  for (const part of [...parts]) {
    const old = document.getElementById(part.id);
    // A criterion is only swapped where it is asked now and was not, or the other way round: somebody may be writing in it.
    if (part.dataset.asked && part.dataset.asked === old?.dataset.asked) continue;
    old?.replaceWith(document.adoptNode(part));
  }
  const working = document.getElementById("working");
  if (working) working.open = Boolean(open);
  markCurrent();
}

form.addEventListener("change", (event) => {
  if (event.target.name?.startsWith("quote_for-") || event.target.name?.startsWith("snippet")) return;
  send("save");
});
form.addEventListener("input", (event) => {
  if (event.target.tagName !== "TEXTAREA") return;
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(() => send("save"), 900);
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
form.addEventListener("submit", (event) => {
  const [verb] = (event.submitter?.value ?? "").split(":");
  dirty = false;
  clearTimeout(timer);
  if (verb === "pause" || verb === "resume") {
    event.preventDefault();
    send(verb);
  }
  if (verb === "snippet") {
    event.preventDefault();
    insertSnippet();
  }
  if (verb === "quote" || verb === "unquote") {
    event.preventDefault();
    const id = event.submitter.value.split(":")[1];
    const select = document.getElementById(`quote_for-${id}`);
    send(event.submitter.value, verb === "quote" && select ? { quote_for: select.value } : {});
  }
  if (!event.defaultPrevented && onTheWay) {
    // Whoever leaves the page waits for what is on its way: an older save must not arrive behind this one.
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const submitter = event.submitter;
    running.then(() => {
      leaving = false;
      form.requestSubmit(submitter);
    });
  }
});

// Reading is work too: while something moves here, a sign of life goes out each minute.
const EVERY = 60_000;
let moved = false;
for (const name of ["keydown", "pointermove", "scroll", "wheel"]) addEventListener(name, () => (moved = true), { passive: true });
setInterval(() => {
  const paused = document.querySelector("#clock [value=resume]") !== null;
  if (moved && !paused && document.visibilityState === "visible") send("save");
  moved = false;
}, EVERY);

// --- Where we are ---------------------------------------------------------------------------
function markCurrent() {
  for (const element of document.querySelectorAll("[data-current]")) delete element.dataset.current;
  for (const id of [currentCriterion, currentMessage]) {
    if (id) document.getElementById(id)?.setAttribute("data-current", "");
  }
}

function goTo(element) {
  if (!element) return;
  justAnswered = null;
  if (element.matches("[data-criterion]")) currentCriterion = element.id;
  else currentMessage = element.id;
  markCurrent();
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

function step(list, currentId, by) {
  const at = list.findIndex((element) => element.id === currentId);
  if (at < 0) return goTo(list[by > 0 ? 0 : list.length - 1]);
  return goTo(list[Math.min(list.length - 1, Math.max(0, at + by))]);
}

document.addEventListener("focusin", (event) => {
  const criterion = event.target.closest("[data-criterion]");
  if (criterion && criterion.id !== currentCriterion) justAnswered = null;
  const message = event.target.closest("[data-message]");
  if (criterion) currentCriterion = criterion.id;
  if (message) currentMessage = message.id;
  if (criterion || message) markCurrent();
});

// --- Answers --------------------------------------------------------------------------------
function choose(pick) {
  if (pick === "clear" && justAnswered) goTo(document.getElementById(justAnswered));
  const box = document.getElementById(currentCriterion);
  if (!box) return;
  const radios = [...box.querySelectorAll("input[type=radio]")];
  if (pick === "clear") radios.forEach((radio) => (radio.checked = false));
  else {
    const answers = radios.filter((radio) => radio.value !== "na");
    const radio = pick === "na" ? radios.find((r) => r.value === "na") : answers[pick - 1];
    if (!radio) return;
    radio.checked = true;
    // What was found wrong needs words or a quote, so the sheet stays there.
    if (!("low" in radio.dataset)) goOn(box);
  }
  send("save");
}

// To the next criterion. j pressed out of habit right after changes nothing; 0 takes the answer back.
function goOn(box) {
  const all = criteria();
  const next = all[all.indexOf(box) + 1];
  if (!next) return;
  goTo(next);
  justAnswered = box.id;
}

function checkAndPublish() {
  form.requestSubmit(document.getElementById("check-and-publish"));
}

// --- Saved comments ---------------------------------------------------------------------------
const snippet = document.getElementById("snippet");
const snippetFor = document.getElementById("snippet-for");

function chooseSnippet() {
  if (!snippet) return;
  snippetFor.value = document.getElementById(currentCriterion)?.dataset.criterion ?? "";
  snippet.focus();
  snippet.scrollIntoView({ block: "nearest" });
}

function insertSnippet() {
  const text = snippet?.selectedOptions[0]?.dataset.text;
  if (!text) return snippet?.focus();
  const field = document.getElementById(snippetFor.value ? `comment-${snippetFor.value}` : "overall-comment");
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
  snippet.value = "";
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  send("save");
}

snippet?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  insertSnippet();
});

// --- Messages by number -----------------------------------------------------------------------
let typed = null; // digits after m
let typing = null;

function beginNumber() {
  typed = "";
  clearTimeout(typing);
  typing = setTimeout(() => (typed = null), 2000);
}

function typeNumber(digit) {
  typed += digit;
  const fits = messages().filter((message) => message.dataset.position.startsWith(typed));
  const exact = fits.find((message) => message.dataset.position === typed);
  if (!fits.length) {
    typed = null;
    return say(form.dataset.noMessage);
  }
  if (exact) goTo(exact);
  if (exact && fits.length === 1) typed = null;
}

// --- Search -----------------------------------------------------------------------------------
const find = document.getElementById("find");
const findWords = document.getElementById("find-words");
const findState = document.getElementById("find-state");
const canHighlight = "highlights" in CSS;
let hits = [];
let hit = -1;

function search() {
  const words = findWords.value.trim().toLowerCase();
  hits = [];
  hit = -1;
  CSS.highlights.clear();
  for (const body of words ? document.querySelectorAll("[data-body]") : []) {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.toLowerCase();
      for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, at);
        range.setEnd(walker.currentNode, at + words.length);
        hits.push(range);
      }
    }
  }
  CSS.highlights.set("find", new Highlight(...hits));
  findState.textContent = !words ? "" : hits.length ? `${hits.length} ${find.dataset.found}` : find.dataset.none;
}

function nextHit(by) {
  if (!hits.length) return;
  hit = (hit + by + hits.length) % hits.length;
  CSS.highlights.set("find-current", new Highlight(hits[hit]));
  const message = closest(hits[hit].startContainer, "[data-message]");
  currentMessage = message.id;
  markCurrent();
  message.scrollIntoView({ block: "nearest" });
  findState.textContent = `${hit + 1} / ${hits.length}`;
}

if (canHighlight) {
  findWords.addEventListener("input", search);
  find.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!hits.length) search();
    nextHit(1);
  });
}

// --- Quotes ---------------------------------------------------------------------------------
function selectedWords() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return null;
  const from = closest(selection.anchorNode, "[data-body]");
  const to = closest(selection.focusNode, "[data-body]");
  if (!from || from !== to || !selection.toString().trim()) return null;
  return { text: selection.toString(), message: from.closest("[data-message]") };
}

function closest(node, selector) {
  return (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest(selector);
}

function quote() {
  const box = document.getElementById(currentCriterion);
  const words = selectedWords();
  const message = words?.message ?? document.getElementById(currentMessage);
  if (!box || !message) return say(form.dataset.choose);
  float.hidden = true;
  send(`quote:${message.dataset.message}`, { quote_for: box.dataset.criterion, quote_text: words?.text ?? "" });
}

document.addEventListener("selectionchange", () => {
  const words = selectedWords();
  const box = document.getElementById(currentCriterion);
  float.hidden = !words || !box;
  if (float.hidden) return;
  float.querySelector("span").textContent = `${form.dataset.quoted} ${box.querySelector("legend .criterion__label").textContent}`;
});
float.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
float.addEventListener("click", quote);

// --- Keys -----------------------------------------------------------------------------------
const KEY = "review-shortcuts";
toggle.checked = localStorage.getItem(KEY) !== "off";
toggle.addEventListener("change", () => localStorage.setItem(KEY, toggle.checked ? "on" : "off"));
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());

function isTyping(element) {
  return element.closest("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])") !== null;
}

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && (target.matches("textarea, select") || target === findWords) && currentCriterion) {
    event.preventDefault();
    return goTo(document.getElementById(currentCriterion));
  }
  if (help.open || isTyping(target) || !toggle.checked) return;
  if (typed !== null && /^\d$/.test(event.key)) {
    event.preventDefault();
    return typeNumber(event.key);
  }
  typed = null;
  const onBox = target.matches("[data-criterion]");
  const onMessage = target.matches("[data-message]");
  const actions = {
    j: () => (justAnswered ? (justAnswered = null) : step(criteria(), currentCriterion, 1)),
    k: () => step(criteria(), currentCriterion, -1),
    J: () => step(messages(), currentMessage, 1),
    K: () => step(messages(), currentMessage, -1),
    n: () => choose("na"),
    0: () => choose("clear"),
    q: quote,
    m: beginNumber,
    p: checkAndPublish,
    s: chooseSnippet,
    g: () => toggleGuidance(),
    o: () => document.getElementById("overall-comment").focus(),
    "/": () => findWords.focus(),
    c: () => document.getElementById(currentCriterion)?.querySelector("textarea")?.focus(),
    "?": () => help.showModal(),
  };
  if (onBox) Object.assign(actions, { ArrowDown: actions.j, ArrowUp: actions.k });
  if (onMessage) Object.assign(actions, { ArrowDown: actions.J, ArrowUp: actions.K });
  for (let number = 1; number <= 9; number++) actions[number] = () => choose(number);
  Object.assign(actions, { a: () => choose(10), b: () => choose(11) });
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

function toggleGuidance() {
  const guidance = document.getElementById(currentCriterion)?.querySelector("[data-guidance]");
  if (guidance) guidance.open = !guidance.open;
}

document.getElementById("missing")?.focus();
currentCriterion = document.querySelector("[data-criterion]:has(.criterion__problem)")?.id ?? criteria().find((box) => !box.querySelector("input:checked"))?.id ?? criteria()[0]?.id ?? null;
currentMessage = (document.querySelector(".turn--asked") ?? messages()[0])?.id ?? null;
markCurrent();
