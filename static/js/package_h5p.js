/* The player of an H5P exercise on the content host: starts it, passes its results on, and keeps its state when the page is left.
 *
 * H5P saves its state by itself every ten seconds. What it says of itself as a whole is sent to our own server, and again until it
 * is taken; of what it says of its parts nothing counts.
 */
"use strict";

(() => {
  const boot = JSON.parse(document.getElementById("boot").textContent);
  const note = document.getElementById("note");
  const noteText = document.getElementById("note-text");
  const closeButton = document.getElementById("close");
  const stage = document.getElementById("exercise");
  const ENDS = new Set(["completed", "passed", "failed", "answered", "mastered", "consumed", "consume"]);
  const AGAIN_MS = 3000;
  const ALIVE_MS = 4 * 60 * 1000;
  const unsent = []; // reports as text, in order
  let report = ""; // the address of this visit
  let sentState = ""; // the last that was sent on leaving: hiding a window and closing it are two events
  let sending = false;
  let over = false;

  function say(text, tone) {
    noteText.textContent = text;
    note.dataset.tone = tone || "";
    note.hidden = !text;
    closeButton.hidden = tone !== "done" && tone !== "bad";
  }

  function end() {
    over = true;
    unsent.length = 0;
    say(boot.words.ended, "bad");
  }

  // --- Time: that in which this window could be seen ------------------------------------------------

  let seen = 0;
  let since = document.visibilityState === "visible" ? performance.now() : null;

  function watched() {
    return seen + (since === null ? 0 : performance.now() - since);
  }

  // --- Results ---------------------------------------------------------------------------------------

  function counts(statement) {
    const verb = String((statement.verb && statement.verb.id) || "").split("/").pop();
    const context = (statement.context && statement.context.contextActivities) || {};
    return ENDS.has(verb) && !(context.parent && context.parent.length);
  }

  function heard(event) {
    const statement = event.data && event.data.statement;
    if (over || !statement || !counts(statement)) return;
    unsent.push(JSON.stringify({ statement, seconds: Math.floor(watched() / 1000) }));
    sendAll();
  }

  async function sendAll() {
    if (sending) return;
    sending = true;
    let answer = null;
    try {
      while (unsent.length && !over) {
        const response = await fetch(`${report}statement/`, { method: "POST", body: unsent[0], headers: { "Content-Type": "text/plain;charset=UTF-8" } });
        if (response.status >= 500) throw new Error("no answer");
        answer = await response.json();
        if (response.status === 403) end();
        else unsent.shift();
      }
      if (!over && answer) say(answer.done ? boot.words.closed : boot.words.again, answer.done ? "done" : "");
    } catch {
      if (!over) say(boot.words.offline, "wait");
      setTimeout(sendAll, AGAIN_MS);
    } finally {
      sending = false;
    }
  }

  // --- Leaving ---------------------------------------------------------------------------------------

  /* H5P's own last save is a request that browsers refuse while a page is being left; a beacon is not. */
  function keepState() {
    const inner = stage.querySelector("iframe");
    const instances = (inner && inner.contentWindow && inner.contentWindow.H5P && inner.contentWindow.H5P.instances) || [];
    for (const instance of instances) {
      if (typeof instance.getCurrentState !== "function") continue;
      const state = JSON.stringify(instance.getCurrentState());
      if (state === undefined || state === sentState) return;
      const form = new URLSearchParams({ data: state, preload: 1, invalidate: 1 });
      if (navigator.sendBeacon(`${report}data/1/state/0/`, form)) sentState = state;
      return;
    }
  }

  document.addEventListener("visibilitychange", () => {
    const hidden = document.visibilityState === "hidden";
    seen = watched();
    since = hidden ? null : performance.now();
    if (hidden && report && !over) keepState();
  });
  window.addEventListener("pagehide", () => {
    if (!report || over) return;
    keepState();
    for (const text of unsent) navigator.sendBeacon(`${report}statement/`, new Blob([text], { type: "text/plain;charset=UTF-8" }));
  });
  window.addEventListener("beforeunload", (event) => {
    if (!over && unsent.length) event.preventDefault();
  });
  window.addEventListener("online", sendAll);
  closeButton.addEventListener("click", () => {
    if (report && !over) keepState();
    window.parent.postMessage("closed", boot.app);
  });
  setInterval(async () => {
    try {
      const answer = await fetch(`${boot.base}alive/`, { method: "POST" });
      if (answer.status === 404) end();
    } catch {
      // The next one tries again.
    }
  }, ALIVE_MS);

  // --- Starting --------------------------------------------------------------------------------------

  /* What was kept, as H5P looks it up: by part, then by kind. */
  function byPart(kept) {
    const found = {};
    for (const [name, data] of Object.entries(kept)) {
      const [kind, part] = name.split("/");
      (found[part] = found[part] || {})[kind] = data;
    }
    return found;
  }

  async function start() {
    const opened = await fetch(`${boot.base}open/0/`, { method: "POST" });
    if (opened.status === 404) {
      end();
      return;
    }
    if (!opened.ok) throw new Error("not opened");
    const visit = await opened.json();
    report = visit.commit;
    await new window.H5PStandalone.H5P(stage, {
      id: "1",
      h5pJsonPath: `${boot.base}f`,
      frameJs: `/player/h5p/frame.bundle.js?v=${boot.version}`,
      frameCss: `/player/h5p/styles/h5p.css?v=${boot.version}`,
      customJs: `/player/storage.js?v=${boot.version}`,
      frame: false,
      fullScreen: true,
      saveFreq: 10,
      reportingIsEnabled: true,
      postUserStatistics: true,
      user: boot.user,
      contentUserData: byPart(visit.kept),
      xAPIObjectIRI: boot.iri,
      ajax: {
        setFinishedUrl: `${report}finished/`,
        contentUserDataUrl: `${report}data/:contentId/:dataType/:subContentId/`,
      },
    });
    window.H5P.externalDispatcher.on("xAPI", heard);
    const inner = stage.querySelector("iframe");
    if (inner) inner.title = document.title;
  }

  start().catch(() => say(boot.words.failed, "bad"));
})();
