// Asks for new figures every 20 seconds; less often while the server does not answer, up to every five minutes.
const BASE = 20, LONGEST = 300;
const wall = document.querySelector("[data-wall]");
const banner = document.getElementById("wall-connection");
let wait = BASE;

function later() {
  // A little earlier or later each time, so that many screens do not ask in the same moment.
  window.setTimeout(() => window.htmx.trigger(wall, "wall:refresh"), wait * 1000 * (0.9 + Math.random() * 0.2));
}

if (wall && banner) {
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== wall) return;
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (event.detail.successful) {
      wait = BASE;
      banner.hidden = true;
    } else {
      wait = Math.min(LONGEST, wait * 2);
      banner.hidden = false;
      if (status === 404 || status === 403) {
        banner.querySelector("span").textContent = banner.dataset.gone;
        wall.replaceChildren();
        return;
      }
    }
    later();
  });
  later();
}
