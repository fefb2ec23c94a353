/* A score chosen in the mail is stored at once, by the form's own POST: one click is enough.
   Only for somebody who looks at the page: programs that follow links to check them run scripts too. */
const form = document.querySelector("form[data-send-at-once]");

function looked() {
  return document.visibilityState === "visible" && !navigator.webdriver && window.innerWidth > 0;
}

function send() {
  const button = form.querySelector(`button[name="score"][value="${form.dataset.sendAtOnce}"]`);
  form.requestSubmit(button);
}

if (form && form.dataset.sendAtOnce) {
  if (looked()) {
    send();
  } else if (!navigator.webdriver) {
    document.addEventListener("visibilitychange", () => { if (looked()) { send(); } }, { once: true });
  }
}
