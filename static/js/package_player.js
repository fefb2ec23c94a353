/* The player on the content host: gives the package its SCORM run-time, sends what it reports, and leads through its parts.
 *
 * The package runs in a frame of this page, on the same host, and finds the run-time in its parent at once. Nothing here knows the
 * site: it is told "closed" and asks its own server for everything else.
 */
"use strict";

(() => {
  const boot = JSON.parse(document.getElementById("boot").textContent);
  const frame = document.getElementById("part");
  const note = document.getElementById("note");
  const noteText = document.getElementById("note-text");
  const closeButton = document.getElementById("close");
  const nextButton = document.getElementById("next");
  const list = document.getElementById("menu");
  const first = boot.kind === "scorm12";
  const parts = boot.menu.filter((line) => "part" in line);
  const LARGEST_BEACON = 60000; // bytes; browsers refuse 64 kB
  const AGAIN_MS = 3000;
  const ALIVE_MS = 4 * 60 * 1000;
  const visits = []; // everything opened in this window, also what was left while a report was on its way
  let current = null;
  let leaving = false;
  let over = false;

  // --- Time --------------------------------------------------------------------------------------

  let seen = 0; // milliseconds in which this window could be seen, but for the stretch that runs
  let since = document.visibilityState === "visible" ? performance.now() : null;

  function watched() {
    return seen + (since === null ? 0 : performance.now() - since);
  }

  /* Most packages tell their time with their last word only, which a closed tab or a lost network takes away. Until they do,
   * the time is that in which the window could be seen. The server takes the longer of what it is told. */
  function withTime(visit, report) {
    if (report.totalTimeSeconds > visit.before) return report;
    return { ...report, totalTimeSeconds: visit.before + Math.floor((watched() - visit.from) / 1000) };
  }

  function say(text, tone) {
    noteText.textContent = text;
    note.dataset.tone = tone || "";
    note.hidden = !text;
    if (tone !== "done") closeButton.hidden = nextButton.hidden = true;
  }

  // --- Sending -----------------------------------------------------------------------------------

  /* The server's answer, or null where there is none: the package waits, as the standard wants it. */
  function post(url, text) {
    const request = new XMLHttpRequest();
    request.open("POST", url, false);
    request.setRequestHeader("Content-Type", "application/json;charset=UTF-8");
    try {
      request.send(text); // a browser refuses this while a page is being left: then comes the beacon
    } catch {
      return null;
    }
    return understood(request.status, request.responseText);
  }

  function understood(status, text) {
    if (status === 0 || status >= 500) return null;
    try {
      const answer = JSON.parse(text);
      if (status === 403) end();
      return { result: answer.result === true, errorCode: answer.errorCode || 0 };
    } catch {
      return null;
    }
  }

  function beacon(url, text) {
    const body = new Blob([text], { type: "text/plain;charset=UTF-8" });
    return body.size <= LARGEST_BEACON && navigator.sendBeacon(url, body);
  }

  function withoutAnswers(text) {
    const report = JSON.parse(text);
    if (report.runtimeData && report.runtimeData.cmi) delete report.runtimeData.cmi.interactions;
    return JSON.stringify(report);
  }

  function send(visit, text) {
    const answer = over ? { result: false, errorCode: 101 } : post(visit.commit, text);
    if (answer) {
      visit.unsent = null;
      if (answer.result && note.dataset.tone === "wait") say("");
      return answer;
    }
    // No network, or the page is being left. Each report holds all that was said before, so the last one is enough.
    visit.unsent = text;
    if (leaving || !document.hasFocus() || document.visibilityState === "hidden" || visit.leaving) {
      if (!beacon(visit.commit, text)) beacon(visit.commit, withoutAnswers(text));
    }
    setTimeout(sendAgain, AGAIN_MS);
    return { result: true, errorCode: 0 };
  }

  async function sendAgain() {
    for (const visit of visits) {
      const text = visit.unsent;
      if (!text || over) continue;
      if (!navigator.onLine) {
        say(boot.words.offline, "wait");
        return;
      }
      try {
        const answer = await fetch(visit.commit, { method: "POST", body: text, headers: { "Content-Type": "text/plain;charset=UTF-8" } });
        if (understood(answer.status, await answer.text()) === null) throw new Error("no answer");
        if (visit.unsent === text) visit.unsent = null;
        if (!over && visits.every((one) => !one.unsent)) say("");
      } catch {
        if (!over) say(boot.words.offline, "wait");
        setTimeout(sendAgain, AGAIN_MS);
        return;
      }
    }
  }

  function end() {
    over = true;
    say(boot.words.ended, "bad");
    closeButton.hidden = false;
  }

  /* scorm-again's place for its own sender: ours waits for the answer, keeps what has none, and knows when a page is left. */
  function sender(visit) {
    return {
      updateSettings() {},
      processHttpRequest(url, report, terminating) {
        visit.leaving = terminating;
        return send(visit, JSON.stringify(withTime(visit, report)));
      },
    };
  }

  // --- The run-time --------------------------------------------------------------------------------

  function runtimeFor(visit, start) {
    const settings = {
      lmsCommitUrl: visit.commit,
      autocommit: true,
      autocommitSeconds: 30,
      sendFullCommit: false,
      renderCommonCommitFields: true,
      alwaysSendTotalTime: true,
      includeCommitSequence: true,
      terminateCommitPayloadField: "terminated",
      mastery_override: true,
      logLevel: 5,
    };
    const api = first ? new window.Scorm12API(settings, sender(visit)) : new window.Scorm2004API(settings, sender(visit));
    api.loadFromJSON(start, "");
    api.on(first ? "LMSFinish" : "Terminate", () => setTimeout(() => finished(visit), 50));
    if (!first) {
      for (const [event, step] of [["SequenceNext", 1], ["SequencePrevious", -1]]) {
        api.on(event, () => setTimeout(() => openPart(visit.part + step), 100));
      }
    }
    return api;
  }

  function isRunning(visit) {
    return Boolean(visit && visit.api && visit.api.isInitialized() && !visit.api.isTerminated());
  }

  function commit(visit) {
    if (!isRunning(visit)) return;
    if (first) visit.api.LMSCommit("");
    else visit.api.Commit("");
  }

  function terminate(visit) {
    if (!isRunning(visit)) return;
    if (first) visit.api.LMSFinish("");
    else visit.api.Terminate("");
  }

  // --- Parts -----------------------------------------------------------------------------------------

  /* Empty the frame, so that the part can say its last word, and end it where it did not. */
  function leavePart() {
    const visit = current;
    if (!visit) return Promise.resolve();
    return new Promise((ready) => {
      const done = () => {
        frame.removeEventListener("load", done);
        visit.left = true;
        terminate(visit);
        current = null;
        ready();
      };
      frame.addEventListener("load", done);
      frame.src = "about:blank";
    });
  }

  async function openPart(number) {
    if (over || !parts[number]) return;
    await leavePart();
    say("");
    let answer;
    try {
      answer = await fetch(`${boot.base}open/${number}/`, { method: "POST" });
    } catch {
      say(boot.words.offline, "wait");
      return;
    }
    if (!answer.ok) {
      if (answer.status === 404) end();
      else say(boot.words.failed, "bad");
      return;
    }
    const opened = await answer.json();
    const visit = { part: number, commit: opened.commit, before: opened.seconds, from: watched(), unsent: null, left: false };
    visits.push(visit);
    visit.api = runtimeFor(visit, opened.start);
    window.API = first ? visit.api : undefined;
    window.API_1484_11 = first ? undefined : visit.api;
    current = visit;
    frame.title = parts[number].title;
    frame.src = opened.href;
    refreshMenu();
  }

  function finished(visit) {
    if (visit.left || leaving || over) return;
    if (visit.unsent) {
      setTimeout(() => finished(visit), 500);
      return;
    }
    const follows = parts[visit.part + 1];
    say(follows ? boot.words.next : boot.words.closed, "done");
    closeButton.hidden = false;
    nextButton.hidden = !follows;
    refreshMenu();
  }

  async function refreshMenu() {
    if (!list) return;
    let lines = boot.menu;
    try {
      const answer = await fetch(`${boot.base}menu/`);
      if (answer.ok) lines = (await answer.json()).menu;
    } catch {
      // Without a network the menu stays as it is.
    }
    for (const line of lines) {
      const button = "part" in line ? list.querySelector(`[data-part="${line.part}"]`) : null;
      if (!button) continue;
      const done = line.sco ? line.done : line.seen;
      button.classList.toggle("menu__part--done", done);
      button.querySelector(".menu__mark").textContent = done ? ` (${line.sco ? boot.words.done : boot.words.opened})` : "";
      if (current && current.part === line.part) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  // --- The window ------------------------------------------------------------------------------------

  closeButton.addEventListener("click", async () => {
    await leavePart();
    window.parent.postMessage("closed", boot.app);
  });
  nextButton.addEventListener("click", () => openPart(current ? current.part + 1 : 0));
  if (list) {
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-part]");
      if (button) openPart(Number(button.dataset.part));
    });
  }
  document.addEventListener("visibilitychange", () => {
    const hidden = document.visibilityState === "hidden";
    seen = watched();
    since = hidden ? null : performance.now();
    if (hidden) commit(current);
  });
  window.addEventListener("pagehide", () => {
    leaving = true;
    commit(current);
  });
  /* What is not saved yet would be lost with the window: the browser asks first. */
  window.addEventListener("beforeunload", (event) => {
    if (!over && visits.some((visit) => visit.unsent)) event.preventDefault();
  });
  window.addEventListener("online", sendAgain);
  setInterval(async () => {
    try {
      const answer = await fetch(`${boot.base}alive/`, { method: "POST" });
      if (answer.status === 404) end();
    } catch {
      // The next one tries again.
    }
  }, ALIVE_MS);

  const waiting = parts.find((line) => (line.sco ? !line.done : !line.seen)) || parts[0];
  openPart(waiting.part);
})();
