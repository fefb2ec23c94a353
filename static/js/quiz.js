// The quiz saves itself: to the server while one answers, and in this browser for as long as the server has not got it (no
// connection, signed out, the tab closed). Without this file everything works by buttons.
const form = document.querySelector("form.quiz");
if (form) {
  const { keep: key, save: address, saved, failed, offline, signedOut, restored, left: leftLabel, seconds } = form.dataset;
  const RETRY = 15_000;
  const state = form.querySelector(".quiz__state");
  const typed = new Map(); // field name -> what stands in it, where the server has not got it yet
  let timer;
  let waiting = ""; // what to say where the save fails that a hand-in waits for
  let leaving = false; // what is sent now is the form itself
  let end = null; // of a try against the clock, by a clock that nobody can set

  function say(text, trouble = false) {
    state.textContent = text;
    state.toggleAttribute("data-trouble", trouble); // then it stays in sight, wherever one types
  }
  const isAnswer = (name) => name?.startsWith("question-");

  // --- In this browser. It may refuse to keep anything: then there is what is on the page.
  function stored(work) {
    try {
      return work(localStorage);
    } catch {
      return null;
    }
  }

  function keep() {
    stored((store) => (typed.size ? store.setItem(key, JSON.stringify([...typed])) : store.removeItem(key)));
  }

  function restore() {
    const mine = key.slice(0, key.lastIndexOf(":") + 1);
    const old = stored((store) => Object.keys(store).filter((name) => name.startsWith(mine) && name !== key)) ?? [];
    for (const name of old) stored((store) => store.removeItem(name)); // of tries that are handed in
    for (const [name, values] of JSON.parse(stored((store) => store.getItem(key)) ?? "[]")) {
      typed.set(name, values);
      for (const field of [...form.elements].filter((each) => each.name === name)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else if (field.tagName === "SELECT") field.value = [...field.options].map((option) => option.value).find((value) => values.includes(value)) ?? field.value;
        else field.value = values[0] ?? "";
      }
    }
    if (!typed.size) return;
    say(restored);
    timer = setTimeout(save, 400);
  }

  // --- To the server. Says what became of it: "saved", "refused" (with a reason), "signed out", "failed", "unreachable".
  async function save(again = false) {
    clearTimeout(timer);
    timer = undefined;
    const sending = new Map(typed);
    const later = (text, outcome) => {
      say(text, true);
      clearTimeout(timer);
      timer = setTimeout(save, RETRY);
      return outcome;
    };
    let answer;
    try {
      const hidden = document.visibilityState === "hidden"; // the page may be on its way out
      answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual", keepalive: hidden });
    } catch {
      return later(waiting || failed, "unreachable");
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      if (again !== true && (await signedInElsewhere())) return save(true);
      return later(signedOut, "signed out");
    }
    if (answer.status === 409) {
      say(await answer.text(), true);
      return "refused";
    }
    if (!answer.ok) return later(failed, "failed");
    // What the server has needs no second copy; what was typed meanwhile is kept until it is saved as well.
    for (const [name, values] of sending) if (typed.get(name) === values) typed.delete(name);
    keep();
    const rest = answer.headers.get("X-Seconds-Left");
    if (rest !== null) end = performance.now() + Number(rest) * 1000;
    const now = new Date();
    say(`${saved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
    return "saved";
  }

  // After signing in again in another tab this page's token is worth nothing any more: take that of a fresh page.
  async function signedInElsewhere() {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return false; // somebody else has signed in
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = fresh.querySelector("[name=csrfmiddlewaretoken]")?.value;
      if (!token || fresh.querySelector("[name=password]")) return false; // nobody has: that is the sign-in
      form.querySelector("[name=csrfmiddlewaretoken]").value = token;
      return true;
    } catch {
      return false;
    }
  }

  function changed(event) {
    const name = event.target.name;
    if (!isAnswer(name)) return;
    typed.set(name, new FormData(form).getAll(name));
    keep();
    clearTimeout(timer);
    timer = setTimeout(save, event.type === "change" ? 400 : 2000);
  }

  // --- Handing in: saved first, so that without a connection the page stays, with all that stands on it.
  async function handIn(event) {
    if (leaving) return;
    event.preventDefault();
    if (waiting) return;
    waiting = event.submitter?.hasAttribute("formaction") ? failed : offline;
    const outcome = await save();
    waiting = "";
    if (outcome === "unreachable") return;
    if (event.submitter === null && end !== null) {
      if (end - performance.now() > 1000) return startClock(); // this page's clock was wrong; the server's goes on
      form.querySelector("[name=unfinished]").checked = true;
    }
    clearTimeout(timer);
    leaving = true;
    form.requestSubmit(event.submitter);
  }

  form.addEventListener("change", changed);
  form.addEventListener("input", changed);
  form.addEventListener("submit", handIn);
  addEventListener("online", () => { if (typed.size && !leaving) save(); });
  addEventListener("pageshow", () => { leaving = false; }); // back from a page that did not come
  document.addEventListener("visibilitychange", () => {
    if (leaving) return;
    if (document.visibilityState === "hidden" ? timer !== undefined : end !== null) save();
  });
  restore();

  let clock;
  function startClock() {
    const left = form.querySelector(".quiz__left");
    let apart = Date.now() - performance.now();
    const tick = () => {
      const drift = Date.now() - performance.now() - apart;
      if (Math.abs(drift) > 2000) { // the device's clock was set, or it has slept: the server knows
        apart += drift;
        save();
      }
      const rest = Math.max(0, Math.round((end - performance.now()) / 1000));
      left.textContent = `${leftLabel} ${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
      if (rest > 0 || leaving) return;
      clearInterval(clock);
      form.requestSubmit();
    };
    clearInterval(clock);
    clock = setInterval(tick, 1000);
    tick();
  }

  if (seconds) {
    end = performance.now() + Number(seconds) * 1000;
    startClock();
  }
}
