// Blind scoring works without this file. With it, the sheet can be filled in with single keys.

const form = document.getElementById("blind-form");
const toggle = document.getElementById("blind-keys-on");
const criteria = () => [...form.querySelectorAll("[data-criterion]")];
const KEY = "review-shortcuts"; // one choice for both sheets
let current = criteria().find((box) => !box.querySelector("input:checked")) ?? criteria()[0] ?? null;

function mark() {
  for (const box of criteria()) box.toggleAttribute("data-current", box === current);
}

function goTo(box) {
  if (!box) return;
  current = box;
  mark();
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = criteria();
  goTo(all[Math.min(all.length - 1, Math.max(0, all.indexOf(current) + by))]);
}

function choose(pick) {
  const radios = [...(current?.querySelectorAll("input[type=radio]") ?? [])];
  if (pick === 0) return radios.forEach((radio) => (radio.checked = false));
  const answers = radios.filter((radio) => radio.value !== "na");
  const radio = pick === "na" ? radios.find((each) => each.value === "na") : answers[pick - 1];
  if (radio) radio.checked = true;
}

function showKeys() {
  form.toggleAttribute("data-keys", toggle.checked);
}

toggle.checked = localStorage.getItem(KEY) !== "off";
toggle.addEventListener("change", () => {
  localStorage.setItem(KEY, toggle.checked ? "on" : "off");
  showKeys();
});
form.querySelector(".blind-keys").hidden = false;

form.addEventListener("focusin", (event) => {
  const box = event.target.closest("[data-criterion]");
  if (box) {
    current = box;
    mark();
  }
});

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && target.matches("textarea")) return goTo(current);
  if (!toggle.checked || target.closest("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
  const actions = { j: () => step(1), k: () => step(-1), n: () => choose("na"), c: () => current?.querySelector("textarea")?.focus() };
  for (let number = 0; number <= 9; number++) actions[number] = () => choose(number);
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

showKeys();
mark();
document.getElementById("missing")?.focus();
