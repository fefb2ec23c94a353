// The quiz saves itself: to the server while one answers, and in this tab for the case that the server cannot be reached
// or the sign-in has run out. Without it everything works by buttons.
const form = document.querySelector("form.quiz");
if (form) {
  const state = form.querySelector(".quiz__state");
  const fields = () => [...form.elements].filter((field) => field.name.startsWith("question-"));
  const say = (text) => { state.textContent = text; };
  let timer;
  let handedIn = false;

  function keep() {
    const sent = [...new FormData(form)].filter(([name, value]) => name.startsWith("question-") && typeof value === "string");
    sessionStorage.setItem(form.dataset.keep, JSON.stringify(sent));
  }

  function restore() {
    for (const key of Object.keys(sessionStorage)) {
      const mine = form.dataset.keep.split(":").slice(0, 2).join(":") + ":";
      if (key.startsWith(mine) && key !== form.dataset.keep) sessionStorage.removeItem(key);
    }
    const kept = sessionStorage.getItem(form.dataset.keep);
    if (!kept) return;
    const texts = new Map();
    for (const [name, value] of JSON.parse(kept)) texts.set(name, [...(texts.get(name) ?? []), value]);
    for (const field of fields()) {
      const values = texts.get(field.name) ?? [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.tagName === "SELECT") for (const option of field.options) { if (values.includes(option.value)) option.selected = true; }
      else if (values.length) field.value = values[0];
    }
  }

  async function save() {
    clearTimeout(timer);
    timer = undefined;
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return say(form.dataset.signedOut);
      if (answer.status === 409) return say(await answer.text());
      if (!answer.ok) throw new Error(String(answer.status));
      // What the server has needs no second copy; what was typed meanwhile is kept until it is saved as well.
      if (timer === undefined) sessionStorage.removeItem(form.dataset.keep);
      const now = new Date();
      say(`${form.dataset.saved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
    } catch {
      say(form.dataset.failed);
      timer = setTimeout(save, 15000);
    }
  }

  function changed(event) {
    if (!event.target.name?.startsWith("question-")) return;
    keep();
    clearTimeout(timer);
    timer = setTimeout(save, event.type === "change" ? 400 : 2000);
  }

  restore();
  form.addEventListener("change", changed);
  form.addEventListener("input", changed);
  form.addEventListener("submit", () => { handedIn = true; clearTimeout(timer); keep(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer !== undefined && !handedIn) save();
  });

  if (form.dataset.seconds) {
    const end = Date.now() + Number(form.dataset.seconds) * 1000;
    const left = form.querySelector(".quiz__left");
    const unfinished = form.querySelector("[name=unfinished]");
    const tick = () => {
      const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
      left.textContent = `${form.dataset.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds > 0 || handedIn) return;
      clearInterval(clock);
      unfinished.checked = true;
      form.requestSubmit();
    };
    const clock = setInterval(tick, 1000);
    tick();
  }
}
