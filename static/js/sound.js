// Beside a recording: a click on the time of a turn plays from there, and the turn being said is marked.
// Without this file the player plays, and the times are only read.

const fold = document.getElementById("conversation-fold");
const audio = document.querySelector("#player audio");
if (audio) {
  const turns = [...document.querySelectorAll("[data-seek]")];
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    if (!link) return;
    event.preventDefault();
    history.replaceState(null, "", link.getAttribute("href"));
    seek(Number(link.dataset.seek));
  });
  audio.addEventListener("timeupdate", () => {
    const now = turns.filter((link) => Number(link.dataset.seek) <= audio.currentTime + 0.05).at(-1);
    for (const element of document.querySelectorAll("[data-playing]")) delete element.dataset.playing;
    if (!audio.paused) now?.closest("[data-message]").setAttribute("data-playing", "");
  });
  const from = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (from) audio.addEventListener("loadedmetadata", () => (audio.currentTime = Number(from[1])), { once: true });
}

function seek(seconds) {
  audio.currentTime = seconds;
  audio.play().catch(() => {}); // a browser may want a click on the player itself first
}

// On a phone the conversation is folded away until somebody asks for it, or follows a link into it.
function unfold() {
  if (fold && location.hash.startsWith("#message-")) {
    fold.open = true;
    document.querySelector(location.hash)?.scrollIntoView();
  }
}
if (fold && matchMedia("(max-width: 30rem)").matches && !location.search) fold.open = false;
addEventListener("hashchange", unfold);
unfold();
