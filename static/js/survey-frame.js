/* In a frame: tells the page around it how high it is, and counts one opening. Sends nothing else anywhere. */
const root = document.documentElement;

function tell() {
  // Any page that may frame us may know our height; there is nothing else in it.
  window.parent.postMessage({ surveyHeight: document.querySelector("main").getBoundingClientRect().height + 2 }, "*");
}

if (window.parent !== window) {
  root.classList.add("framed");
  tell();
  new ResizeObserver(tell).observe(document.querySelector("main"));
}

const asking = document.querySelector("form[data-shown]");
if (asking && document.visibilityState === "visible") {
  fetch(asking.dataset.shown, { method: "POST", credentials: "omit", keepalive: true });
}
